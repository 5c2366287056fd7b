#include "protocol/forwarded.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "protocol/http_message.h"

namespace ot {
namespace {

constexpr std::array<std::string_view, 5> kNames{"X-Forwarded-For", "Forwarded", "X-Real-IP",
                                                 "CF-Connecting-IP", "True-Client-IP"};

using Address = std::optional<IpAddress>;

// Whether an odd number of backslashes stands before list[at].
bool is_escaped(std::string_view text, size_t at) {
  size_t before = at;
  while (before > 0 && text[before - 1] == '\\') --before;
  return (at - before) % 2 == 1;
}

// The text in a quoted string, or the value itself if it has no quotes; nothing if the quotes do
// not match.
std::optional<std::string_view> unquote(std::string_view value, AddressText& buffer) {
  if (!value.starts_with('"')) return value;
  if (value.size() < 2 || !value.ends_with('"') || is_escaped(value, value.size() - 1))
    return std::nullopt;
  size_t size = 0;
  for (size_t i = 1; i + 1 < value.size(); ++i) {
    if (value[i] == '"') return std::nullopt;
    if (value[i] == '\\') ++i;
    if (size == buffer.size()) return std::nullopt;
    buffer[size++] = value[i];
  }
  return std::string_view(buffer.data(), size);
}

// RFC 7239: a proxy may hide the port of its client as "_" and letters.
std::string_view without_hidden_port(std::string_view node) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  const size_t colon = node.rfind(":_");
  if (colon == std::string_view::npos || colon + 2 == node.size()) return node;
  const bool is_port = node.find_first_not_of(kAllowed, colon + 1) == std::string_view::npos;
  return is_port ? node.substr(0, colon) : node;
}

Address read_node(std::string_view value) {
  constexpr uint16_t kAnyPort = 1;
  AddressText buffer;
  const auto node = unquote(value, buffer);
  if (!node) return std::nullopt;
  const auto endpoint = Endpoint::parse(without_hidden_port(*node), kAnyPort);
  return endpoint ? Address(endpoint->address) : std::nullopt;
}

// Removes the first pair, up to a semicolon outside quotes, from an element of Forwarded.
std::string_view cut_pair(std::string_view& element) {
  bool is_quoted = false;
  size_t end = 0;
  for (; end < element.size() && (is_quoted || element[end] != ';'); ++end) {
    if (is_quoted && element[end] == '\\') {
      ++end;
    } else if (element[end] == '"') {
      is_quoted = !is_quoted;
    }
  }
  const std::string_view pair = element.substr(0, end);
  element.remove_prefix(std::min(end + 1, element.size()));
  return trim(pair);
}

// The address in the parameter `for`.
Address read_element(std::string_view element) {
  std::optional<std::string_view> node;
  while (!element.empty()) {
    std::string_view value = cut_pair(element);
    const std::string_view name = cut(value, '=');
    if (!equal_ignoring_case(trim(name), "for")) continue;
    if (node) return std::nullopt;
    node = trim(value);
  }
  return node ? read_node(*node) : std::nullopt;
}

size_t last_comma(std::string_view list) { return list.rfind(','); }

// The same, outside quotes. Counted from the right, since a quote that a client has left open on
// the left must not swallow what a proxy has appended.
size_t last_unquoted_comma(std::string_view list) {
  bool is_quoted = false;
  for (size_t at = list.size(); at-- > 0;) {
    if (list[at] == ',' && !is_quoted) return at;
    if (list[at] == '"' && !is_escaped(list, at)) is_quoted = !is_quoted;
  }
  return std::string_view::npos;
}

// How a header that is a list is read.
struct ListForm {
  size_t (*last_comma)(std::string_view list);
  Address (*read)(std::string_view element);
};
constexpr ListForm kXForwardedFor{last_comma, read_node};
constexpr ListForm kForwarded{last_unquoted_comma, read_element};

// Removes the last element from a list.
std::string_view cut_last(std::string_view& list, const ListForm& form) {
  const size_t comma = form.last_comma(list);
  const std::string_view last = list.substr(comma + 1);  // all of it if there is no comma
  list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
  return trim(last);
}

// Walks the lines and the elements of each from right to left.
Result<IpAddress, NoClient> search_list(std::string_view fields, std::string_view name,
                                        const ListForm& form, IsProxy is_proxy) {
  Result<IpAddress, NoClient> leftmost = Unexpected(NoClient::absent);
  ReverseHeaderReader reader(fields);
  for (HeaderField field; reader.next(field);) {
    if (!equal_ignoring_case(field.name, name)) continue;
    // Folding hides the right end of the list, the only end that can be trusted.
    if (reader.is_folded()) return Unexpected(NoClient::unreadable);
    for (std::string_view list = field.value; !list.empty();) {
      const std::string_view element = cut_last(list, form);
      if (element.empty()) continue;
      const Address address = form.read(element);
      if (!address) return Unexpected(NoClient::unreadable);
      if (!is_proxy(*address)) return *address;
      leftmost = *address;
    }
  }
  return leftmost;
}

Result<IpAddress, NoClient> read_single(std::string_view fields, std::string_view name) {
  Result<IpAddress, NoClient> client = Unexpected(NoClient::absent);
  bool seen = false;
  ReverseHeaderReader reader(fields);
  for (HeaderField field; reader.next(field);) {
    if (!equal_ignoring_case(field.name, name)) continue;
    if (seen || reader.is_folded()) return Unexpected(NoClient::unreadable);
    seen = true;
    if (field.value.empty()) continue;
    const Address address = read_node(field.value);
    if (!address) return Unexpected(NoClient::unreadable);
    client = *address;
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
  }
  return "";
}

Result<IpAddress, NoClient> forwarded_client(std::string_view fields, ForwardedHeader header,
                                             IsProxy is_proxy) {
  const std::string_view name = name_of(header);
  if (header == ForwardedHeader::x_forwarded_for)
    return search_list(fields, name, kXForwardedFor, is_proxy);
  if (header == ForwardedHeader::forwarded) return search_list(fields, name, kForwarded, is_proxy);
  return read_single(fields, name);
}

bool has_proxy_trace(std::string_view fields) {
  HeaderReader reader(fields);
  for (HeaderField field; reader.next(field);) {
    if (parse_forwarded_header(field.name) || equal_ignoring_case(field.name, "Via")) return true;
  }
  return false;
}

}  // namespace ot
