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

# What the tests need beside the compiler comes while that is at work.
fetch() { make --no-print-directory kea postgres ruby browser >target/fetch.log 2>&1; }
fetched() {
  wait "$fetching" || { cat target/fetch.log; return 1; }
  fetching=
  cat target/fetch.log
}

finish() {
  local status=$?
  [ -z "$fetching" ] || kill "$fetching" 2>/dev/null || true
  [ "$status" = 0 ] || echo "make test: failed in the stage above"
  exit "$status"
}
fetching=
trap finish EXIT
stage "tools" make --no-print-directory tools
fetch &
fetching=$!
stage "format" make --no-print-directory check-format
stage "native half: build and lints" make --no-print-directory native-half
stage "what the tests need" fetched
stage "native half: unit, protocol, contract and server tests" unit
# Not beside the tests: many of them look at what happens within some seconds.
stage "release build" make --no-print-directory build
stage "lints of the browser half" make --no-print-directory check-browser-half
stage "browser and DHCP clients" end2end/browser.sh
total
