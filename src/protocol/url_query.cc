#include "protocol/url_query.h"

#include <array>
#include <cassert>

namespace ot {
namespace {

constexpr size_t kMaxName = 32;

}  // namespace

bool QueryReader::next(QueryParameter& out) {
  while (!rest_.empty() && rest_.front() == '&') rest_.remove_prefix(1);
  if (rest_.empty()) return false;
  const size_t end = std::min(rest_.find('&'), rest_.size());
  const std::string_view pair = rest_.substr(0, end);
  const size_t equals = std::min(pair.find('='), end);
  out.key = pair.substr(0, equals);
  out.value = pair.substr(std::min(equals + 1, end));
  rest_.remove_prefix(end);
  return true;
}

Result<size_t, DecodeError> percent_decode(std::string_view encoded, ByteSpan out) {
  const char* from = encoded.data();
  const char* const end = from + encoded.size();
  size_t used = 0;
  while (from != end) {
    if (used == out.size()) return Unexpected(DecodeError::too_long);
    if (*from != '%') {
      out[used++] = static_cast<uint8_t>(*from++);
      continue;
    }
    if (end - from < 3) return Unexpected(DecodeError::bad_escape);
    const int byte = hex_digit(from[1]) * 16 | hex_digit(from[2]);
    if (byte < 0) return Unexpected(DecodeError::bad_escape);
    out[used++] = static_cast<uint8_t>(byte);
    from += 3;
  }
  return used;
}

bool key_is(std::string_view key, std::string_view name) {
  assert(name.size() <= kMaxName);
  if (key == name) return true;
  if (key.size() <= name.size() || key.find('%') == std::string_view::npos) return false;
  std::array<uint8_t, kMaxName> decoded{};
  const auto size = percent_decode(key, decoded);
  return size && as_text(decoded).substr(0, *size) == name;
}

std::optional<std::string_view> find_parameter(std::string_view query, std::string_view name) {
  QueryReader reader(query);
  for (QueryParameter parameter; reader.next(parameter);) {
    if (key_is(parameter.key, name)) return parameter.value;
  }
  return std::nullopt;
}

}  // namespace ot
