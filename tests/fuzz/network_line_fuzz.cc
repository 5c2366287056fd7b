// Any bytes as a file of networks. It must not matter where the text is cut; a network that is
// found must be read again from its own text; nothing may be counted twice.
#include <cstdlib>

#include "access/network_file.h"

namespace {

using namespace ot;

void require(bool holds) {
  if (!holds) std::abort();
}

NetworkText read(ByteView text, size_t cut) {
  NetworkText networks;
  networks.add(text.first(cut));
  networks.add(text.subspan(cut));
  networks.finish();
  return networks;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView text(data, size);
  const NetworkText whole = read(text, size);
  const NetworkText parts = read(text, size == 0 ? 0 : data[size / 2] * size / 256);
  const NetworkFileTotals& totals = whole.totals();
  require(whole.networks().size() == parts.networks().size());
  require(totals.lines == parts.totals().lines && totals.faulty == parts.totals().faulty);
  require(whole.networks().size() + totals.faulty <= totals.lines);
  require(totals.widened <= whole.networks().size());
  for (const NetworkFileTotals::Faulty& line : totals.first_faulty)
    require(line.number <= totals.lines && !describe(line.fault).empty());
  for (const Network& network : whole.networks()) {
    const NetworkLine again = parse_network_line(network.to_string());
    require(again.kind == NetworkLine::Kind::network);
    require(again.network->to_string() == network.to_string());
  }
  return 0;
}
