# How a source file becomes an object: one rule for each variant, a compiler and its flags.
#
# Most of a compiler's time goes to the standard library's headers, so all variants but the release, which
# shows that each file names what it needs, have them precompiled.

CLANG_WARNINGS := -Wthread-safety -Wreserved-identifier
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# The checks of the load generator have tests of their own.
TESTED_BENCH := $(addprefix tests/bench/load/,population.cc udp_messages.cc http_messages.cc)

# Unit tests are compiled plainly, with GoogleTest precompiled, too. What they test keeps its flags, as do
# the tests that keep a processor busy themselves.
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
