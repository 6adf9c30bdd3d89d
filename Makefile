# SPDX-License-Identifier: MIT
# nurt's daily commands. `make run` and `make test` work on a fresh Debian 12, as root or with sudo.
#
#   make run       install what is missing, build, run the lecture's comparison over real HTTP
#   make test      install what is missing, build, run all tests
#   make asan      the tests under AddressSanitizer and UndefinedBehaviorSanitizer (clang 19)
#   make tsan      the tests of the parts with threads under ThreadSanitizer (clang 19)
#   make lint      layers, g++ 12's coroutine traps, format
#   make tidy      clang-tidy's checks of .clang-tidy
#   make format    clang-format every source in place
#   make fuzz      each fuzz target for FUZZ seconds (60)
#   make shuffle   the tests in simulated time under SHUFFLE other orders (200)
#   make soak      under ASan: SOAK_SECONDS (1200) of bad company on each backend, then the tests, SOAK rounds
#                  (20) in random order, each with a new seed and five times as many random programs
#   make bench     the benchmarks beside the peers that can be built here, BENCH_ROUNDS (3) times, and the world
#                  outside beside plain C, OUTSIDE_ROUNDS (5) times
#   make bench-counts-update   measures what bench/counts/ stores, and stores it
#   make install   into PREFIX (/usr/local)
#   make clean     remove build/
#
# The compiler is $CXX, else clang++-19 where it is installed, else g++. WERROR=OFF lets warnings pass.

SHELL := /bin/sh
.DEFAULT_GOAL := help

ifeq ($(origin CXX),default)
  CXX := $(shell command -v clang++-19 || command -v g++ || echo g++)
  BUILD := build/release
else
  BUILD := build/release-$(notdir $(CXX))
endif
JOBS ?= $(shell nproc)
WERROR ?= ON
PREFIX ?= /usr/local
FUZZ ?= 60
SOAK ?= 20
SOAK_SECONDS ?= 1200
SHUFFLE ?= 200

SOURCES = git ls-files '*.hpp' '*.cpp' ':!bench/peers' ':!tests/lint'
CTEST = ctest --output-on-failure -j $(JOBS) --no-tests=error

.PHONY: help deps ci-deps configure run test asan tsan lint check-format tidy format fuzz shuffle soak bench bench-build bench-counts-update install clean

help:
	@sed -n '/^#   make/s/^#   //p' Makefile

deps:
	@tools/install-deps.sh build

ci-deps:
	@tools/install-deps.sh ci

# An existing build directory keeps the compiler it was made with.
configure: deps
	@CXX='$(CXX)' cmake --preset release -B $(BUILD) -DNURT_WERROR=$(WERROR) >$(BUILD).log 2>&1 \
	    || { cat $(BUILD).log; exit 1; }

build:
	@mkdir -p build

configure: | build

run: configure
	@cmake --build $(BUILD) -j $(JOBS) --target nurt
	@$(BUILD)/nurt lecture

test: configure
	@cmake --build $(BUILD) -j $(JOBS)
	@$(CTEST) --test-dir $(BUILD)

asan: ci-deps
	@cmake --preset asan
	@cmake --build --preset asan -j $(JOBS)
	@$(CTEST) --test-dir build/asan

tsan: ci-deps
	@cmake --preset tsan
	@cmake --build --preset tsan -j $(JOBS) --target test_base test_io test_loop test_core test_threads
	@$(CTEST) --test-dir build/tsan -L '^(base|io|loop|core|threads)$$'

lint: ci-deps configure check-format
	@$(CTEST) --test-dir $(BUILD) -R '^(layers|lint):'
	@tools/nurt-lint -p $(BUILD)

tidy: ci-deps configure
	@run-clang-tidy-19 -quiet -p $(BUILD) '$(CURDIR)/(nurt|cli|examples)/.*'

format: ci-deps
	@$(SOURCES) | xargs clang-format-19 -i

check-format: ci-deps
	@$(SOURCES) | xargs clang-format-19 --dry-run -Werror

fuzz: ci-deps
	@tools/fuzz.sh $(FUZZ)

shuffle: test
	@tools/shuffle.sh $(BUILD) $(SHUFFLE)

soak: ci-deps
	@cmake --preset asan
	@cmake --build --preset asan -j $(JOBS)
	@for backend in epoll uring; do \
	    build/asan/tests/soak/nurt_soak --seconds=$(SOAK_SECONDS) --backend=$$backend || exit 1; \
	done
	@for round in $$(seq $(SOAK)); do \
	    seed=$$(od -An -N8 -tu8 /dev/urandom | tr -d ' '); echo "round $$round, seed $$seed"; \
	    NURT_TEST_SEED=$$seed NURT_RANDOM_PROGRAMS=10000 $(CTEST) --test-dir build/asan --schedule-random -Q || exit 1; \
	done

# By both compilers, where both are there.
BENCH_CXX := $(notdir $(foreach cxx,g++ clang++-19,$(shell command -v $(cxx))))

bench-build: deps | build
	@for cxx in $(BENCH_CXX); do \
	    CXX=$$cxx cmake --preset release -B build/bench-$$cxx -DNURT_BUILD_TESTS=OFF \
	        -DNURT_BUILD_CLI=OFF -DNURT_BUILD_EXAMPLES=OFF >build/bench-$$cxx.log || exit 1; \
	    cmake --build build/bench-$$cxx -j $(JOBS) --target nurt_bench_all || exit 1; \
	done

bench: bench-build
	@bench/run $(BENCH_CXX:%=build/bench-%)
	@bench/outside.py build/bench-$(lastword $(BENCH_CXX))

bench-counts-update: bench-build
	@for cxx in $(BENCH_CXX); do bench/counts.py update build/bench-$$cxx || exit 1; done

install: configure
	@cmake --build $(BUILD) -j $(JOBS)
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean:
	@rm -rf build
