#include "config/warnings.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/values.h"

namespace ot {
namespace {

Fault looks_like_a_port(const ConfigEntry& entry) {
  const std::string_view kind = entry.key->value;
  if (!kind.ends_with("[:PORT]")) return std::nullopt;
  const auto meant = endpoint_meant_by(entry.value);
  if (!meant) return std::nullopt;
  return entry.value + " is an address without a port; did you mean " + meant->to_string() + "?";
}

// The network with the bits after its prefix set to 0.
std::string without_host_bits(const Network& network) {
  const ByteView bytes = network.address().bytes();
  std::array<uint8_t, 16> masked{};
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto before = static_cast<unsigned>(8 * i);
    const unsigned bits = network.prefix_bits();
    const unsigned kept = bits <= before ? 0 : std::min(bits - before, 8U);
    masked[i] = static_cast<uint8_t>(bytes[i] & (0xff00U >> kept));
  }
  const IpAddress address = network.address().is_v4() ? IpAddress::v4(std::span(masked).first<4>())
                                                      : IpAddress::v6(masked);
  return address.to_string() + "/" + std::to_string(network.prefix_bits());
}

Fault has_host_bits(const ConfigEntry& entry) {
  if (entry.key->value != "NET" || entry.value.find('/') == std::string::npos) return std::nullopt;
  const auto network = Network::parse(entry.value);
  if (!network) return std::nullopt;
  const std::string whole = without_host_bits(*network);
  if (whole == network->address().to_string() + "/" + std::to_string(network->prefix_bits()))
    return std::nullopt;
  return entry.value + " has bits set after the prefix and counts as " + whole +
         "; write that, or " + network->address().to_string() + " for the one address";
}

struct Consequence {
  std::string_view key;
  std::string_view text;
};

constexpr std::array<Consequence, 4> kForEverybody{{
    {"access.proxy",
     "lets everybody claim any address in a header, and refuses clients that send no header; name "
     "only the proxies"},
    {"access.ip_from_query",
     "lets everybody announce any address, a victim's for example; name only those you trust"},
    {"access.bless", "allows everybody everything that is restricted"},
    {"access.stats",
     "shows everybody the statistics that name torrents and networks; without access.stats only "
     "the sums are public"},
}};

Fault is_the_whole_world(const ConfigEntry& entry) {
  for (const Consequence& row : kForEverybody) {
    if (row.key != entry.key->name) continue;
    const auto network = Network::parse(entry.value);
    if (network && network->prefix_bits() == 0) return entry.value + " " + std::string(row.text);
  }
  return std::nullopt;
}

constexpr std::array<Fault (*)(const ConfigEntry&), 3> kOfValues{looks_like_a_port, has_host_bits,
                                                                 is_the_whole_world};

bool has_listener(const Settings& settings, ListenProtocol protocol) {
  const auto& sockets = settings.listen.sockets;
  return std::any_of(sockets.begin(), sockets.end(), [protocol](const ListenOption& socket) {
    return socket.protocol == protocol;
  });
}

Fault serves_no_udp(const Settings& settings) {
  if (has_listener(settings, ListenProtocol::udp)) return std::nullopt;
  return "the tracker serves no UDP, which most clients use; add listen.udp or listen.tcp_udp";
}

Fault serves_no_http(const Settings& settings) {
  if (has_listener(settings, ListenProtocol::tcp)) return std::nullopt;
  return "the tracker serves no HTTP, which some clients and the statistics need; add listen.tcp "
         "or "
         "listen.tcp_udp";
}

bool has_loopback(const std::vector<Network>& networks) {
  return std::any_of(networks.begin(), networks.end(),
                     [](const Network& network) { return network.address().is_loopback(); });
}

// Either its address is trusted, or HTTP is served on the loopback interface alone while other
// addresses are served, too.
bool has_local_proxy(const Settings& settings) {
  const auto& sockets = settings.listen.sockets;
  const auto is_local = [](const ListenOption& socket) {
    return socket.address && socket.address->is_loopback();
  };
  const bool local_http =
      std::any_of(sockets.begin(), sockets.end(), [&](const ListenOption& socket) {
        return socket.protocol == ListenProtocol::tcp && is_local(socket);
      });
  return has_loopback(settings.access.proxy) ||
         (local_http && !std::all_of(sockets.begin(), sockets.end(), is_local));
}

std::string lends(std::string_view rights) {
  return "loopback may " + std::string(rights) +
         ", and so may everybody whose request a proxy on this machine passes on without naming "
         "the "
         "client; have the proxy set X-Forwarded-For and trust it with access.proxy, or name an "
         "address that the proxy does not use";
}

Fault lends_statistics(const Settings& settings) {
  if (!has_loopback(settings.access.stats) || !has_local_proxy(settings)) return std::nullopt;
  return lends("read all statistics");
}

Fault lends_everything(const Settings& settings) {
  if (!has_loopback(settings.access.bless) || !has_local_proxy(settings)) return std::nullopt;
  return lends("do everything that is restricted");
}

struct WholeWarning {
  // The warning names the last value of such a key.
  bool (*is_about)(std::string_view key);
  Fault (*judge)(const Settings& settings);
};

bool is_listener(std::string_view key) {
  return key.starts_with("listen.") && key != "listen.udp.workers";
}
bool is_stats(std::string_view key) { return key == "access.stats"; }
bool is_bless(std::string_view key) { return key == "access.bless"; }

constexpr std::array<WholeWarning, 4> kOfTheWhole{{{is_listener, serves_no_udp},
                                                   {is_listener, serves_no_http},
                                                   {is_stats, lends_statistics},
                                                   {is_bless, lends_everything}}};

}  // namespace

std::vector<ConfigWarning> warnings_about(const Settings& settings,
                                          std::span<const ConfigEntry> entries) {
  std::vector<ConfigWarning> warnings;
  for (const ConfigEntry& entry : entries) {
    if (entry.origin.is_default()) continue;
    for (const auto judge : kOfValues)
      if (const Fault fault = judge(entry)) warnings.emplace_back(entry.origin, *entry.key, *fault);
  }
  for (const WholeWarning& row : kOfTheWhole) {
    const Fault fault = row.judge(settings);
    if (!fault) continue;
    const ConfigEntry* blamed = nullptr;
    for (const ConfigEntry& entry : entries)
      if (row.is_about(entry.key->name) && !entry.origin.is_default()) blamed = &entry;
    if (blamed != nullptr) warnings.emplace_back(blamed->origin, *blamed->key, *fault);
  }
  return warnings;
}

}  // namespace ot
