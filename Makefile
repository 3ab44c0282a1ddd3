# Two commands do everything on a fresh machine with rustup and Debian's or Ubuntu's apt:
#   make run     a console on a living Kea (KEA=http://host:8000/ for your own; KEA_USER=… KEA_PASSWORD_FILE=…),
#                or with PAIR=1 on a high-availability pair, SILENT=1 with one that never answers, FAR=30ms,
#                BIG=1 with 500 subnets, HOOKS=lease_cmds with only these hook libraries: alone and together
#   make test    everything that must hold

SHELL := /bin/bash
CARGO := cargo
NATIVE := --workspace --exclude frontend
# Clippy as the compiler: it judges and builds in one go, where a run of its own would read all libraries once more.
LINTED := SKIP_SITE=1 RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-D__CLIPPY_HACKERY__warnings
# Most tests of the native half wait most of the time: for Kea, for a database, for the end of a deadline.
export RUST_TEST_THREADS ?= 4
export KEA KEA_USER KEA_PASSWORD_FILE PAIR SILENT FAR BIG HOOKS

.PHONY: run test build check check-format check-browser-half native-half unit e2e bench fuzz soak fmt tools kea postgres ruby browser clean-lab

run: build
	@end2end/run.sh

test:
	@end2end/test.sh

build: tools
	@$(CARGO) build --release --locked

check: tools check-format check-browser-half
	@$(LINTED) $(CARGO) build --locked $(NATIVE) --all-targets

check-format: tools
	@$(CARGO) fmt --all --check

# In the profile of the release, so that macros and build scripts are compiled once for both.
check-browser-half: tools
	@$(CARGO) clippy --locked --package frontend --target wasm32-unknown-unknown --target-dir target/front --profile wasm-release -- -D warnings

native-half: tools
	@$(LINTED) $(CARGO) test --locked $(NATIVE) --no-run
	@$(LINTED) $(CARGO) build --locked $(NATIVE) --benches

# TESTS="-- --exact a::test" for some of them.
unit: native-half kea postgres ruby
	@$(LINTED) $(CARGO) test --locked $(NATIVE) --no-fail-fast $(TESTS)

e2e: build kea browser postgres
	@end2end/browser.sh

bench: build kea browser
	@end2end/bench.sh

# TARGETS="form call" for some of them, RUNS=1000000 for less.
fuzz: tools
	@server/fuzz/fuzz.sh $(TARGETS)

# NESTOR_SEED=… plays a run again.
soak: tools kea postgres
	@end2end/soak.sh

fmt:
	@$(CARGO) fmt --all

tools:
	@end2end/tools.sh build

browser:
	@end2end/tools.sh browser

kea:
	@end2end/lab/fetch.sh target/kea

postgres:
	@end2end/tools.sh postgres

ruby:
	@end2end/tools.sh ruby

clean-lab:
	@for lab in target/lab target/lab-*; do case $$lab in \
	  *-test | *\*) ;; \
	  *-pair*) LAB_PAIR=1 LAB_DIR=$(CURDIR)/$$lab end2end/lab/lab.sh reset ;; \
	  *) LAB_V6=1 LAB_DIR=$(CURDIR)/$$lab end2end/lab/lab.sh reset ;; \
	esac; done
