// The announce paths alone, to count what no noise disturbs: instructions and allocations.
//
//   guard udp N | http N        serves N renewing announces and prints nothing: run it under
//                               callgrind with two Ns; the difference is free of the start
//   guard allocations           serves them outside of valgrind and prints "udp=A http=B"
#include <cstdio>
#include <cstring>

#include "bench/micro/allocations.h"
#include "bench/micro/crowd.h"

namespace ot::bench {
namespace {

constexpr uint32_t kRequests = 20000;

// The population of row 1, small enough for valgrind.
PopulationOptions crowd_options() {
  PopulationOptions options;
  options.torrents = 10000;
  options.peers = 20000;
  return options;
}

int print_allocations(OfflineCrowd& crowd) {
  uint64_t before = allocations();
  const size_t udp_bytes = crowd.serve_udp(kRequests);
  const uint64_t udp = allocations() - before;
  before = allocations();
  const size_t http_bytes = crowd.serve_http(kRequests);
  const uint64_t http = allocations() - before;
  std::printf("udp=%llu http=%llu\n", static_cast<unsigned long long>(udp),
              static_cast<unsigned long long>(http));
  const bool answered = udp_bytes > kRequests * 20U && http_bytes > kRequests * 100U;
  return answered ? 0 : 2;
}

int run(int argc, char** argv) {
  const bool counts = argc == 2 && std::strcmp(argv[1], "allocations") == 0;
  const uint64_t requests = argc == 3 ? parse_decimal(argv[2], kRequests).value_or(0) : 0;
  if (!counts && requests == 0) {
    std::fprintf(stderr, "usage: guard udp N | guard http N | guard allocations (N <= %u)\n",
                 kRequests);
    return 1;
  }
  OfflineCrowd crowd(crowd_options(), kRequests);
  if (counts) return print_allocations(crowd);
  const bool udp = std::strcmp(argv[1], "udp") == 0;
  const size_t bytes = udp ? crowd.serve_udp(requests) : crowd.serve_http(requests);
  return bytes > requests ? 0 : 2;
}

}  // namespace
}  // namespace ot::bench

int main(int argc, char** argv) { return ot::bench::run(argc, argv); }
