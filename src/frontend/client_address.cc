#include "frontend/client_address.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "protocol/url_query.h"

namespace ot {
namespace {

struct AddressParameter {
  std::string_view key;
  std::string_view named_by;
};
constexpr std::array<AddressParameter, 3> kAddressParameters{{
    {"ip", "The parameter ip"},
    {"ipv4", "The parameter ipv4"},
    {"ipv6", "The parameter ipv6"},
}};

ClientAddress refused_at(const IpAddress& connection, AddressRefusal refusal) {
  return {connection, connection, refusal};
}

// The connection's address, proxies resolved.
ClientAddress resolve(const AddressRules& rules, const AddressEvidence& evidence) {
  ClientAddress client{evidence.socket, evidence.socket};
  if (evidence.proxy_header) {
    if (!rules.proxy.contains(evidence.socket))
      return refused_at(evidence.socket, AddressRefusal::untrusted_proxy);
    if (!evidence.proxy_header->source)
      return refused_at(evidence.socket, AddressRefusal::proxy_itself);
    client.connection = evidence.proxy_header->source->address;
    client.named_by = "The PROXY header";
  }
  const auto is_proxy = [&](const IpAddress& address) { return rules.proxy.contains(address); };
  if (evidence.fields && is_proxy(client.connection)) {
    const auto named = forwarded_client(*evidence.fields, rules.proxy_header, is_proxy);
    if (named) {
      client.connection = *named;
      client.named_by = name_of(rules.proxy_header);
    } else if (named.error() != NoClient::absent || client.named_by.empty()) {
      return refused_at(client.connection, AddressRefusal::no_client);
    }
  }
  client.announced = client.connection;
  client.may_be_proxy = !client.named_by.empty() && is_proxy(client.connection);
  if (!client.named_by.empty() && is_martian(client.connection, evidence.socket))
    client.refusal = AddressRefusal::martian;
  return client;
}

}  // namespace

std::string_view describe(const ClientAddress& client, RefusalText& text) {
  switch (client.refusal.value()) {
    case AddressRefusal::untrusted_proxy:
      return "This tracker does not trust the proxy your request came through.";
    case AddressRefusal::proxy_itself:
    case AddressRefusal::no_client:
      return "The proxy in front of this tracker did not pass on your address.";
    case AddressRefusal::martian:
      break;
  }
  AddressText address;
  ByteWriter out(text);
  out.text(client.named_by);
  out.text(" names the address ");
  out.text(client.announced.format(address));
  out.text(", which no peer can have (link-local, multicast, loopback or reserved).");
  return as_text(text).substr(0, out.size());
}

ClientAddress decide_client_address(const AddressRules& rules, const AddressEvidence& evidence,
                                    ReadClaim read_claim) {
  ClientAddress client = resolve(rules, evidence);
  if (client.refusal || !rules.ip_from_query.contains(client.connection)) return client;
  const auto claim = read_claim();
  if (!claim) return client;
  client.announced = claim->address;
  client.named_by = claim->named_by;
  if (is_martian(client.announced, client.connection)) client.refusal = AddressRefusal::martian;
  return client;
}

std::optional<ClaimedAddress> address_in_query(std::string_view query) {
  QueryReader reader(query);
  for (QueryParameter parameter; reader.next(parameter);) {
    const auto* name = std::find_if(
        kAddressParameters.begin(), kAddressParameters.end(),
        [&](const AddressParameter& candidate) { return key_is(parameter.key, candidate.key); });
    if (name == kAddressParameters.end()) continue;
    std::array<uint8_t, sizeof(AddressText)> decoded{};
    const auto size = percent_decode(parameter.value, decoded);
    if (!size) continue;
    if (const auto address = IpAddress::parse(as_text(decoded).substr(0, *size)))
      return ClaimedAddress{*address, name->named_by};
  }
  return std::nullopt;
}

}  // namespace ot
