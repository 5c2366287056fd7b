#include "protocol/forwarded.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "protocol/http_message.h"

namespace ot {
namespace {

constexpr std::array<std::string_view, 3> kNames{"X-Forwarded-For", "X-Real-IP",
                                                 "CF-Connecting-IP"};
constexpr std::array<std::string_view, 5> kTraces{kNames[0], kNames[1], kNames[2], "Forwarded",
                                                  "Via"};

// The address in one entry, unless it is a proxy's.
Result<IpAddress, NoClient> client_in(std::string_view entry, IsProxy is_proxy) {
  if (entry.size() >= 2 && entry.starts_with('"') && entry.ends_with('"'))
    entry = entry.substr(1, entry.size() - 2);
  constexpr uint16_t kAnyPort = 1;
  const auto endpoint = Endpoint::parse(entry, kAnyPort);
  if (!endpoint) return Unexpected(NoClient::unreadable);
  if (is_proxy(endpoint->address)) return Unexpected(NoClient::only_proxies);
  return endpoint->address;
}

// Removes the last element from a list.
std::string_view cut_last(std::string_view& list) {
  const size_t comma = list.rfind(',');
  const std::string_view last = list.substr(comma + 1);  // all of it if there is no comma
  list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
  return trim(last);
}

// Walks the lines and the entries of each from right to left.
Result<IpAddress, NoClient> search_list(std::string_view fields, IsProxy is_proxy) {
  NoClient so_far = NoClient::absent;
  ReverseHeaderReader reader(fields);
  for (HeaderField field; reader.next(field);) {
    if (!equal_ignoring_case(field.name, kNames[0])) continue;
    // Folding hides the right end of the list, the only end that can be trusted.
    if (reader.is_folded()) return Unexpected(NoClient::unreadable);
    for (std::string_view list = field.value; !list.empty();) {
      const std::string_view entry = cut_last(list);
      if (entry.empty()) continue;
      const auto client = client_in(entry, is_proxy);
      if (client || client.error() != NoClient::only_proxies) return client;
      so_far = NoClient::only_proxies;
    }
  }
  return Unexpected(so_far);
}

Result<IpAddress, NoClient> read_single(std::string_view fields, std::string_view name,
                                        IsProxy is_proxy) {
  Result<IpAddress, NoClient> client = Unexpected(NoClient::absent);
  bool seen = false;
  ReverseHeaderReader reader(fields);
  for (HeaderField field; reader.next(field);) {
    if (!equal_ignoring_case(field.name, name)) continue;
    if (seen || reader.is_folded()) return Unexpected(NoClient::unreadable);
    seen = true;
    if (!field.value.empty()) client = client_in(field.value, is_proxy);
  }
  return client;
}

}  // namespace

std::optional<ForwardedHeader> parse_forwarded_header(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (equal_ignoring_case(name, kNames[i])) return static_cast<ForwardedHeader>(i);
  }
  return std::nullopt;
}

std::string_view name_of(ForwardedHeader header) { return kNames[static_cast<size_t>(header)]; }

std::string_view describe(NoClient reason) {
  switch (reason) {
    case NoClient::absent:
      return "no client address";
    case NoClient::unreadable:
      return "an entry that is not an address";
    case NoClient::only_proxies:
      return "only addresses of proxies";
  }
  return "";
}

Result<IpAddress, NoClient> forwarded_client(std::string_view fields, ForwardedHeader header,
                                             IsProxy is_proxy) {
  if (header == ForwardedHeader::x_forwarded_for) return search_list(fields, is_proxy);
  return read_single(fields, name_of(header), is_proxy);
}

bool has_proxy_trace(std::string_view fields) {
  HeaderReader reader(fields);
  for (HeaderField field; reader.next(field);) {
    if (std::any_of(kTraces.begin(), kTraces.end(),
                    [&](std::string_view name) { return equal_ignoring_case(field.name, name); }))
      return true;
  }
  return false;
}

}  // namespace ot
