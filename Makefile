# Builds opentracker and everything that checks it. The two commands a newcomer needs are
# `make run` and `make test`; `make list` names the rest. GNU make 4.3 or newer. This file builds, runs and
# installs the program; how things are compiled and checked is in tests/make:
#
#   variants.mk  compilers and flags      checks.mk    tests and static checks
#   packages.mk  Debian packages          features.mk  the program with each set of switches
#   bench.mk     benchmarks, the guard    clangd.mk    compile_commands.json
#   static.mk    the program in one file  arm64.mk     the same for 64-bit ARM
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
            -DWANT_IP_FROM_PROXY -DWANT_IP_FROM_QUERY_STRING -DWANT_SYNC_LIVE -DWANT_SYNC_SCRAPE

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
PYTHON       ?= /usr/bin/python3
PREFIX       ?= /usr/local
SYSCONFDIR   ?= /etc
UNITDIR      ?= $(PREFIX)/lib/systemd/system
JOBS         ?= $(shell nproc)
CXXFLAGS     ?=
LDFLAGS      ?=

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Winvalid-pch -Werror
HARDENING := -fstack-protector-strong -D_FORTIFY_SOURCE=2
# Debian 12 has the headers of libowfat among all others, 13 in a folder of their own.
LANGUAGE := -std=c++20 -Isrc -Itests -idirafter /usr/include/libowfat -pthread
LIBS     := -lowfat -lsodium -lz -pthread
# clang's link-time optimisation needs a linker plugin that Debian packs apart.
LTO := $(if $(findstring clang,$(CXX)),,-flto=auto)

SOURCES := $(shell find src -name '*.cc' | LC_ALL=C sort)
LIBRARY_SOURCES := $(filter-out src/main.cc,$(SOURCES))
RELEASE_OBJECTS := $(SOURCES:%.cc=build/release/%.o)
HEADERS := $(shell find src -name '*.h' | LC_ALL=C sort)
TESTS   := $(shell find tests/unit -name '*.cc' 2>/dev/null | LC_ALL=C sort)
FUZZ    := $(wildcard tests/fuzz/*_fuzz.cc)

# `make V=1` shows whole commands; else one short line each.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(2)')

# A make inside a recipe: parallel, unless the caller has said how parallel already.
SUBMAKE = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))

.PHONY: all run install clean list FORCE
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
all: opentracker opentracker.debug

include $(addprefix tests/make/,variants.mk packages.mk checks.mk features.mk bench.mk static.mk arm64.mk \
  clangd.mk)

## The program ------------------------------------------------------------------------------------
# Release objects are linked directly: an archive would hide them from link-time optimisation.
opentracker: $(RELEASE_OBJECTS) build/files
	$(call say,link,$@)
	$(Q)$(CXX) $(FLAGS_release) -s -Wl,-z,relro,-z,now $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)
opentracker.debug: build/unit/opentracker
	@cp $< $@

run: deps
	+$(SUBMAKE) opentracker
	./opentracker

clean:
	rm -rf build opentracker opentracker.debug compile_commands.json

list:
	@echo 'all run test test-long test-fresh deps test-deps bench bench-quick micro guard'
	@echo 'guard-record unit unit-asan unit-tsan clang fuzz fuzz-replay tidy format check-format'
	@echo 'layers headers limits check-features install deb check-deploy test-package clean'
	@echo 'static static-arm64 unit-arm64 check-arm64 check-container compile_commands.json'

## Installing -------------------------------------------------------------------------------------
# Paths in these files are those of the Debian package. A configuration that is there stays. What programs
# read lies in DATADIR and not beside the documentation, which small systems leave out.
DOCDIR  := $(PREFIX)/share/doc/opentracker
DATADIR := $(PREFIX)/share/opentracker
MUNIN   := $(PREFIX)/share/munin/plugins/opentracker_
PAGES   := operations proxies lists containers security compatibility
CONF = $(DESTDIR)$(SYSCONFDIR)/opentracker/opentracker.conf
place = sed -e 's|/usr/bin/|$(PREFIX)/bin/|g' -e 's|/usr/share/doc/|$(PREFIX)/share/doc/|g' \
             -e 's|/usr/share/opentracker|$(DATADIR)|g' -e 's|](deploy/|](examples/|g' \
             -e 's|/etc/opentracker|$(SYSCONFDIR)/opentracker|g' $(1) \
          | install -D -m 644 /dev/stdin $(DESTDIR)$(2)/$(notdir $(1))
example = ln -sf ../../../$(1) $(DESTDIR)$(DOCDIR)/examples/$(or $(2),$(notdir $(1)))
install: opentracker
	install -D -m 755 opentracker $(DESTDIR)$(PREFIX)/bin/opentracker
	@$(call place,docs/opentracker.8,$(PREFIX)/share/man/man8)
	@$(call place,docs/opentracker.conf.5,$(PREFIX)/share/man/man5)
	@$(foreach unit,service socket,$(call place,docs/deploy/opentracker.$(unit),$(UNITDIR)) &&) true
	@$(foreach page,$(PAGES),$(call place,docs/$(page).md,$(DOCDIR)) &&) true
	@$(foreach file,sysctl.conf nftables.conf nginx.conf,$(call place,docs/deploy/$(file),$(DOCDIR)/examples) &&) true
	@$(foreach file,Containerfile opentracker.conf compose.yaml kubernetes.yaml,install -D -m 644 \
	  docs/deploy/container/$(file) $(DESTDIR)$(DOCDIR)/examples/container/$(file) &&) true
	@$(foreach file,prometheus-alerts.yml grafana-dashboard.json grafana-provider.yml,\
	  $(call place,docs/deploy/$(file),$(DATADIR)) && $(call example,opentracker/$(file)) &&) true
	@install -D -m 644 opentracker.conf.sample $(DESTDIR)$(DATADIR)/opentracker.conf.sample
	@$(call example,opentracker/opentracker.conf.sample,opentracker.conf)
	@install -D -m 755 docs/deploy/munin-opentracker $(DESTDIR)$(MUNIN)
	@$(call example,munin/plugins/opentracker_,munin-opentracker)
	@test -e $(CONF) || install -D -m 644 opentracker.conf.sample $(CONF)
