#!/usr/bin/env bash
# fuzz.sh [target...] -- feeds generated input to what reads Foreman's and Kea's words, until RUNS inputs (10,000,000) went
# through each target, two targets at a time. Without targets: all of them. Stops with an error when one finds something.
#
# It needs no nightly toolchain: the compiler's coverage instrumentation comes with the pinned one. It does need a C++
# compiler, for libFuzzer. What is learned stays below target/fuzz, so that the next run goes on from there. An input
# that finds something belongs, as short as possible, into server/fuzz/corpus: the tests of the packages read it there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

RUNS=${RUNS:-10000000}
OUT=$PWD/target/fuzz
SEEDS=$PWD/server/fuzz/corpus
ALL=(form path certificate page answer latin1 call)

die() { echo "fuzz: $*" >&2; exit 1; }

build() {
  command -v cargo >/dev/null || die "cargo is missing: run 'make tools' first"
  command -v c++ >/dev/null || die "a C++ compiler is missing: install g++ or clang, then try again"
  local host flags
  host=$(rustc -vV | sed -n 's/^host: //p')
  case "$host" in *linux*) ;; *) die "the instrumentation is set up for Linux; this is $host" ;; esac
  # What libFuzzer wants to know of a program: which edges are taken, and what is compared with what.
  flags="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares"
  # With --target the flags do not reach build scripts and macros, which run without libFuzzer. Not --locked: the
  # packages may need other libraries than they did when this workspace's lock file was written.
  RUSTFLAGS=${flags//$'\n'/ } cargo build --release --manifest-path server/fuzz/Cargo.toml \
    --target-dir "$OUT" --target "$host"
  ln -sfn "$OUT/$host/release" "$OUT/bin"
}

# Octets: a certificate has more than what people type, and a form that has all fields fewer than 256.
longest() { case "$1" in certificate) echo 1024 ;; form) echo 256 ;; *) echo 512 ;; esac; }

run() { # target
  local words=() log=$OUT/$1.log
  mkdir -p "$OUT/corpus/$1" "$OUT/found"
  # The store waits for its disk each time; in memory it does not.
  TMPDIR=$(mktemp -d -p "$([ -d /dev/shm ] && echo /dev/shm || echo /tmp)")
  export TMPDIR
  trap 'rm -rf "$TMPDIR"' EXIT
  [ ! -f "server/fuzz/$1.dict" ] || words=("-dict=server/fuzz/$1.dict")
  "$OUT/bin/$1" -runs="$RUNS" -max_len="$(longest "$1")" -timeout=10 -print_final_stats=1 -verbosity=1 \
    -artifact_prefix="$OUT/found/$1-" "${words[@]}" "$OUT/corpus/$1" "$SEEDS/$1" >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    die "$1 found something: the input is in target/fuzz/found. Run target/fuzz/bin/$1 with that file to see it again"
  }
  echo "fuzz: $1: $(grep -ao 'cov: [0-9]* ft: [0-9]*' "$log" | tail -n 1), $(sed -n 's/^Done /done /p' "$log")"
}

if [ "${1:-}" = --run ]; then
  run "$2"
  exit
fi
[ $# -gt 0 ] || set -- "${ALL[@]}"
for target; do
  [[ " ${ALL[*]} " == *" $target "* ]] || die "there is no target “$target”; there are: ${ALL[*]}"
done
build
printf '%s\n' "$@" | RUNS=$RUNS xargs -P 2 -I{} "$PWD/server/fuzz/fuzz.sh" --run {}
