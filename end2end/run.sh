#!/usr/bin/env bash
# run.sh -- the console on a living Kea: the lab's, or the one that KEA names. Ctrl-C stops all that was started here.
# For the lab, alone and together:
#   PAIR=1             two servers that stand in for each other
#   SILENT=1           one more server, which takes connections and never answers; with PAIR=1 the standby is that one
#   FAR=30ms           every server is so far away, there and back
#   BIG=1              500 subnets and 65,000 leases
#   HOOKS=lease_cmds   only these hook libraries, separated by commas
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

DATA=${NESTOR_DATA_DIR:-target/nestor}
LISTEN=${NESTOR_LISTEN:-127.0.0.1:3000}
PROXY=${NESTOR_SMART_PROXY_LISTEN:-127.0.0.1:8000}
NESTOR=target/release/nestor
mkdir -p "$DATA"
chmod 700 "$DATA"

relays=()
relay() { # ARGUMENTS...: starts one; its URL is in $url afterwards
  local said=target/relay.url
  if [ end2end/lab/relay.rs -nt target/relay ]; then rustc --edition 2024 -O -o target/relay end2end/lab/relay.rs; fi
  : >"$said"
  target/relay "$@" >"$said" &
  relays+=($!)
  until [ -s "$said" ]; do sleep 0.05; done
  url=$(<"$said")
}

knows() { # NAME FOLDER SERVICE [silent]: adds a server of the lab to the configuration
  local url port
  url=$(cat "$2/url")
  if [ "${4:-}" = silent ]; then
    relay silent
  elif [ -n "${FAR:-}" ]; then
    port=${url##*:}
    relay far "$FAR" "${port%/}"
  fi
  printf '[[kea]]\nname = "%s"\nurl = "%s"\nservice = "%s"\nuser = "nestor"\npassword_file = "%s"\n\n' \
    "$1" "$url" "$3" "$2/kea.password" >>"$DATA/lab.toml"
}

stop_all() {
  [ ${#relays[@]} = 0 ] || kill "${relays[@]}" 2>/dev/null || true
  end2end/lab/lab.sh stop
}

if [ -n "${KEA:-}" ]; then
  server=(--kea "$KEA")
  [ -z "${KEA_USER:-}" ] || server+=(--kea-user "$KEA_USER")
  [ -z "${KEA_PASSWORD_FILE:-}" ] || server+=(--kea-password-file "$KEA_PASSWORD_FILE")
else
  kind=
  [ "${PAIR:-0}" != 1 ] || kind+=-pair
  [ "${BIG:-0}" != 1 ] || kind+=-big
  [ -z "${HOOKS:-}" ] || kind+=-${HOOKS//[, ]/-}
  # Every kind has data of its own, made at its first start.
  LAB_DIR=$(realpath -m "${LAB_DIR:-target/lab$kind}")
  export LAB_DIR LAB_BIG=${BIG:-0} LAB_HOOKS=${HOOKS:-}
  if [ "${PAIR:-0}" = 1 ]; then export LAB_PAIR=1; else export LAB_V6=1; fi
  end2end/lab/fetch.sh target/kea
  trap stop_all EXIT
  end2end/lab/lab.sh start
  : >"$DATA/lab.toml"
  silent=
  [ "${SILENT:-0}" != 1 ] || silent=silent
  if [ "${PAIR:-0}" = 1 ]; then
    knows kea1 "$LAB_DIR/kea1" dhcp4
    knows kea2 "$LAB_DIR/kea2" dhcp4 "$silent"
  else
    knows kea "$LAB_DIR" dhcp4
    knows kea6 "$LAB_DIR/kea6" dhcp6
    [ -z "$silent" ] || knows silent "$LAB_DIR" dhcp4 silent
  fi
  server=(--config "$DATA/lab.toml")
fi

# An account for the first look; its password is made once and kept beside the data.
if ! [ -s "$DATA/admin.password" ]; then
  (umask 077; od -An -N12 -tx1 /dev/urandom | tr -d ' \n' >"$DATA/admin.password")
  "$NESTOR" user add admin --role admin --password-stdin --data-dir "$DATA" <"$DATA/admin.password" >/dev/null
fi

# Ctrl-C reaches the whole process group: the console ends by itself, and this script goes on to its trap.
trap : INT TERM
"$NESTOR" serve --data-dir "$DATA" --listen "$LISTEN" --smart-proxy-listen "$PROXY" "${server[@]}" &
console=$!
cat <<TEXT

  Sign in as   admin
  Password     $(cat "$DATA/admin.password")
  Stop         Ctrl-C

TEXT
while kill -0 "$console" 2>/dev/null; do wait "$console" && status=0 || status=$?; done
exit "${status:-0}"
