# The program with no switch, each alone, the default and every one, tried by tests/features. Only
# sources that see a switch are compiled for each set; the others are shared, as is what is precompiled:
# no switch reaches the standard library.

.PHONY: check-features

ALL_FEATURES := $(shell sed -n 's/^OT_FEATURE(.*, \(WANT_[A-Z0-9_]*\));/\1/p' src/base/features.h)
# A misspelt switch would silently build another tracker.
UNKNOWN_FEATURES := $(filter-out $(ALL_FEATURES:%=-D%),$(FEATURES))
ifneq ($(UNKNOWN_FEATURES),)
$(error $(or $(shell tests/tools/nearest_feature.sh '$(subst ','\'',$(firstword $(UNKNOWN_FEATURES)))' $(ALL_FEATURES)),\
  FEATURES: $(firstword $(UNKNOWN_FEATURES)) is not a switch; the switches are $(ALL_FEATURES:%=-D%)))
endif
FEATURE_SETS := none default every $(ALL_FEATURES)
features_default := $(FEATURES)
features_every := $(addprefix -D,$(filter-out WANT_V4_ONLY WANT_V6,$(ALL_FEATURES)))
$(foreach switch,$(ALL_FEATURES),$(eval features_$(switch) := -D$(switch)))
ifneq ($(filter check-features,$(MAKECMDGOALS)),)
SWITCHED := $(shell $(CXX) $(LANGUAGE) -MM $(SOURCES) | sed -e ':a' -e '/\\$$/{N;s/\\\n//;ta}' | \
              sed -n 's/^[^:]*: *\([^ ]*\) .*src\/base\/features\.h.*/\1/p')
endif
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
