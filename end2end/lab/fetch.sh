#!/usr/bin/env bash
# fetch.sh [DIR]: a real ISC Kea 3.0 in DIR (default: target/kea of this repository), for tests and for a look at the console.
# Made of Debian's signed packages, with their own libc, so it runs on any glibc Linux. No root; the host's own apt, dpkg
# and /etc stay as they are. A second run finds its work done. Needs apt-get and dpkg-deb, or KEA_DEBS and dpkg-deb.
#   KEA_DEBS     a folder of .deb files kept from an earlier run (DIR/debs): no network, no apt
#   KEA_MIRROR   a Debian mirror          (default: the one this machine's apt uses; to be set where that is not Debian)
#   KEA_SUITES   suites to try, in turn   (default: "trixie-backports sid")
#   KEA_KEYRING  the keyring that signs   (default: that of the package debian-archive-keyring, fetched when absent)
set -euo pipefail

programs=(kea-dhcp4 kea-dhcp6 kea-lfc perfdhcp socat busybox)
packages=(kea-dhcp4-server kea-dhcp6-server kea-admin socat busybox-static)
series=3.0.

say() { printf 'fetch: %s\n' "$*"; }
die() { printf 'fetch: %s\n' "$*" >&2; exit 1; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=${1:-$here/../../target/kea}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

# DIR/version is written last, so its being there means that everything is, unless an earlier fetch.sh knew fewer programs.
finished() {
  local program
  [[ -f $dir/version && $(<"$dir/version") == "$series"* ]] || return 1
  for program in "${programs[@]}"; do [ -e "$dir/bin/$program" ] || return 1; done
}
done_line() { say "Kea $(<"$dir/version") is in $dir"; }
if finished; then done_line; exit; fi
exec 9>"$dir.lock"
flock -n 9 || { say "another run is at work on $dir, waiting for it"; flock 9; }
if finished; then done_line; exit; fi

command -v dpkg-deb >/dev/null ||
  die "dpkg-deb is missing, and Kea comes as .deb packages: install dpkg, or run this on Debian or Ubuntu and copy DIR here."

new=$dir/.new
rm -rf "$new"
mkdir -p "$new"/{debs,root,bin}
trap 'rm -rf "$new"' EXIT

# An apt with a state, cache and source list of its own: nothing of the host's is read or written but its proxy settings.
apt=$new/apt
own_apt() { apt-get -qq -c "$apt/apt.conf" "$@"; }

host_mirror() { # where this machine's apt has Debian itself from; third parties do not have a component "main" under its codename
  local ID='' VERSION_CODENAME=''
  # shellcheck source=/dev/null
  [ ! -r /etc/os-release ] || . /etc/os-release
  [ "$ID" = debian ] || return 0
  apt-get indextargets --no-release-info --format "\$(RELEASE) \$(COMPONENT) \$(REPO_URI)" 'Created-By: Packages' |
    awk -v c="$VERSION_CODENAME" '($1 == c || $1 == "stable" || $1 == "testing" || $1 == "unstable" || $1 == "sid") && $2 == "main" { print $3; exit }'
}

resolve() { # SUITE: writes $apt/wanted, the packages of a system that has nothing; Kea itself and shared libraries are enough
  local base=${1%-backports}
  { echo "deb [signed-by=$keyring] $mirror $base main"
    [ "$base" = "$1" ] || echo "deb [signed-by=$keyring] $mirror $1 main"; } >"$apt/sources.list"
  own_apt update || return 1
  # The simulated installation wants an init system, Python and so on for the packages' set-up scripts, which never run here.
  own_apt -s -t "$1" install "${packages[@]}" 2>/dev/null |
    awk '$1 == "Inst" { gsub(/[()]/, "", $3); print $2 "=" $3 }' |
    grep -E '^(kea-|lib|socat|busybox-static)' |
    grep -vE '^lib(python|pam|systemd|udev|semanage|audit|db5|sqlite|debconf)' >"$apt/wanted"
  grep -q "^kea-common=$series" "$apt/wanted"
}

if [ -n "${KEA_DEBS:-}" ]; then
  compgen -G "$KEA_DEBS/*.deb" >/dev/null || die "there are no .deb files in KEA_DEBS=$KEA_DEBS."
  say "using the packages in $KEA_DEBS"
  cp "$KEA_DEBS"/*.deb "$new/debs/"
else
  command -v apt-get >/dev/null ||
    die "apt-get is missing: run this on Debian or Ubuntu (a container will do), then set KEA_DEBS to the DIR/debs that it leaves."
  mirror=${KEA_MIRROR:-$(host_mirror)}
  [ -n "$mirror" ] || die "this machine's apt has no Debian to take packages from: set KEA_MIRROR to the URL of a Debian mirror."
  mkdir -p "$apt"/{lists,cache/archives}/partial "$apt/none"
  : >"$apt/status"
  cat >"$apt/apt.conf" <<CONF
Dir::Etc { SourceList "$apt/sources.list"; SourceParts "$apt/none"; Preferences "$apt/none/p"; PreferencesParts "$apt/none"; };
Dir::State { Lists "$apt/lists"; status "$apt/status"; };
Dir::Cache "$apt/cache";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::AllowInsecureRepositories "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
  keyring=${KEA_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
  if [ ! -r "$keyring" ]; then # Ubuntu's own signed archive carries Debian's keyring
    say "fetching Debian's keyring"
    (cd "$apt" && apt-get -qq -o APT::Sandbox::User="" download debian-archive-keyring && dpkg-deb -x debian-archive-keyring_*.deb keyring) ||
      die "Debian's keyring could not be fetched: install the package debian-archive-keyring (apt-get update first), or set KEA_KEYRING."
    keyring=$apt/keyring/usr/share/keyrings/debian-archive-keyring.gpg
  fi
  found=
  read -ra suites <<<"${KEA_SUITES:-trixie-backports sid}"
  for suite in "${suites[@]}"; do
    say "looking for Kea $series* in Debian $suite"
    if resolve "$suite"; then found=1; break; fi
  done
  [ -n "$found" ] || die "no Kea $series* in Debian ${suites[*]} at $mirror: set KEA_SUITES to a suite that has it, or KEA_DEBS to kept packages."
  say "downloading $(wc -l <"$apt/wanted") packages"
  # apt checks each against the signed index.
  (cd "$new/debs" && xargs apt-get -qq -c "$apt/apt.conf" download <"$apt/wanted") || die "the download failed, see above; run this again."
fi

say "unpacking"
for deb in "$new"/debs/*.deb; do dpkg-deb -x "$deb" "$new/root"; done

cat >"$new/bin/.run" <<'RUN'
#!/usr/bin/env bash
# Starts the program of this name out of ../root with that folder's own loader and libraries, so the host's do not matter.
# With KEA_RUN=FOLDER set, Kea keeps its leases, logs, sockets, pid and lock files there: it refuses paths elsewhere.
bin=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=${bin%/bin}/root
loader=("$root"/usr/lib*/ld-linux*.so.[0-9] "$root"/usr/lib/*-linux-gnu*/ld-linux*.so.[0-9])
for loader in "${loader[@]}"; do [ -e "$loader" ] && break; done
libraries=("$root"/usr/lib/*-linux-gnu*)
export KEA_HOOKS_PATH=${KEA_HOOKS_PATH:-${libraries[0]}/kea/hooks} KEA_LFC_EXECUTABLE=${KEA_LFC_EXECUTABLE:-$bin/kea-lfc}
if [ -n "${KEA_RUN:-}" ]; then
  mkdir -p -m 750 "$KEA_RUN" "$KEA_RUN"/{socket,data,log,pid}
  export KEA_CONTROL_SOCKET_DIR=${KEA_CONTROL_SOCKET_DIR:-$KEA_RUN/socket} KEA_DHCP_DATA_DIR=${KEA_DHCP_DATA_DIR:-$KEA_RUN/data} \
    KEA_LOG_FILE_DIR=${KEA_LOG_FILE_DIR:-$KEA_RUN/log} KEA_LEGAL_LOG_DIR=${KEA_LEGAL_LOG_DIR:-$KEA_RUN/log} \
    KEA_PIDFILE_DIR=${KEA_PIDFILE_DIR:-$KEA_RUN/pid} KEA_LOCKFILE_DIR=${KEA_LOCKFILE_DIR:-$KEA_RUN/pid}
fi
for program in "$root"/{usr/sbin,usr/bin,bin}/"${0##*/}"; do
  [ -x "$program" ] && exec "$loader" --library-path "${libraries[0]}" "$program" "$@"
done
echo "${0##*/} is not in $root" >&2
exit 127
RUN
chmod +x "$new/bin/.run"
for program in "${programs[@]}"; do ln -s .run "$new/bin/$program"; done
# Statically linked: has no use for a loader, and picks its applet by the name it is called with.
rm "$new/bin/busybox"
ln -s "$(cd "$new/root" && find . -path '*bin/busybox' -type f | sed -n '1s|^[.]|../root|p')" "$new/bin/busybox"

version=$("$new/bin/kea-dhcp4" -v) || die "the unpacked kea-dhcp4 does not start, see above."
[[ $version == "$series"* ]] || die "these packages have Kea $version, wanted is $series*."
"$new/bin/kea-dhcp6" -v >/dev/null || die "the unpacked kea-dhcp6 does not start, see above."
{ "$new/bin/socat" -V >/dev/null && "$new/bin/busybox" true; } || die "the unpacked socat or busybox does not start, see above."

rm -rf "${dir:?}"/{debs,root,bin}
mv "$new"/{debs,root,bin} "$dir/"
echo "$version" >"$dir/version"
done_line
