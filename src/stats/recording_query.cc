#include "stats/recording_query.h"

#include <array>

#include "protocol/url_query.h"

namespace ot {
namespace {

constexpr std::string_view kBadNetwork =
    "add: not a network; write 192.0.2.0/24, 2001:db8::/32 or an address";
constexpr std::string_view kBadNumber =
    "from: not a number; use the one that the page before gives as next";

// Room for a decoded value; no network and no number is longer.
using Value = std::array<uint8_t, 64>;

// Empty, which is not valid for either, if it cannot be decoded or is too long.
std::string_view decode(std::string_view encoded, Value& value) {
  const auto size = percent_decode(encoded, value);
  return size ? as_text(value).substr(0, *size) : std::string_view();
}

}  // namespace

Result<RecordingQuery, std::string_view> parse_recording_query(std::string_view query) {
  RecordingQuery parsed;
  Value value{};
  if (const auto add = find_parameter(query, "add")) {
    parsed.add = Network::parse(decode(*add, value));
    if (!parsed.add) return Unexpected(kBadNetwork);
  }
  if (const auto from = find_parameter(query, "from")) {
    parsed.from = parse_decimal(decode(*from, value));
    if (!parsed.from) return Unexpected(kBadNumber);
  }
  parsed.reset = find_parameter(query, "reset").has_value();
  return parsed;
}

}  // namespace ot
