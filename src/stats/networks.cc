#include "stats/networks.h"

#include "base/duration_text.h"

#include <algorithm>

namespace ot {

void append_networks(const NetworkRows& networks, std::string& out) {
  constexpr size_t kDigits = 8;
  out += "Networks, limit /" + decimal_text(networks.bits) + ":\n";
  for (const NetworkRow& network : networks.rows) {
    const std::string count = decimal_text(network.count);
    out += std::string(kDigits - std::min(kDigits, count.size()), '0') + count + ": " +
           network.address + "\n";
  }
  out += "\n";
}

void write_networks(const NetworkRows& networks, std::string_view counted, JsonWriter& json,
                    bool may_err) {
  const std::string bits = decimal_text(networks.bits);
  json.begin_array("networks_" + bits);
  for (const NetworkRow& network : networks.rows) {
    json.begin_object();
    json.text("network", network.address + "/" + bits);
    json.number(counted, network.count);
    if (may_err) json.number("overcount", network.overcount);
    json.end_object();
  }
  json.end_array();
}

}  // namespace ot
