#include "config/listen_clashes.h"

#include <map>
#include <tuple>

#include "base/text.h"
#include "config/values.h"

namespace ot {
namespace {

// The addresses of one family at which a port of one protocol is bound.
using Bound = std::map<IpAddress, const ConfigEntry*>;

// Adds the address, unless another entry excludes it: that one is returned, or null.
const ConfigEntry* bind(Bound& bound, const IpAddress& address, const ConfigEntry& entry) {
  if (!bound.empty()) {
    const auto& [first_address, first] = *bound.begin();  // a wildcard sorts first
    if (first_address.is_unspecified() || address.is_unspecified()) return first;
  }
  const auto [place, is_new] = bound.try_emplace(address, &entry);
  return is_new ? nullptr : place->second;
}

class Ports {
 public:
  // The entry that excludes this one, or null.
  const ConfigEntry* bind_all(ListenProtocol protocol, const ListenAddress& where,
                              const ConfigEntry& entry) {
    if (where.address) return bind_at(protocol, *where.address, where.port, entry);
    const auto* v4 = bind_at(protocol, IpAddress(), where.port, entry);
    const auto* v6 = bind_at(protocol, IpAddress::v6(kAnyV6), where.port, entry);
    return v4 != nullptr ? v4 : v6;
  }

 private:
  static constexpr std::array<uint8_t, 16> kAnyV6{};

  const ConfigEntry* bind_at(ListenProtocol protocol, const IpAddress& address, uint16_t port,
                             const ConfigEntry& entry) {
    return bind(ports_[{protocol, address.family(), port}], address, entry);
  }

  std::map<std::tuple<ListenProtocol, Family, uint16_t>, Bound> ports_;
};

}  // namespace

std::string ListenClash::message() const {
  const std::string protocols = tcp && udp ? "TCP and UDP are" : tcp ? "TCP is" : "UDP is";
  return in_quotes(second->value) + ": " + protocols + " bound here already by " +
         first->origin.text + " (" + std::string(first->key->name) + " " + printable(first->value) +
         "); remove one of the two";
}

std::vector<ListenClash> listen_clashes(std::span<const ConfigEntry> entries) {
  std::vector<ListenClash> clashes;
  Ports ports;
  for (const ConfigEntry& entry : entries) {
    const std::string_view key = entry.key->name;
    const bool tcp = key == "listen.tcp_udp" || key == "listen.tcp" || key == "listen.tcp.proxy";
    const bool udp = key == "listen.tcp_udp" || key == "listen.udp";
    if (!tcp && !udp) continue;
    const auto where = parse_listen_address(entry.value);
    if (!where) continue;
    const auto* by_tcp = tcp ? ports.bind_all(ListenProtocol::tcp, *where, entry) : nullptr;
    const auto* by_udp = udp ? ports.bind_all(ListenProtocol::udp, *where, entry) : nullptr;
    if (by_tcp == nullptr && by_udp == nullptr) continue;
    clashes.push_back(
        {by_tcp != nullptr ? by_tcp : by_udp, &entry, by_tcp != nullptr, by_udp != nullptr});
  }
  return clashes;
}

}  // namespace ot
