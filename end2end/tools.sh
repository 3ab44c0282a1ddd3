#!/usr/bin/env bash
# tools.sh build|browser|postgres|ruby -- installs what is missing on this machine: the Rust toolchain of rust-toolchain.toml and a C
# compiler, or the browsers and packages of the browser tests, or PostgreSQL's server for tests to start, or Ruby for the
# provider of the Smart Proxy. Says what it does; does nothing the second time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

die() { echo "tools: $*" >&2; exit 1; }

apt_install() { # package...
  local root=()
  [ "$(id -u)" = 0 ] || root=(sudo)
  command -v apt-get >/dev/null || die "please install: $* (there is no apt-get here to do it)"
  echo "tools: installing $*"
  mkdir -p target
  # The lists are good for a while: several of these follow each other on a new machine.
  [ -n "$(find target/apt-lists -mmin -60 2>/dev/null)" ] || { "${root[@]}" apt-get -qq update && touch target/apt-lists; }
  DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get -qq install -y --no-install-recommends "$@" >/dev/null
}

build() {
  command -v rustup >/dev/null || die "rustup is missing: see rustup.rs, then try again"
  command -v cc >/dev/null || apt_install gcc libc6-dev
  # Without arguments this reads rust-toolchain.toml, and adds the WebAssembly target too.
  rustup target list --installed 2>/dev/null | grep -q wasm32-unknown-unknown || {
    echo "tools: installing the Rust toolchain"
    rustup toolchain install --no-self-update >/dev/null
  }
}

browser() {
  command -v node >/dev/null && command -v npm >/dev/null || apt_install nodejs npm
  # The runner wants a newer Node.js than some distributions have; npm has one too.
  if [ "$(node --version | sed 's/^v//; s/\..*//')" -lt 20 ] && ! [ -x target/node/node_modules/.bin/node ]; then
    echo "tools: installing Node.js 22 below target/"
    npm install --silent --no-fund --no-audit --prefix target/node node@22
  fi
  command -v chromium >/dev/null || apt_install chromium
  [ -x "${FIREFOX:-/usr/bin/firefox-esr}" ] || apt_install firefox-esr
  if ! [ end2end/node_modules/.package-lock.json -nt end2end/package-lock.json ]; then
    echo "tools: installing the packages of the browser tests"
    (cd end2end && npm ci --silent --no-fund --no-audit)
  fi
}

# Only the programs are wanted: the package would make a database, and start it whenever the machine starts.
postgres() {
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return
  local settings=/etc/postgresql-common/createcluster.conf kept status=0 root=()
  [ "$(id -u)" = 0 ] || root=(sudo)
  apt_install postgresql-common
  kept=$(mktemp)
  cat "$settings" >"$kept"
  echo 'create_main_cluster = false' | "${root[@]}" tee -a "$settings" >/dev/null
  (apt_install postgresql) || status=$?
  "${root[@]}" tee "$settings" <"$kept" >/dev/null
  rm "$kept"
  return "$status"
}

case "${1:-}" in
build) build ;;
browser) browser ;;
postgres) postgres ;;
ruby) command -v ruby >/dev/null || apt_install ruby ;;
*) die "usage: tools.sh build|browser|postgres|ruby" ;;
esac
