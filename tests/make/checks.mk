# Everything that checks the program: tests, sanitizers, fuzzers, format and sizes.

.PHONY: test test-long test-fresh test-package check-deploy check-container unit unit-asan unit-tsan tsan clang fuzz \
        fuzz-replay test-binaries check-format format layers limits tidy headers

CLANG_TIDY   ?= $(shell tests/tools/find_tool.sh clang-tidy 14 $(CLANG_SUFFIX))
CLANG_FORMAT ?= $(shell tests/tools/find_tool.sh clang-format 14 $(CLANG_SUFFIX))
RELEASE      ?=
FUZZ_RUNS    ?= 1000000
FUZZ_SECONDS ?= 900
FORMATTED := $(shell find src tests bench -name '*.cc' -o -name '*.h' 2>/dev/null)
PYTEST_OUTPUT ?= -q

# What these two run is the table in tests/tools/summary.py.
test: deps test-deps
	+@JOBS=$(JOBS) $(PYTHON) tests/tools/summary.py test
test-long: deps test-deps
	+@JOBS=$(JOBS) $(PYTHON) tests/tools/summary.py test-long
test-fresh:
	RELEASE=$(RELEASE) tests/tools/fresh_debian.sh
test-package: deb
	tests/tools/fresh_package.sh
check-deploy: deb
	$(PYTHON) -m pytest -q tests/deploy
# The image by each step of its Containerfile, and the tracker in it as process number 1 (root, network).
check-container: opentracker
	$(PYTHON) -m pytest -q -p no:cacheprovider tests/container

GTEST_OUTPUT ?= --gtest_brief=1
# Sanitizers of clang 14 lose their shadow memory to kernels that randomise 32 bits of an address.
FIXED_LAYOUT := $(shell setarch -R true 2>/dev/null && echo setarch -R)
unit: build/unit/unit_tests
	$< $(GTEST_OUTPUT)
unit-asan: build/asan/unit_tests
	$(FIXED_LAYOUT) $< $(GTEST_OUTPUT)
# Else each process that ever had two threads sleeps for a second when it ends.
unit-tsan tsan: export TSAN_OPTIONS ?= atexit_sleep_ms=0:halt_on_error=1
unit-tsan tsan: build/tsan/unit_tests
	$(FIXED_LAYOUT) $< $(GTEST_OUTPUT)
# clang compiles the asan variant with every warning and the thread annotations: no extra pass.
clang: $(TESTS:%.cc=build/asan/%.o) $(SOURCES:%.cc=build/asan/%.o) $(FUZZ:%.cc=build/asan/%.o)

FUZZERS := $(FUZZ:tests/fuzz/%.cc=build/fuzz/%)
fuzz: $(FUZZERS)
	FUZZ_RUNS=$(FUZZ_RUNS) FUZZ_SECONDS=$(FUZZ_SECONDS) \
	  $(FIXED_LAYOUT) tests/tools/run_fuzzers.sh search $^
# Stored inputs need no instrumentation to search by, so the asan objects serve.
REPLAYERS := $(FUZZ:tests/fuzz/%.cc=build/asan/%)
fuzz-replay: $(REPLAYERS)
	$(FIXED_LAYOUT) tests/tools/run_fuzzers.sh replay $^
# What the checks of make test run, compiled ahead of them; one compiler error does not hide another.
test-binaries: opentracker build/asan/unit_tests $(REPLAYERS)

check-format:
	$(CLANG_FORMAT) --dry-run -Werror $(FORMATTED)
format:
	$(CLANG_FORMAT) -i $(FORMATTED)
layers:
	$(PYTHON) tests/tools/check_layers.py src
limits:
	$(PYTHON) tests/tools/check_limits.py src tests

tidy: $(SOURCES:%=build/tidy/%.ok)
build/tidy/%.ok: % $(HEADERS) .clang-tidy Makefile tests/make/checks.mk
	@mkdir -p $(@D)
	$(call say,tidy,$<)
	$(Q)$(CLANG_TIDY) --quiet $< -- $(LANGUAGE) $(FEATURES) -DOT_VERSION='""' -DOT_COMMIT='""' \
	  2>&1 | sed '/ warnings\? generated\.$$/d'
	@touch $@

# Each header compiles alone. The release, compiled without precompiled headers, shows it for those that
# their own .cc includes before anything else; all others are compiled here.
SHOWN := $(shell awk 'FNR == 1 { first = 1 } first && /^#/ { first = 0; print FILENAME, $$2 }' $(SOURCES) \
           | sed -n 's|^src/\(.*\)\.cc "\1\.h"$$|src/\1.h|p')
headers: $(patsubst %,build/headers/%.ok,$(filter-out $(SHOWN),$(HEADERS)))
HEADER_FLAGS = $(LANGUAGE) $(WARNINGS) $(FEATURES) -fsyntax-only -MMD -MP -MF $(@:.ok=.d) -MT $@ -x c++ -
build/headers/%.ok: % Makefile tests/make/checks.mk
	@mkdir -p $(@D)
	@echo '#include "$(<:src/%=%)"' | $(CLANGXX) $(HEADER_FLAGS)
	@touch $@
