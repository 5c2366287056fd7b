# Benchmarks, and the guard over what an announce costs.
#
# Linked from release objects, like the program itself. FLOOR is a program that makes a tracker's
# system calls and nothing else; without that file the generator's own null server stands in.

.PHONY: bench bench-quick micro guard guard-record

GUARD_PACKAGES := python3 strace util-linux valgrind apache2-utils wrk
BENCH_PACKAGES := $(GUARD_PACKAGES) opentracker curl
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

