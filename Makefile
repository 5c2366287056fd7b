# Builds opentracker and everything that checks it. The two commands a newcomer needs are
# `make run` and `make test`; `make list` names the rest. GNU make 4.3 or newer.
#
# Nothing is registered by hand: src/**/*.cc is the program, tests/unit/**/*.cc one unit test
# binary, tests/fuzz/*_fuzz.cc one fuzzer each. Objects lie in build/<variant>/, a variant being a
# compiler and its flags; change one of them (or FEATURES) and what depends on it is built again.

# Grouped targets came with 4.3.
$(if $(filter grouped-target,$(.FEATURES)),,$(error opentracker needs GNU make 4.3 or newer))

VERSION := 0.1.0

# The switches are those of the original opentracker; src/base/features.h reads them.
FEATURES ?= -DWANT_ACCESSLIST_WHITE -DWANT_ACCESSLIST_BLACK -DWANT_DYNAMIC_ACCESSLIST \
            -DWANT_COMPRESSION_GZIP -DWANT_FULLSCRAPE -DWANT_KEEPALIVE -DWANT_RESTRICT_STATS \
            -DWANT_IP_FROM_PROXY -DWANT_SYNC_LIVE -DWANT_SYNC_SCRAPE

# Whether somebody chose them; base/features.h says what that changes.
ifneq ($(origin FEATURES),file)
NAMED := -DOT_FEATURES_NAMED
endif

# The number of the Debian release, and which clang it packages; both are empty on other systems.
DEBIAN := $(shell . /etc/os-release 2>/dev/null && [ "$$ID" = debian ] && echo "$$VERSION_ID")
CLANG_ON_12 := -14
CLANG_ON_13 := -19
CLANG_SUFFIX := $(CLANG_ON_$(DEBIAN))

ifeq ($(origin CXX),default)
CXX := $(shell tests/tools/find_tool.sh g++ 12)
endif
ifeq ($(origin CLANGXX),undefined)
CLANGXX := $(shell tests/tools/find_tool.sh clang++ 14 $(CLANG_SUFFIX))
endif
CLANG_TIDY   ?= $(shell tests/tools/find_tool.sh clang-tidy 14 $(CLANG_SUFFIX))
CLANG_FORMAT ?= $(shell tests/tools/find_tool.sh clang-format 14 $(CLANG_SUFFIX))
PYTHON       ?= /usr/bin/python3
PREFIX       ?= /usr/local
SYSCONFDIR   ?= /etc
UNITDIR      ?= $(PREFIX)/lib/systemd/system
JOBS         ?= $(shell nproc)
RELEASE      ?=
CXXFLAGS     ?=
LDFLAGS      ?=
FUZZ_RUNS    ?= 1000000
FUZZ_SECONDS ?= 900

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Winvalid-pch -Werror
CLANG_WARNINGS := -Wthread-safety -Wreserved-identifier
HARDENING := -fstack-protector-strong -D_FORTIFY_SOURCE=2
# Debian 12 has the headers of libowfat among all others, 13 in a folder of their own.
LANGUAGE := -std=c++20 -Isrc -Itests -idirafter /usr/include/libowfat -pthread
LIBS     := -lowfat -lsodium -lz -pthread
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# clang's link-time optimisation needs a linker plugin that Debian packs apart.
LTO := $(if $(findstring clang,$(CXX)),,-flto=auto)

SOURCES := $(shell find src -name '*.cc' | LC_ALL=C sort)
LIBRARY_SOURCES := $(filter-out src/main.cc,$(SOURCES))
HEADERS := $(shell find src -name '*.h' | LC_ALL=C sort)
TESTS   := $(shell find tests/unit -name '*.cc' 2>/dev/null | LC_ALL=C sort)
# The checks of the load generator have tests of their own.
TESTED_BENCH := $(addprefix tests/bench/load/,population.cc udp_messages.cc http_messages.cc)
FUZZ    := $(wildcard tests/fuzz/*_fuzz.cc)
FORMATTED := $(shell find src tests bench -name '*.cc' -o -name '*.h' 2>/dev/null)

# `make V=1` shows whole commands; else one short line each.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(2)')

# A make inside a recipe: parallel, unless the caller has said how parallel already.
SUBMAKE = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))

.PHONY: all run test test-long test-fresh deps test-deps bench-deps bench bench-quick micro guard \
        guard-record unit unit-asan unit-tsan clang tsan fuzz fuzz-replay tidy format check-format \
        layers headers limits check-features install stage deb check-deploy test-package clean list \
        test-binaries \
        FORCE
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
all: opentracker opentracker.debug

## Variants ---------------------------------------------------------------------------------------
# Most of a compiler's time goes to the standard library's headers, so all but the release, which
# shows that each file names what it needs, have them precompiled. Unit tests are compiled plainly and
# with GoogleTest precompiled, too; what they test keeps its flags, as do the tests that keep a processor
# busy themselves.
BUSY_TESTS := $(addprefix tests/unit/,swarm/torrent_table_model_test.cc swarm/torrent_table_cost_test.cc \
                scenario/tracker_life_test.cc)
# $(1) name of the variant, $(2) compiler and flags; beside the .compiled lies what -include names.
define precompile
$(call say,$(1),$<)
$(Q)cp $< $(@:.compiled=)
$(Q)$(2) $(if $(findstring clang,$(2)),-fpch-instantiate-templates) -x c++-header \
  -o $(@:.compiled=$(if $(findstring clang,$(2)),.pch,.gch)) $<
@touch $@
endef
# What is compiled depends on its compiler, flags and version, kept in a file that changes only with them.
# In a call a comma of LDFLAGS would end the argument, so the flags go by name.
define rewrite
@mkdir -p $(@D)
@text='$(1)'; cmp -s $@ <(echo "$$text") || echo "$$text" > $@
endef
version_of = $(shell $(1) --version | head -n 1)
# $(1) name, $(2) compiler, $(3) flags.
define variant
FLAGS_$(1) = $(LANGUAGE) $(WARNINGS) $(FEATURES) $(NAMED) $(3) $(CXXFLAGS)
STANDARD_$(1) := $(if $(filter release,$(1)),,build/$(1)/standard.h)
TEST_FLAGS_$(1) = $$(FLAGS_$(1)) -O0 -g1
build/$(1)/flags: FORCE
	$$(call rewrite,$(2) $$(FLAGS_$(1)) $$(LDFLAGS) $$(call version_of,$(2)))
build/$(1)/%.o: %.cc build/$(1)/flags $$(STANDARD_$(1):=.compiled)
	@mkdir -p $$(@D)
	$$(call say,$(1),$$<)
	$(Q)$(2) $$(FLAGS_$(1)) $$(STANDARD_$(1):%=-include %) $$(IDENTITY) -MMD -MP -c -o $$@ $$<
build/$(1)/standard.h.compiled: tests/tools/standard.h build/$(1)/flags
	$$(call precompile,$(1),$(2) $$(FLAGS_$(1)))
build/$(1)/pch.h.compiled: tests/unit/pch.h tests/tools/standard.h build/$(1)/flags
	$$(call precompile,$(1),$(2) $$(TEST_FLAGS_$(1)))
$(filter-out $(BUSY_TESTS:%.cc=build/$(1)/%.o),$(TESTS:%.cc=build/$(1)/%.o)): \
    build/$(1)/%.o: %.cc build/$(1)/pch.h.compiled
	@mkdir -p $$(@D)
	$$(call say,$(1),$$<)
	$(Q)$(2) $$(TEST_FLAGS_$(1)) -include build/$(1)/pch.h -MMD -MP -c -o $$@ $$<
build/$(1)/libopentracker.a: $(LIBRARY_SOURCES:%.cc=build/$(1)/%.o) build/files
	@rm -f $$@
	$(Q)ar rcs $$@ $$(filter %.o,$$^)
build/$(1)/opentracker: build/$(1)/src/main.o build/$(1)/libopentracker.a
	$$(call say,link,$$@)
	$(Q)$(2) $$(FLAGS_$(1)) $(LDFLAGS) -o $$@ $$^ $(LIBS)
build/$(1)/unit_tests: $(TESTS:%.cc=build/$(1)/%.o) $(TESTED_BENCH:%.cc=build/$(1)/%.o) \
                       build/$(1)/libopentracker.a build/files
	$$(call say,link,$$@)
	$(Q)$(2) $$(FLAGS_$(1)) $(LDFLAGS) -o $$@ $$(filter %.o %.a,$$^) -lgtest -lgtest_main $(LIBS)
build/$(1)/%_fuzz: build/$(1)/tests/fuzz/%_fuzz.o build/$(1)/libopentracker.a
	$$(call say,link,$$@)
	$(Q)$(2) $$(FLAGS_$(1)) -fsanitize=fuzzer $(LDFLAGS) -o $$@ $$^ $(LIBS)
endef

VARIANTS := release unit asan tsan fuzz
$(eval $(call variant,release,$(CXX),-O3 $(LTO) -DNDEBUG $(HARDENING)))
# The unit tests and opentracker.debug share a library; only main.cc reads OT_VERBOSE.
$(eval $(call variant,unit,$(CXX),-Og -g -DOT_VERBOSE))
$(eval $(call variant,asan,$(CLANGXX),-O1 -g1 $(SANITIZE) $(CLANG_WARNINGS)))
$(eval $(call variant,tsan,$(CLANGXX),-O1 -g1 -fsanitize=thread $(CLANG_WARNINGS)))
$(eval $(call variant,fuzz,$(CLANGXX),-O1 -g1 $(SANITIZE) -fsanitize=fuzzer-no-link))

-include $(shell find build -name '*.d' 2>/dev/null)

# A source file that has gone must leave the archives and the tests too.
build/files: FORCE
	$(call rewrite,$(SOURCES) $(TESTS))

# Only the main.cc know version and commit, so a commit compiles one file each.
COMMIT = $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
build/identity: FORCE
	$(call rewrite,$(VERSION) $(COMMIT))
MAIN_OBJECTS := $(VARIANTS:%=build/%/src/main.o) build/release/tests/bench/load/main.o
$(MAIN_OBJECTS): build/identity
$(MAIN_OBJECTS): private IDENTITY = -DOT_VERSION='"$(VERSION)"' -DOT_COMMIT='"$(COMMIT)"'

## The program ------------------------------------------------------------------------------------
# Release objects are linked directly: an archive would hide them from link-time optimisation.
RELEASE_OBJECTS := $(SOURCES:%.cc=build/release/%.o)
opentracker: $(RELEASE_OBJECTS) build/files
	$(call say,link,$@)
	$(Q)$(CXX) $(FLAGS_release) -s -Wl,-z,relro,-z,now $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)
opentracker.debug: build/unit/opentracker
	@cp $< $@

run: deps
	+$(SUBMAKE) opentracker
	./opentracker

clean:
	rm -rf build opentracker opentracker.debug

list:
	@echo 'all run test test-long test-fresh deps test-deps bench bench-quick micro guard'
	@echo 'guard-record unit unit-asan unit-tsan clang fuzz fuzz-replay tidy format check-format'
	@echo 'layers headers limits check-features install deb check-deploy test-package clean'

## Installing -------------------------------------------------------------------------------------
# Paths in these files are those of the Debian package. A configuration that is there stays.
DOCDIR := $(PREFIX)/share/doc/opentracker
CONF = $(DESTDIR)$(SYSCONFDIR)/opentracker/opentracker.conf
place = sed -e 's|/usr/bin/|$(PREFIX)/bin/|g' -e 's|/usr/share/doc/|$(PREFIX)/share/doc/|g' \
             -e 's|/etc/opentracker|$(SYSCONFDIR)/opentracker|g' $(1) \
          | install -D -m 644 /dev/stdin $(DESTDIR)$(2)/$(notdir $(1))
install: opentracker
	install -D -m 755 opentracker $(DESTDIR)$(PREFIX)/bin/opentracker
	@$(call place,docs/opentracker.8,$(PREFIX)/share/man/man8)
	@$(call place,docs/opentracker.conf.5,$(PREFIX)/share/man/man5)
	@$(foreach unit,service socket,$(call place,docs/deploy/opentracker.$(unit),$(UNITDIR)) &&) true
	@$(foreach page,operations compatibility,$(call place,docs/$(page).md,$(DOCDIR)) &&) true
	@$(foreach example,sysctl.conf nftables.conf nginx.conf prometheus-alerts.yml grafana-dashboard.json \
	  munin-opentracker,$(call place,docs/deploy/$(example),$(DOCDIR)/examples) &&) true
	@install -D -m 644 opentracker.conf.sample $(DESTDIR)$(DOCDIR)/examples/opentracker.conf
	@test -e $(CONF) || install -D -m 644 opentracker.conf.sample $(CONF)

# The unit lies where the package of the C program in this release has it: to dpkg, /lib and /usr/lib are
# two folders, and it would take the new file away with the old one.
STAGE := build/deb/root
DEB_UNITDIR := $(if $(filter 12,$(DEBIAN)),,/usr)/lib/systemd/system
DEB_VERSION ?= $(VERSION)
DEB_PACKAGES := dpkg-dev
stage: opentracker
	@rm -rf $(STAGE)
	@$(MAKE) --no-print-directory install DESTDIR=$(abspath $(STAGE)) PREFIX=/usr SYSCONFDIR=/etc \
	  UNITDIR=$(DEB_UNITDIR)
deb: deps
	@tests/tools/install_packages.sh $(DEB_PACKAGES)
	+$(SUBMAKE) stage
	docs/deploy/debian/build.sh $(DEB_VERSION) $(STAGE) build/deb

## Packages ---------------------------------------------------------------------------------------
BUILD_PACKAGES := make g++ libowfat-dev libsodium-dev zlib1g-dev
CLANG_PACKAGES := $(patsubst %,%$(CLANG_SUFFIX),clang clang-tidy clang-format) \
                  libclang-rt$(CLANG_SUFFIX)-dev
TEST_PACKAGES := $(CLANG_PACKAGES) libgtest-dev python3 python3-pytest python3-pytest-xdist iproute2 util-linux \
                 python3-libtorrent aria2 transmission-daemon rtorrent apache2-utils strace \
                 systemd nftables nginx-light haproxy procps curl man-db mandoc lintian \
                 debootstrap binutils prometheus opentracker $(DEB_PACKAGES)

deps:
	@tests/tools/install_packages.sh $(BUILD_PACKAGES)
	@tests/tools/check_system.sh $(CXX) $(LANGUAGE)
test-deps:
	@tests/tools/install_packages.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)

## Tests ------------------------------------------------------------------------------------------
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

## Benchmarks -------------------------------------------------------------------------------------
# Linked from release objects, like the program itself. FLOOR is a program that makes a tracker's
# system calls and nothing else; without that file the generator's own null server stands in.
GUARD_PACKAGES := python3 strace util-linux valgrind
BENCH_PACKAGES := $(GUARD_PACKAGES) opentracker apache2-utils wrk curl
FLOOR ?= $(wildcard ../shared/floor.cpp)
PARTS := $(filter-out build/release/src/main.o,$(RELEASE_OBJECTS)) build/files
BENCHES := build/load build/observed_server $(if $(FLOOR),build/floor)
# At link time g++ 12 suspects strings of ours and of the library of overflowing; not an error here.
LINK_BENCH = $(CXX) $(filter-out -Werror,$(FLAGS_release)) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)
build/load: $(patsubst %.cc,build/release/%.o,$(wildcard tests/bench/load/*.cc)) $(PARTS)
	$(call say,link,$@)
	$(Q)$(LINK_BENCH)
build/observed_server: build/release/tests/bench/observed_server.o \
                       build/release/tests/bench/load/process.o $(PARTS)
	$(call say,link,$@)
	$(Q)$(LINK_BENCH)
CROWD := $(patsubst %,build/release/tests/bench/%.o,load/population load/udp_messages \
           load/http_messages load/process micro/allocations)
build/micro: $(patsubst %,build/release/tests/bench/micro/%.o,main codecs table access) $(CROWD) $(PARTS)
	$(call say,link,$@)
	$(Q)$(LINK_BENCH)
build/guard: build/release/tests/bench/micro/guard.o $(CROWD) $(PARTS)
	$(call say,link,$@)
	$(Q)$(LINK_BENCH)
build/floor: $(FLOOR)
	@mkdir -p $(@D)
	$(Q)$(CXX) -O2 -o $@ $<

bench-deps: deps
	@tests/tools/install_packages.sh $(BENCH_PACKAGES)
bench: bench-deps
	+$(SUBMAKE) opentracker $(BENCHES)
	$(PYTHON) tests/bench/run.py --write docs/benchmarks.md
bench-quick: bench-deps
	+$(SUBMAKE) opentracker $(BENCHES)
	$(PYTHON) tests/bench/run.py --quick
micro: build/micro
	$<
# Instructions, allocations and system calls of an announce against the recorded figures.
guard: deps
	@tests/tools/install_packages.sh $(GUARD_PACKAGES)
	+$(SUBMAKE) opentracker build/guard build/micro $(BENCHES)
	$(PYTHON) tests/bench/guard.py
guard-record: build/guard
	$(PYTHON) tests/bench/guard.py --record

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
test-binaries: all build/unit/unit_tests build/asan/unit_tests $(REPLAYERS)

## Checks without running anything ----------------------------------------------------------------
check-format:
	$(CLANG_FORMAT) --dry-run -Werror $(FORMATTED)
format:
	$(CLANG_FORMAT) -i $(FORMATTED)
layers:
	$(PYTHON) tests/tools/check_layers.py src
limits:
	$(PYTHON) tests/tools/check_limits.py src tests

tidy: $(SOURCES:%=build/tidy/%.ok)
build/tidy/%.ok: % $(HEADERS) .clang-tidy Makefile
	@mkdir -p $(@D)
	$(call say,tidy,$<)
	$(Q)$(CLANG_TIDY) --quiet $< -- $(LANGUAGE) $(FEATURES) -DOT_VERSION='""' -DOT_COMMIT='""' \
	  2>&1 | sed '/ warnings\? generated\.$$/d'
	@touch $@

# For checks that compile but keep nothing: run again when an included file has changed.
DEPENDENCIES = -MMD -MP -MF $(@:.ok=.d) -MT $@

# The program with no switch, each alone, the default and every one, tried by tests/features. Only
# sources that see a switch are compiled for each set; the others are shared, as is what is precompiled:
# no switch reaches the standard library.
ALL_FEATURES := $(shell sed -n 's/^OT_FEATURE(.*, \(WANT_[A-Z0-9_]*\));/\1/p' src/base/features.h)
FEATURE_SETS := none default every $(ALL_FEATURES)
features_default := $(FEATURES)
features_every := $(addprefix -D,$(filter-out WANT_V4_ONLY WANT_V6,$(ALL_FEATURES)))
$(foreach switch,$(ALL_FEATURES),$(eval features_$(switch) := -D$(switch)))
ifneq ($(filter check-features,$(MAKECMDGOALS)),)
SWITCHED := $(shell $(CXX) $(LANGUAGE) -MM $(SOURCES) | sed -e ':a' -e '/\\$$/{N;s/\\\n//;ta}' | \
              sed -n 's/^[^:]*: *\([^ ]*\) .*src\/base\/features\.h.*/\1/p')
endif
PYTEST_OUTPUT ?= -q
check-features: $(FEATURE_SETS:%=build/features/%/opentracker)
	$(PYTHON) -m pytest $(PYTEST_OUTPUT) tests/features
define feature_set
FLAGS_features_$(1) = $(LANGUAGE) $(WARNINGS) -O0 -DNDEBUG $(CXXFLAGS) $(features_$(1)) \
  $(if $(filter none every WANT_%,$(1)),-DOT_FEATURES_NAMED)
build/features/$(1)/src/main.o: private IDENTITY = -DOT_VERSION='"0"' -DOT_COMMIT='"$(1)"'
build/features/$(1)/flags: FORCE
	$$(call rewrite,$(CXX) $$(FLAGS_features_$(1)) $$(call version_of,$(CXX)))
build/features/$(1)/%.o: %.cc build/features/$(1)/flags build/features/standard.h.compiled
	@mkdir -p $$(@D)
	$$(call say,$(1),$$<)
	$(Q)$(CXX) $$(FLAGS_features_$(1)) $$(IDENTITY) -include build/features/standard.h -MMD -MP -c -o $$@ $$<
build/features/$(1)/opentracker: $(SWITCHED:%.cc=build/features/$(1)/%.o) \
    $(patsubst %.cc,build/features/shared/%.o,$(filter-out $(SWITCHED),$(SOURCES))) build/files
	$(Q)$(CXX) $(LDFLAGS) -o $$@ $$(filter %.o,$$^) $(LIBS)
endef
$(foreach set,shared $(FEATURE_SETS),$(eval $(call feature_set,$(set))))
build/features/standard.h.compiled: tests/tools/standard.h build/features/shared/flags
	$(call precompile,shared,$(CXX) $(FLAGS_features_shared))

# Each header compiles alone.
headers: $(HEADERS:%=build/headers/%.ok)
HEADER_FLAGS = $(LANGUAGE) $(WARNINGS) $(FEATURES) -fsyntax-only $(DEPENDENCIES) -x c++ -
build/headers/%.ok: % Makefile
	@mkdir -p $(@D)
	@echo '#include "$(<:src/%=%)"' | $(CLANGXX) $(HEADER_FLAGS)
	@touch $@
