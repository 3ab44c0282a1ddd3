#!/usr/bin/env bash
# test.sh -- everything that must hold, on the real parts. Stops at the first stage that fails; ends with a count.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p target
counts=target/test-counts
: >"$counts"

stage() { # name command...
  local name=$1 start=$SECONDS
  shift
  echo "== $name"
  "$@"
  echo "== $name: $((SECONDS - start)) s"
}

# Adds up the closing lines of cargo's runner.
unit() {
  make --no-print-directory unit 2>&1 | tee target/unit.log
  awk '/^test result:/ { passed += $4; failed += $6 } END { print passed + 0, failed + 0 }' target/unit.log >>"$counts"
}

total() { awk '{ passed += $1; failed += $2 } END { printf "%d passed, %d failed\n", passed, failed }' "$counts"; }

# The release is built beside the tests, in the time that they wait; they come first. The lints of the browser half are
# after it, as both want the same folder.
begin_build() {
  nice -n 19 make --no-print-directory build check-browser-half >target/build.log 2>&1 &
  build=$!
}
end_build() { wait "$build" || { cat target/build.log; return 1; }; }

build=
finish() {
  local status=$?
  [ "$status" = 0 ] || echo "make test: failed in the stage above"
  # With make end those that it started.
  [ -z "$build" ] || ! kill "$build" 2>/dev/null || wait "$build" || true
  exit "$status"
}
trap finish EXIT
stage "tools" make --no-print-directory tools kea postgres browser
stage "format" make --no-print-directory check-format
begin_build
stage "native half: lints, unit, protocol, contract and server tests" unit
stage "rest of the release build, lints of the browser half" end_build
stage "browser and DHCP clients" end2end/browser.sh
total
