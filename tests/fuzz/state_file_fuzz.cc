// Any bytes as a state file. A fault must name a place in the file; an accepted file must fit the
// table and be written again as it was. It must not matter whether the bytes come whole or in
// pieces. A wrong checksum would hide everything after it from the fuzzer, so each input is also
// tried with correct checksums.
#include <algorithm>
#include <cstdlib>

#include "state/state_loader.h"

namespace {

using namespace ot;

constexpr size_t kWholeFile = SIZE_MAX;

void require(bool holds) {
  if (!holds) std::abort();
}

// The result of reading, as a number and a fault.
struct Reading {
  bool is_good = false;
  StateFault fault;
  uint64_t peers = 0;
};

Reading read(ByteView bytes, size_t most) {
  Reading reading;
  ByteView rest = bytes;
  const auto source = [&](ByteSpan out) -> Result<size_t, SystemError> {
    const size_t size = std::min({out.size(), rest.size(), most});
    std::copy_n(rest.begin(), size, out.begin());
    rest = rest.subspan(size);
    return size;
  };
  const auto result = read_state(source, [&](const SwarmCopy& swarms, WallTime) {
    SwarmPeers peers(swarms);
    for (const SwarmPart& part : swarms.parts())
      reading.peers += peers.next4(part).size() + peers.next6(part).size();
    std::vector<uint8_t> again;
    encode_swarms(swarms, again);
    static SwarmCopy decoded;
    require(again.size() <= kMaxStatePayload && decode_swarms(again, decoded));
    require(decoded.parts().size() == swarms.parts().size());
  });
  reading.is_good = result.has_value();
  if (!result) reading.fault = result.error();
  require(result || (reading.fault.offset <= bytes.size() && !reading.fault.reason.empty()));
  return reading;
}

// The same file with correct checksums, as far as its sizes make sense.
std::vector<uint8_t> with_checksums(ByteView bytes) {
  std::vector<uint8_t> file;
  StateFramer framer(file);
  framer.header({});
  for (ByteReader reader(bytes.size() > kStateHeader ? bytes.subspan(kStateHeader) : ByteView());
       reader.rest().size() >= kStateBlockHead;) {
    const auto kind = reader.read<uint32_t>();
    const size_t size = reader.read<uint32_t>() % kMaxStatePayload;
    reader.skip(kStateBlockHead - 8);
    const ByteView payload = reader.take(std::min(size, reader.rest().size()));
    framer.begin_block();
    file.insert(file.end(), payload.begin(), payload.end());
    framer.end_block(static_cast<StateBlockKind>(kind), {});
  }
  return file;
}

void check(ByteView bytes) {
  const Reading whole = read(bytes, kWholeFile);
  const Reading parts = read(bytes, 1 + bytes.size() / 7);
  require(whole.is_good == parts.is_good && whole.peers == parts.peers);
  require(whole.fault.offset == parts.fault.offset && whole.fault.reason == parts.fault.reason);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView bytes(data, size);
  check(bytes);
  check(with_checksums(bytes));
  return 0;
}
