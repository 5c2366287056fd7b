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

std::optional<IpAddress> parse_entry(std::string_view entry) {
  if (entry.size() >= 2 && entry.starts_with('"') && entry.ends_with('"'))
    entry = entry.substr(1, entry.size() - 2);
  constexpr uint16_t kAnyPort = 1;
  const auto endpoint = Endpoint::parse(entry, kAnyPort);
  if (!endpoint) return std::nullopt;
  return endpoint->address;
}

// Cuts the last element off a list.
std::string_view cut_last(std::string_view& list) {
  const size_t comma = list.rfind(',');
  const std::string_view last = list.substr(comma + 1);  // behind none: all of it
  list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
  return trim(last);
}

// What has been found so far, lines and entries coming from right to left.
class ClientSearch {
 public:
  explicit ClientSearch(IsProxy is_proxy) : is_proxy_(is_proxy) {}

  // Looks at the entries of one line; true once the search is over.
  bool walk(std::string_view list) {
    while (!list.empty()) {
      const std::string_view entry = cut_last(list);
      if (!entry.empty() && take(entry)) return true;
    }
    return false;
  }
  bool take(std::string_view entry) {
    const auto address = parse_entry(entry);
    if (!address) return end(NoClient::unreadable);
    found_ = Unexpected(NoClient::only_proxies);
    if (is_proxy_(*address)) return false;
    found_ = *address;
    return true;
  }
  bool end(NoClient reason) {
    found_ = Unexpected(reason);
    return true;
  }
  [[nodiscard]] const Result<IpAddress, NoClient>& found() const { return found_; }

 private:
  IsProxy is_proxy_;
  Result<IpAddress, NoClient> found_ = Unexpected(NoClient::absent);
};

Result<IpAddress, NoClient> search_list(std::string_view fields, IsProxy is_proxy) {
  ClientSearch search(is_proxy);
  ReverseHeaderReader reader(fields);
  for (HeaderField field; reader.next(field);) {
    if (!equal_ignoring_case(field.name, kNames[0])) continue;
    // A folded line would hide the right end of the list, the only one that can be trusted.
    if (reader.is_folded() ? search.end(NoClient::unreadable) : search.walk(field.value)) break;
  }
  return search.found();
}

Result<IpAddress, NoClient> read_single(std::string_view fields, std::string_view name,
                                        IsProxy is_proxy) {
  ClientSearch search(is_proxy);
  bool seen = false;
  ReverseHeaderReader reader(fields);
  for (HeaderField field; reader.next(field);) {
    if (!equal_ignoring_case(field.name, name)) continue;
    if (seen || reader.is_folded()) return Unexpected(NoClient::unreadable);
    seen = true;
    if (!field.value.empty()) search.take(field.value);
  }
  return search.found();
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
      return "no address of a client";
    case NoClient::unreadable:
      return "an entry that is no address";
    case NoClient::only_proxies:
      return "addresses of proxies only";
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
