#include "frontend/client_address.h"

#include <algorithm>
#include <array>

#include "protocol/url_query.h"

namespace ot {
namespace {

// IPv6 addresses that contain an IPv4 address.
struct Embedding {
  std::array<uint8_t, 12> prefix;
  size_t prefix_size;
  size_t at;       // offset of the IPv4 address
  bool is_usable;  // whether such addresses are routed
};
constexpr std::array<Embedding, 4> kEmbeddings{{
    {{}, 12, 12, false},                                          // ::/96, IPv4-compatible
    {{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0}, 12, 12, false},  // ::ffff:0:0:0/96 (RFC 2765)
    {{0, 0x64, 0xff, 0x9b}, 12, 12, true},                        // 64:ff9b::/96, NAT64 (RFC 6052)
    {{0x20, 0x02}, 2, 2, true},                                   // 2002::/16, 6to4 (RFC 3056)
}};

const Embedding* embedding_of(ByteView address) {
  const auto* found =
      std::find_if(kEmbeddings.begin(), kEmbeddings.end(), [&](const Embedding& candidate) {
        return std::equal(address.begin(),
                          address.begin() + static_cast<std::ptrdiff_t>(candidate.prefix_size),
                          candidate.prefix.begin());
      });
  return found == kEmbeddings.end() ? nullptr : found;
}

bool is_reachable_v4(ByteView bytes) {
  const uint8_t first = bytes[0];
  const bool is_multicast = first >= 224 && first <= 239;
  const bool is_broadcast =
      std::all_of(bytes.begin(), bytes.end(), [](uint8_t b) { return b == 255; });
  return first != 0 && !is_multicast && !is_broadcast;
}

bool is_reachable_v6(ByteView bytes, const IpAddress& source) {
  if (bytes[0] == 0xff) return false;
  const Embedding* embedding = embedding_of(bytes);
  if (embedding == nullptr) return true;
  if (!embedding->is_usable) return false;
  return is_announceable(IpAddress::v4(bytes.subspan(embedding->at).first<4>()), source);
}

ClientAddress unknown_at(const IpAddress& connection, AddressRefusal refusal) {
  return {connection, connection, refusal};
}

// The connection's address, proxies resolved.
ClientAddress resolve(const AddressRules& rules, const AddressEvidence& evidence) {
  IpAddress address = evidence.socket;
  if (evidence.proxy_header) {
    if (!rules.proxy.contains(address)) return unknown_at(address, AddressRefusal::untrusted_proxy);
    if (!evidence.proxy_header->source) return unknown_at(address, AddressRefusal::proxy_itself);
    address = evidence.proxy_header->source->address;
  }
  if (evidence.fields && rules.proxy.contains(address)) {
    const auto client = forwarded_client(
        *evidence.fields, rules.proxy_header,
        [&](const IpAddress& candidate) { return rules.proxy.contains(candidate); });
    if (!client) return unknown_at(address, AddressRefusal::no_client);
    address = *client;
  }
  return {address, address, std::nullopt};
}

}  // namespace

std::string_view describe(AddressRefusal refusal) {
  switch (refusal) {
    case AddressRefusal::untrusted_proxy:
      return "This tracker does not trust the proxy your request came through.";
    case AddressRefusal::proxy_itself:
    case AddressRefusal::no_client:
      return "The proxy in front of this tracker did not pass on your address.";
    case AddressRefusal::not_announceable:
      return "Nobody could connect to the address you announce.";
  }
  return "";
}

ClientAddress decide_client_address(const AddressRules& rules, const AddressEvidence& evidence,
                                    ClaimedAddress claimed) {
  ClientAddress client = resolve(rules, evidence);
  if (client.refusal) return client;
  if (rules.ip_from_query.contains(client.connection))
    client.announced = claimed().value_or(client.connection);
  if (!is_announceable(client.connection, evidence.socket) ||
      !is_announceable(client.announced, client.connection))
    client.refusal = AddressRefusal::not_announceable;
  return client;
}

std::optional<IpAddress> address_in_query(std::string_view query) {
  QueryReader reader(query);
  for (QueryParameter parameter; reader.next(parameter);) {
    if (!key_is(parameter.key, "ip") && !key_is(parameter.key, "ipv4") &&
        !key_is(parameter.key, "ipv6"))
      continue;
    std::array<uint8_t, sizeof(AddressText)> decoded{};
    const auto size = percent_decode(parameter.value, decoded);
    if (!size) continue;
    if (const auto address = IpAddress::parse(as_text(decoded).substr(0, *size))) return address;
  }
  return std::nullopt;
}

bool is_announceable(const IpAddress& address, const IpAddress& source) {
  if (address.is_loopback()) return source.is_loopback();
  return address.is_v4() ? is_reachable_v4(address.bytes())
                         : is_reachable_v6(address.bytes(), source);
}

}  // namespace ot
