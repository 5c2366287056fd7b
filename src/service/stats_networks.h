// How a ranking of networks is printed, whatever was counted of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "service/json_writer.h"
#include "service/ranked_network.h"

namespace ot {

// "Networks, limit /24:", a line each "00000012: 192.0.2.0", and an empty line.
template <typename Address>
void append_networks(const std::vector<RankedIn<Address>>& networks, unsigned bits,
                     std::string& out) {
  constexpr size_t kDigits = 8;
  out += "Networks, limit /" + std::to_string(bits) + ":\n";
  for (const RankedIn<Address>& network : networks) {
    const std::string count = std::to_string(network.count);
    out += std::string(kDigits - std::min(kDigits, count.size()), '0') + count + ": " +
           address_text(network.address) + "\n";
  }
  out += "\n";
}

// A list "networks_24" of objects: "network", the count under the name of what was counted, and
// "overcount" if `may_err`.
template <typename Address>
void write_networks(const std::vector<RankedIn<Address>>& networks, unsigned bits,
                    std::string_view counted, JsonWriter& json, bool may_err = false) {
  json.begin_array("networks_" + std::to_string(bits));
  for (const RankedIn<Address>& network : networks) {
    json.begin_object();
    json.text("network", address_text(network.address) + "/" + std::to_string(bits));
    json.number(counted, network.count);
    if (may_err) json.number("overcount", network.overcount);
    json.end_object();
  }
  json.end_array();
}

}  // namespace ot
