// The payloads of the blocks of a state file (state_file.h): torrents with their peers, and finally
// how many of each there are.
//
//   swarms    for each part of a torrent: info_hash 20, downloads 4, minutes since its last
//             announce 2, IPv4 peers 2, IPv6 peers 2; then 8 bytes an IPv4 and 20 an IPv6 peer:
//             address and port in network order, flags 1, minutes since its last announce 1
//   end       torrents 8, peers 8
//
// All ages count back from the wall time of the block, which is the middle of a minute. Pure; only
// encoding allocates, to grow `out`.
#pragma once

#include <optional>

#include "state/state_file.h"
#include "swarm/swarm_copy.h"

namespace ot {

struct StateTotals {
  uint64_t torrents = 0;
  uint64_t peers = 0;

  friend constexpr bool operator==(const StateTotals&, const StateTotals&) = default;
};

// Append the payload of a block to `out`.
void encode_swarms(const SwarmCopy& swarms, std::vector<uint8_t>& out);
void encode_totals(const StateTotals& totals, std::vector<uint8_t>& out);

// Replaces the contents of `swarms`; false if encode_swarms() cannot have made the payload.
[[nodiscard]] bool decode_swarms(ByteView payload, SwarmCopy& swarms);
[[nodiscard]] std::optional<StateTotals> decode_totals(ByteView payload);

// Counts torrents rather than their parts; the parts of a torrent must follow one another.
class StateCounter {
 public:
  void count(const SwarmCopy& swarms);
  [[nodiscard]] const StateTotals& totals() const { return totals_; }

 private:
  StateTotals totals_;
  InfoHash last_;
};

}  // namespace ot
