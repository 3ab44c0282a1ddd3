#!/usr/bin/env bash
# browser.sh [ARGUMENTS OF PLAYWRIGHT...] -- the browser tests: of one Kea alone, of how its pages look, of a pair, of one
# with a host database, of one of each family; each a lab with a console of its own (a project in playwright.config.ts), two
# of them side by side. With arguments, only the labs that a chosen test is for. Stops what it started.
#   LANES  how many labs run at a time (default: 2)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Where tools.sh put a newer Node.js than the system has.
export PATH=$PWD/target/node/node_modules/.bin:$PATH

export LAB_PORT=${LAB_PORT:-18001} LAB_CLIENTS=0
lanes=${LANES:-2}
export NESTOR=${NESTOR:-$PWD/target/release/nestor}
lab=$PWD/end2end/lab/lab.sh
browser=$PWD/target/browser
work=
console=
runner=

die() { echo "browser: $*" >&2; exit 1; }

end() { # PID: of a child of ours, if any
  if [ -n "$1" ] && kill "$1" 2>/dev/null; then wait "$1" || true; fi
}
stop() { # what belongs to the lab of this shell
  end "$runner"
  end "$console"
  runner= console=
  [ -z "${LAB_DIR:-}" ] || "$lab" stop >/dev/null || true
}
stop_all() {
  local running
  for running in $(jobs -p); do end "$running"; done
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

playwright() { # in the place of its shell, so that who stops the one stops the other
  cd end2end
  exec node_modules/.bin/playwright test "$@"
}
chosen() { # the projects with a test that the arguments are for, the longest first; without arguments that is all of them
  local project
  [ $# = 0 ] || (playwright "$@" --list --reporter=list) >"$browser/list" 2>&1 || true
  for project in "${projects[@]}"; do
    if [ $# = 0 ] || grep -q "^ *\[$project\]" "$browser/list"; then echo "$project"; fi
  done
}

run() { # PROJECT, in a shell of its own
  local project=$1 keas
  work=$browser/$project
  export LAB_DIR=$PWD/target/lab-test/$project LAB_PAIR=0 LAB_HOSTS=0 LAB_V6=0
  trap stop EXIT
  trap 'exit 143' TERM
  keas=("$LAB_DIR")
  case $project in
    pair) LAB_PAIR=1 keas=("$LAB_DIR/kea1" "$LAB_DIR/kea2") ;;
    storage) LAB_HOSTS=1 ;;
    six) LAB_V6=1 keas=("$LAB_DIR" "$LAB_DIR/kea6") ;;
  esac
  "$lab" reset >/dev/null
  "$lab" start
  start_console "${keas[@]}"
  # In the background, as a shell hears of nothing while it waits for a child in front.
  playwright --project="$project" "${arguments[@]}" &
  runner=$!
  wait "$runner"
  runner=
}

[ -x "$NESTOR" ] || die "there is no $NESTOR: make build"
arguments=("$@")
rm -rf "$browser"
mkdir -p "$browser"
projects=(alone looks pair storage six)
mapfile -t meant < <(chosen "$@")
[ ${#meant[@]} -gt 0 ] || die "no test was chosen: $(tail -5 "$browser/list")"
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
status=0
running=0
for project in "${meant[@]}"; do
  if [ "$running" = "$lanes" ]; then
    wait -n || status=$?
    running=$((running - 1))
  fi
  # A pair and what its Keas say to each other takes four ports.
  run "$project" &
  running=$((running + 1))
  LAB_PORT=$((LAB_PORT + 4))
done
while [ "$running" -gt 0 ]; do
  wait -n || status=$?
  running=$((running - 1))
done
exit "$status"
