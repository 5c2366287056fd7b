// Prints a ranking of networks, as text and as JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stats/json_writer.h"
#include "traffic/ranked_network.h"

namespace ot {

struct NetworkRow {
  std::string address;
  uint64_t count;
  uint64_t overcount;  // `count` may be too high by this much
};

struct NetworkRows {
  unsigned bits;  // of the prefix
  std::vector<NetworkRow> rows;
};

template <typename Address>
[[nodiscard]] NetworkRows rows_of(const std::vector<RankedIn<Address>>& networks, unsigned bits) {
  NetworkRows named{bits, {}};
  for (const RankedIn<Address>& network : networks)
    named.rows.push_back({address_text(network.address), network.count, network.overcount});
  return named;
}

// "Networks, limit /24:", a line "00000012: 192.0.2.0" for each network, and an empty line.
void append_networks(const NetworkRows& networks, std::string& out);

// A list "networks_24" of objects: "network", the count under the key `counted`, and "overcount" if
// `may_err`.
void write_networks(const NetworkRows& networks, std::string_view counted, JsonWriter& json,
                    bool may_err = false);

}  // namespace ot
