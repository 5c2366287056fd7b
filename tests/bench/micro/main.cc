// micro: what single operations cost, in nanoseconds of CPU time and in allocations.
//
//   micro [codecs|table|access|paths]    all of them without an argument
#include <cstring>

#include "bench/micro/crowd.h"
#include "bench/micro/measure.h"

namespace ot::bench {

// From request to reply through the front ends, without sockets: the kernel has the rest of a
// reply's cost.
void measure_paths() {
  constexpr uint32_t kRequests = 200000;
  OfflineCrowd crowd(PopulationOptions(), kRequests);
  measure("path: udp announce, 2M peers", kRequests, [&] { keep(crowd.serve_udp(kRequests)); });
  measure("path: http announce, 2M peers", kRequests, [&] { keep(crowd.serve_http(kRequests)); });
}

}  // namespace ot::bench

int main(int argc, char** argv) {
  const auto wants = [&](const char* part) { return argc < 2 || std::strcmp(argv[1], part) == 0; };
  if (wants("codecs")) ot::bench::measure_codecs();
  if (wants("table")) ot::bench::measure_table();
  if (wants("access")) ot::bench::measure_access();
  if (wants("paths")) ot::bench::measure_paths();
  return 0;
}
