#!/usr/bin/env bash
# run.sh -- the console on a living Kea: the lab's, or the one that KEA names. Ctrl-C stops all that was started here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

DATA=${NESTOR_DATA_DIR:-target/nestor}
LISTEN=${NESTOR_LISTEN:-127.0.0.1:3000}
PROXY=${NESTOR_SMART_PROXY_LISTEN:-127.0.0.1:8000}
NESTOR=target/release/nestor
mkdir -p "$DATA"
chmod 700 "$DATA"

knows() { # NAME FOLDER SERVICE: a server of the lab, for the configuration
  printf '[[kea]]\nname = "%s"\nurl = "%s"\nservice = "%s"\nuser = "nestor"\npassword_file = "%s"\n\n' \
    "$1" "$(cat "$2/url")" "$3" "$2/kea.password"
}

if [ -n "${KEA:-}" ]; then
  server=(--kea "$KEA")
  [ -z "${KEA_USER:-}" ] || server+=(--kea-user "$KEA_USER")
  [ -z "${KEA_PASSWORD_FILE:-}" ] || server+=(--kea-password-file "$KEA_PASSWORD_FILE")
elif [ "${PAIR:-0}" = 1 ]; then
  LAB_DIR=$(realpath -m "${LAB_DIR:-target/lab-pair}")
  export LAB_DIR LAB_PAIR=1
  end2end/lab/fetch.sh target/kea
  trap 'end2end/lab/lab.sh stop' EXIT
  end2end/lab/lab.sh start
  { knows kea1 "$LAB_DIR/kea1" dhcp4; knows kea2 "$LAB_DIR/kea2" dhcp4; } >"$DATA/lab.toml"
  server=(--config "$DATA/lab.toml")
else
  LAB_DIR=$(realpath -m "${LAB_DIR:-target/lab}")
  export LAB_DIR LAB_V6=1
  end2end/lab/fetch.sh target/kea
  trap 'end2end/lab/lab.sh stop' EXIT
  end2end/lab/lab.sh start
  { knows kea "$LAB_DIR" dhcp4; knows kea6 "$LAB_DIR/kea6" dhcp6; } >"$DATA/lab.toml"
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
