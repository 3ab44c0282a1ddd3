#!/usr/bin/env bash
# soak.sh -- the long rounds of what make test does in short: 10,000 operations on three replicas and on one program,
# a thousand kills each of Nestor and of Kea, fifty of PostgreSQL, 100,000 configurations with secrets, every parameter of the
# tables asked of Kea, a thousand each of random changes of a configuration, of changes that break off, and of pairs of editors, and
# two hundred kills while a configuration is changed. Takes about two hours on two free cores; prints figures, and the
# seed with which the same can be played again (NESTOR_SEED=...).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export NESTOR_SOAK=1 SKIP_SITE=1
cargo test --locked --package keaconf --test tests
cargo test --locked --package server --test tests -- replicas:: crash:: config_apply:: config_broken:: config_editors:: \
  config_kills:: config_random:: --nocapture --test-threads=1
