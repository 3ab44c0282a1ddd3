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

# The tests of the native half wait for real programs, on a machine that has other things to do. Up to three that failed are
# tried once more, alone; what they said at first stays in the output, and the last line counts them.
unit() {
  local log=target/unit.log tests passed failed
  if ! run_unit "$log"; then
    mapfile -t tests < <(sed -n 's/^test \([^ ]*\) \.\.\. FAILED$/\1/p' "$log")
    read -r passed failed < <(results "$log")
    [ "$failed" = ${#tests[@]} ] && [ "$failed" -ge 1 ] && [ "$failed" -le 3 ] || { results "$log" >>"$counts"; return 1; }
    echo "== once more, alone: ${tests[*]}"
    echo "$passed 0 $failed" >>"$counts"
    log=target/unit-again.log
    RUST_TEST_THREADS=1 TESTS="-- --exact ${tests[*]}" run_unit "$log" || { results "$log" >>"$counts"; return 1; }
  fi
  results "$log" >>"$counts"
}
run_unit() { make --no-print-directory unit 2>&1 | tee "$1"; } # LOG
# Adds up the closing lines of cargo's runner.
results() { awk '/^test result:/ { passed += $4; failed += $6 } END { print passed + 0, failed + 0 }' "$1"; } # LOG

total() {
  awk '{ passed += $1; failed += $2; again += $3 }
    END { printf "%d passed, %d failed", passed, failed; if (again) printf "; %d passed only at the second try", again; print "" }' "$counts"
}

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
