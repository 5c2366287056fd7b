# The program for 64-bit ARM, compiled on another machine, and tested there in an emulator.
#
# It is linked statically, so that neither the emulator nor the server that it is copied to needs a library.
# What is tested is what is shipped: the program and the unit tests share their objects, which are
# compiled like the release, but not optimised again at link time.

.PHONY: static-arm64 unit-arm64 check-arm64 arm64-deps

ARM64_PACKAGES  := g++-aarch64-linux-gnu qemu-user
ARM64_LIBRARIES := libowfat-dev libsodium-dev zlib1g-dev libgtest-dev
ARM64_CXX       ?= $(filter ccache,$(CXX)) aarch64-linux-gnu-g++
# Rooms that know bytes or the processor; the end-to-end tests run the others.
ARM64_TESTS     := $(filter $(addprefix tests/unit/,base/% bittorrent/% protocol/% access/% swarm/%),$(TESTS))
SYSROOT_ARM64   := build/arm64/sysroot
# g++ 12 without link-time optimisation takes strings in the making for too short (its bugs 105329 and
# 105651). The native builds keep these warnings.
FALSE_ALARMS := -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow
# The libraries' headers go first: those of this machine's processor may be in /usr/include.
FLAGS_arm64 = -std=c++20 -Isrc -Itests -pthread $(WARNINGS) $(FALSE_ALARMS) $(FEATURES) $(NAMED) -DNDEBUG \
  $(HARDENING) \
  $(addprefix -isystem $(SYSROOT_ARM64)/usr/include,/aarch64-linux-gnu /) \
  -idirafter $(SYSROOT_ARM64)/usr/include/libowfat
LINK_ARM64 = $(ARM64_CXX) -static-pie -s -L$(SYSROOT_ARM64)/usr/lib -L$(SYSROOT_ARM64)/usr/lib/aarch64-linux-gnu

arm64-deps:
	@tests/tools/install_packages.sh $(ARM64_PACKAGES)
static-arm64: arm64-deps
	+$(SUBMAKE) build/arm64/opentracker
unit-arm64: arm64-deps
	+$(SUBMAKE) build/arm64/unit_tests
	tests/tools/emulated.sh unit $(GTEST_OUTPUT)
check-arm64: unit-arm64
	+$(SUBMAKE) build/arm64/opentracker
	tests/tools/emulated.sh serve $(PYTEST_OUTPUT)

$(SYSROOT_ARM64).complete: tests/tools/arm64_sysroot.sh tests/make/arm64.mk
	@mkdir -p $(@D)
	$< $(SYSROOT_ARM64) $(ARM64_LIBRARIES)
	@touch $@
build/arm64/flags: FORCE
	$(call rewrite,$(ARM64_CXX) $(FLAGS_arm64) $(call version_of,$(ARM64_CXX)))

# $(1) folder of sources, $(2) name and $(3) source of what is precompiled for them, $(4) their flags.
define arm64_objects
build/arm64/$(2).compiled: $(3) tests/tools/standard.h build/arm64/flags $(SYSROOT_ARM64).complete
	$$(call precompile,arm64,$(ARM64_CXX) $$(FLAGS_arm64) $(4))
build/arm64/$(1)/%.o: $(1)/%.cc build/arm64/$(2).compiled
	@mkdir -p $$(@D)
	$$(call say,arm64,$$<)
	$(Q)$(ARM64_CXX) $$(FLAGS_arm64) $(4) -include build/arm64/$(2) $$(IDENTITY) -MMD -MP -c -o $$@ $$<
endef
$(eval $(call arm64_objects,src,standard.h,tests/tools/standard.h,-O2))
$(eval $(call arm64_objects,tests,pch.h,tests/unit/pch.h,-O0 -U_FORTIFY_SOURCE))
build/arm64/src/main.o: build/identity
build/arm64/src/main.o: private IDENTITY = $(IDENTITY_STATIC)

build/arm64/opentracker: $(SOURCES:%.cc=build/arm64/%.o) build/files
	$(call say,link,$@)
	$(Q)$(call link_static,$(LINK_ARM64) -o $@ $(filter %.o,$^) $(LIBS))
build/arm64/unit_tests: $(patsubst %.cc,build/arm64/%.o,$(LIBRARY_SOURCES) $(ARM64_TESTS)) build/files
	$(call say,link,$@)
	$(Q)$(call link_static,$(LINK_ARM64) -o $@ $(filter %.o,$^) -lgtest -lgtest_main $(LIBS))
