# The program in one file that needs no library: for containers, and for servers of other distributions.
#
# The objects are those of the release, but for main.cc, which tells libc not to load modules for user
# names: those would be of the libc that the server happens to have.

.PHONY: static

static: build/static/opentracker
IDENTITY_STATIC = -DOT_VERSION='"$(VERSION)"' -DOT_COMMIT='"$(COMMIT)"' -DOT_STATIC
build/static/src/main.o: build/identity
build/static/src/main.o: private IDENTITY = $(IDENTITY_STATIC)
# ld warns of look-ups of users because of those modules; of everything else it may speak.
link_static = $(1) 2>&1 | sed -e '/in function .*:$$/{N;/in statically linked applications/d}' \
  -e '/: warning: Using .* in statically linked applications/d' >&2

build/static/src/main.o: src/main.cc build/release/flags
	@mkdir -p $(@D)
	$(call say,stat,$<)
	$(Q)$(CXX) $(FLAGS_release) $(IDENTITY) -MMD -MP -c -o $@ $<
# At an address of the kernel's choosing, like the other one.
build/static/opentracker: build/static/src/main.o $(LIBRARY_SOURCES:%.cc=build/release/%.o) build/files
	$(call say,link,$@)
	$(Q)$(call link_static,$(CXX) $(FLAGS_release) -static-pie -s $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS))
