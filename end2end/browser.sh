#!/usr/bin/env bash
# browser.sh [ARGUMENTS OF PLAYWRIGHT...] -- the browser tests: one Kea alone, how its pages look, a pair, one with a host database, one of each
# family; each a lab with a console of its own (a project in playwright.config.ts). With arguments, only the labs that a
# chosen test is for. Stops what it started.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Where tools.sh put a newer Node.js than the system has.
export PATH=$PWD/target/node/node_modules/.bin:$PATH

export LAB_PORT=${LAB_PORT:-18001} LAB_CLIENTS=0
export NESTOR=${NESTOR:-$PWD/target/release/nestor}
lab=$PWD/end2end/lab/lab.sh
browser=$PWD/target/browser
work=
console=

die() { echo "browser: $*" >&2; exit 1; }

stop() {
  if [ -n "$console" ] && kill "$console" 2>/dev/null; then wait "$console" || true; fi
  console=
  [ -z "${LAB_DIR:-}" ] || "$lab" stop >/dev/null || true
}

start_console() { # FOLDER-OF-A-KEA...: one that knows these Keas
  local name folder server=(--config "$work/nestor.toml")
  mkdir -p "$work/data"
  chmod 700 "$work/data"
  export NESTOR_TEST_PASSWORD
  NESTOR_TEST_PASSWORD=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
  for name in admin operator viewer; do
    "$NESTOR" user add "$name" --role "$name" --password-stdin --data-dir "$work/data" <<<"$NESTOR_TEST_PASSWORD" >/dev/null
  done
  if [ $# = 1 ]; then
    server=(--kea "$(cat "$1/url")" --kea-user nestor --kea-password-file "$1/kea.password")
  else
    for folder in "$@"; do
      printf '[[kea]]\nname = "%s"\nurl = "%s"\nservice = "%s"\nuser = "nestor"\npassword_file = "%s"\n\n' \
        "${folder##*/}" "$(cat "$folder/url")" "$([[ $folder == */kea6 ]] && echo dhcp6 || echo dhcp4)" "$folder/kea.password"
    done >"$work/nestor.toml"
  fi
  "$NESTOR" serve --data-dir "$work/data" --listen 127.0.0.1:0 --smart-proxy-listen 127.0.0.1:0 --blacklist-duration 90s \
    "${server[@]}" >"$work/nestor.out" 2>"$work/nestor.log" &
  console=$!
  export NESTOR_LOG_FILE=$work/nestor.log
  NESTOR_URL=$(printed Console)
  FOREMAN_URL=$(printed Foreman)
  export NESTOR_URL FOREMAN_URL
}

printed() { # WORD: the URL that the console printed after it
  local n url
  for n in {1..150}; do
    url=$(sed -n "s/^$1: *//p" "$work/nestor.out" 2>/dev/null || true)
    if [ -n "$url" ] && answers; then echo "$url"; return; fi
    kill -0 "$console" 2>/dev/null || die "the console ended: $(tail -3 "$work/nestor.log")"
    sleep 0.1
  done
  die "the console printed no line “$1:” in 15 s: see $work/nestor.out"
}
answers() { # whether the console says that it lives
  local address
  address=$(sed -n 's|^Console: *http://\(.*\)/$|\1|p' "$work/nestor.out")
  { exec 3<>"/dev/tcp/${address%:*}/${address##*:}" && printf 'GET /healthz HTTP/1.0\r\nHost: %s\r\n\r\n' "$address" >&3 && head -1 <&3; } \
    2>/dev/null | grep -q ' 200 '
}

playwright() { (cd end2end && node_modules/.bin/playwright test --project="$project" "$@"); }
# Without arguments every lab has tests; a lab of which that were not true would not pass.
is_meant() { [ $# = 0 ] || playwright "$@" --list --reporter=list >"$browser/list" 2>&1; }

[ -x "$NESTOR" ] || die "there is no $NESTOR: make build"
trap stop EXIT
rm -rf "$browser"
mkdir -p "$browser"
for project in alone looks pair storage six; do
  is_meant "$@" || continue
  work=$browser/$project
  export LAB_DIR=$PWD/target/lab-test/$project LAB_PAIR=0 LAB_HOSTS=0 LAB_V6=0
  keas=("$LAB_DIR")
  case $project in
    pair) LAB_PAIR=1 keas=("$LAB_DIR/kea1" "$LAB_DIR/kea2") ;;
    storage) LAB_HOSTS=1 ;;
    six) LAB_V6=1 keas=("$LAB_DIR" "$LAB_DIR/kea6") ;;
  esac
  "$lab" reset >/dev/null
  "$lab" start
  start_console "${keas[@]}"
  playwright "$@"
  stop
done
[ -n "$work" ] || die "no test was chosen: $(tail -5 "$browser/list")"
