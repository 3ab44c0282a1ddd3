#!/usr/bin/env bash
# bench.sh -- the figures of README and issues, measured here and now: tables on standard output and in
# target/bench/figures.md, target/bench/foreman.md, target/bench/reservations.md
# and target/bench/configuration.md. Kea runs without namespaces: no relay
# in the way. Stops what it started. BENCH_QUICK=1 measures Foreman's routes and reservations with few repetitions. Builds
# first, and then measures: do not build anything else meanwhile.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Where tools.sh put a newer Node.js than the system has.
export PATH=$PWD/target/node/node_modules/.bin:$PATH

export LAB_DIR=$PWD/target/lab-bench LAB_PORT=${LAB_PORT:-18002} LAB_NETNS=0 LAB_CLIENTS=0
export NESTOR=${NESTOR:-$PWD/target/release/nestor}
lab=$PWD/end2end/lab/lab.sh
work=$PWD/target/bench
console=

die() { echo "bench: $*" >&2; exit 1; }

stop() {
  if [ -n "$console" ] && kill "$console" 2>/dev/null; then wait "$console" || true; fi
  console=
  "$lab" stop >/dev/null || true
}

# A page with nothing in it, of the same versions and built in the same way as our own.
build_empty() {
  local target=$work/target
  mkdir -p "$work/empty"
  cp -r end2end/bench/empty/. "$work/empty"
  [ "$work/empty/Cargo.lock" -nt Cargo.lock ] || cp Cargo.lock "$work/empty/"
  (
    cd "$work/empty"
    cargo build --quiet --lib --features hydrate --target wasm32-unknown-unknown --profile wasm-release --target-dir "$target"
    cargo build --quiet --bin bake --features bake --target-dir "$target"
  )
  rm -rf "$work/site"
  "$target/debug/bake" "$target/wasm32-unknown-unknown/wasm-release/empty.wasm" "$work/site"
}

printed() { # WORD: the URL that the console printed after it
  local n url
  for n in {1..150}; do
    url=$(sed -n "s/^$1: *//p" "$work/nestor.out" 2>/dev/null || true)
    if [ -n "$url" ]; then echo "$url"; return; fi
    sleep 0.1
  done
  die "the console printed no line “$1:” in 15 s: $(tail -3 "$work/nestor.log")"
}

[ -x "$NESTOR" ] || die "there is no $NESTOR: make build"
command -v taskset >/dev/null || die "there is no taskset, which keeps Nestor and Kea on a core each: install util-linux"
trap stop EXIT
mkdir -p "$work"
echo "bench: building the empty page"
build_empty
cargo bench --quiet --locked --package server --bench configuration --bench foreman --bench reservations --no-run
"$lab" reset >/dev/null
"$lab" start
rm -rf "$work/data" "$work/nestor.out"
mkdir -m 700 "$work/data"
NESTOR_TEST_PASSWORD=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
"$NESTOR" user add admin --role admin --password-stdin --data-dir "$work/data" <<<"$NESTOR_TEST_PASSWORD" >/dev/null
"$NESTOR" serve --data-dir "$work/data" --listen 127.0.0.1:0 --smart-proxy-listen 127.0.0.1:0 \
  --kea "$(cat "$LAB_DIR/url")" --kea-user nestor --kea-password-file "$LAB_DIR/kea.password" >"$work/nestor.out" 2>"$work/nestor.log" &
console=$!
NESTOR_URL=$(printed Console)
FOREMAN_URL=$(printed Foreman)
KEA_URL=$(cat "$LAB_DIR/url")
KEA_PASSWORD=$(cat "$LAB_DIR/kea.password")
export NESTOR_URL FOREMAN_URL KEA_URL KEA_PASSWORD NESTOR_TEST_PASSWORD NESTOR_PID=$console EMPTY_SITE=$work/site
sleep 3
node end2end/bench/bench.mjs

# Foreman's routes at scale, and reservations and configurations beside the bare commands; all start a Kea and a console of their own.
stop
cargo bench --quiet --locked --package server --bench foreman
cargo bench --quiet --locked --package server --bench reservations
cargo bench --quiet --locked --package server --bench configuration
