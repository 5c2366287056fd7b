#include "config/values.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/bytes.h"
#include "base/duration_text.h"
#include "base/features.h"
#include "base/text.h"

namespace ot {
namespace {

struct Unit {
  char letter;
  uint64_t factor;
};

constexpr std::array<Unit, 4> kTimes{{{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
constexpr std::array<Unit, 3> kSizes{{{'G', 1 << 30}, {'M', 1 << 20}, {'K', 1 << 10}}};

// Those that protocol/forwarded reads.
constexpr std::array<std::string_view, 5> kProxyHeaders{"X-Forwarded-For", "Forwarded", "X-Real-IP",
                                                        "CF-Connecting-IP", "True-Client-IP"};

bool is_visible(char c) { return is_printable(c) && c != ' '; }

bool all_of(std::string_view text, bool (*is_good)(char)) {
  return std::all_of(text.begin(), text.end(), is_good);
}

// A number, which one of the units may follow; UINT64_MAX if it is too large.
std::optional<uint64_t> parse_scaled(std::string_view text, std::span<const Unit> units) {
  uint64_t factor = 1;
  const auto unit = std::find_if(units.begin(), units.end(), [text](const Unit& candidate) {
    return text.ends_with(candidate.letter);
  });
  if (unit != units.end()) {
    factor = unit->factor;
    text.remove_suffix(1);
  }
  if (!all_digits(text)) return std::nullopt;
  const uint64_t number = parse_decimal(text).value_or(UINT64_MAX);
  return number > UINT64_MAX / factor ? UINT64_MAX : number * factor;
}

std::string format_seconds(uint64_t seconds) {
  return format_duration(std::chrono::seconds(seconds));
}
std::string format_count(uint64_t count) { return std::to_string(count); }

Unexpected<std::string> fault(std::string_view text, std::string_view what) {
  return Unexpected(in_quotes(text) + " " + std::string(what));
}

Unexpected<std::string> out_of(const Range& range, std::string_view text,
                               std::string (*format)(uint64_t)) {
  std::string allowed = range.max == UINT64_MAX ? format(range.min) + " or more"
                                                : format(range.min) + " to " + format(range.max);
  if (range.or_zero) allowed = "0 (off), or " + allowed;
  return fault(text, "is out of range: " + allowed);
}

// An operator may mean minutes by 30, so it is not taken for seconds.
Unexpected<std::string> without_unit(std::string_view text) {
  constexpr size_t kLongestExample = 6;
  const std::string number(text.size() <= kLongestExample ? text : "30");
  return fault(text, "has no unit; give a unit: " + number + "s, " + number + "m, " + number +
                         "h or " + number + "d");
}

// Nothing if the length is within the range.
std::optional<Unexpected<std::string>> wrong_length(std::string_view text, const Range& range) {
  if (text.size() <= range.max) return std::nullopt;
  return fault(text, "is " + std::to_string(text.size()) + " bytes long; the maximum is " +
                         std::to_string(range.max));
}

// The switch that keeps this build from serving the address's family, or null.
const Feature* foreign_to(const IpAddress& address) {
  const Feature& other_family = address.is_v4() ? features::kV6Only : features::kV4Only;
  return other_family ? &other_family : nullptr;
}

Unexpected<std::string> foreign(std::string_view text, const Feature& feature) {
  return fault(text, "is of a family that this build, with " + std::string(feature.name) +
                         ", does not serve");
}

}  // namespace

Parsed<std::chrono::seconds> parse_duration(std::string_view text, const Range& range) {
  const auto seconds = parse_scaled(text, kTimes);
  if (!seconds) {
    return fault(text, "is not a duration; write a number followed by s, m, h or d, as in 30m");
  }
  if (all_digits(text) && *seconds != 0) return without_unit(text);
  if (!range.contains(*seconds)) return out_of(range, text, format_seconds);
  return std::chrono::seconds(*seconds);
}

Parsed<std::chrono::minutes> parse_minutes(std::string_view text, const Range& range) {
  const auto seconds = parse_duration(text, range);
  if (!seconds) return Unexpected(seconds.error());
  const auto minutes = std::chrono::floor<std::chrono::minutes>(*seconds);
  if (minutes != *seconds)
    return fault(text, "is not a whole number of minutes; write a number followed by m, as in 45m");
  return minutes;
}

Parsed<uint64_t> parse_size(std::string_view text, const Range& range) {
  const auto bytes = parse_scaled(text, kSizes);
  if (!bytes) {
    return fault(text, "is not a size; write bytes, or a number followed by K, M or G, as in 2G");
  }
  if (!range.contains(*bytes)) return out_of(range, text, format_size);
  return *bytes;
}

Parsed<uint64_t> parse_count(std::string_view text, const Range& range) {
  const auto count = parse_scaled(text, {});
  if (!count) return fault(text, "is not a number; write only digits, as in 200");
  if (!range.contains(*count)) return out_of(range, text, format_count);
  return *count;
}

Parsed<bool> parse_on_off(std::string_view text, const Range& /*range*/) {
  if (text == "on" || text == "off") return text == "on";
  return fault(text, "is not valid; write on or off");
}

Parsed<bool> parse_yes_no(std::string_view text, const Range& /*range*/) {
  if (text == "yes" || text == "no") return text == "yes";
  return fault(text, "is not valid; write yes or no");
}

Parsed<std::string> parse_path(std::string_view text, const Range& range) {
  if (text.empty()) return fault(text, "is not a path; write at least one character");
  if (auto wrong = wrong_length(text, range)) return std::move(*wrong);
  return std::string(text);
}

Parsed<std::optional<UserNumbers>> parse_user_numbers(std::string_view text) {
  // -1 is uid 4294967295, which the kernel takes for "no change".
  constexpr uint64_t kMaxId = UINT32_MAX - 1;
  const auto is_of_a_number = [](char c) {
    return is_digit(c) || c == ':' || c == '-' || c == '+';
  };
  if (text.empty() || !all_of(text, is_of_a_number)) return std::optional<UserNumbers>();
  const size_t colon = std::min(text.find(':'), text.size());
  const auto uid = parse_decimal(text.substr(0, colon), kMaxId);
  const auto gid = colon == text.size() ? uid : parse_decimal(text.substr(colon + 1), kMaxId);
  if (!uid || !gid) {
    return fault(text, "is not a user; write a name, a number from 1 to " + std::to_string(kMaxId) +
                           " as in 65534, or user and group as in 1000:1000");
  }
  if (*uid == 0) return fault(text, "is root; write the number of another user, as in 65534");
  if (*gid == 0)
    return fault(text, "has root's group; write the number of another group, as in 1000:1000");
  return std::optional(UserNumbers{static_cast<uint32_t>(*uid), static_cast<uint32_t>(*gid)});
}

Parsed<std::string> parse_user(std::string_view text, const Range& range) {
  const auto numbers = parse_user_numbers(text);
  if (!numbers) return Unexpected(numbers.error());
  const auto is_good = [](char c) { return is_visible(c) && c != ':' && c != '/'; };
  if (text.empty() || (!*numbers && !all_of(text, is_good))) {
    return fault(text,
                 "is not a user; write a name as in nobody, or a number as in 65534 or 1000:1000");
  }
  if (auto wrong = wrong_length(text, range)) return std::move(*wrong);
  return std::string(text);
}

Parsed<std::string> parse_url(std::string_view text, const Range& range) {
  const size_t host = text.find("://") + 3;
  const bool known = text.starts_with("http://") || text.starts_with("https://");
  if (!known || host >= text.size()) {
    return fault(text, "is not a URL; write http://HOST/ or https://HOST/");
  }
  if (!all_of(text, is_visible)) {
    return fault(text,
                 "contains a blank or a byte that is not printable ASCII; percent-encode it, as in "
                 "%20");
  }
  if (auto wrong = wrong_length(text, range)) return std::move(*wrong);
  return std::string(text);
}

Parsed<std::string> parse_url_path(std::string_view text, const Range& range) {
  const auto is_good = [](char c) { return is_visible(c) && c != '?' && c != '%' && c != '#'; };
  const std::string_view path = text.substr(std::min(text.find_first_not_of('/'), text.size()));
  if (path.empty() || !all_of(path, is_good)) {
    return fault(text,
                 "is not a path under the tracker's URL; write it without blanks and ? % #, as in "
                 "stats");
  }
  if (auto wrong = wrong_length(path, range)) return std::move(*wrong);
  return std::string(path);
}

Parsed<std::string> parse_proxy_header_name(std::string_view text, const Range& /*range*/) {
  for (const std::string_view name : kProxyHeaders) {
    if (equal_ignoring_case(text, name)) return std::string(name);
  }
  return fault(text,
               "is not a header the tracker reads; valid: X-Forwarded-For, Forwarded, X-Real-IP, "
               "CF-Connecting-IP, True-Client-IP");
}

Parsed<Network> parse_network(std::string_view text, const Range& /*range*/) {
  const auto network = Network::parse(text);
  if (!network) {
    return fault(text,
                 "is not an address or network; write 192.0.2.1, 192.0.2.0/24 or "
                 "2001:db8::/32");
  }
  return *network;
}

Parsed<IpAddress> parse_own_address(std::string_view text) {
  const auto address = IpAddress::parse(text);
  if (!address)
    return fault(text, "is not an IPv4 or IPv6 address; write 192.0.2.1 or 2001:db8::1");
  if (const Feature* feature = foreign_to(*address)) return foreign(text, *feature);
  return *address;
}

Parsed<Endpoint> parse_sync_endpoint(std::string_view text, const Range& /*range*/) {
  const auto endpoint = Endpoint::parse(text, kDefaultSyncPort);
  if (!endpoint) {
    return fault(text, "is not an address with a port; write 192.0.2.1 or 192.0.2.1:9696");
  }
  if (const Feature* feature = foreign_to(endpoint->address)) return foreign(text, *feature);
  return *endpoint;
}

Parsed<uint16_t> parse_port(std::string_view text) {
  const auto port = parse_decimal(text, UINT16_MAX);
  if (!port || *port == 0) return fault(text, "is not a port (1 to 65535)");
  return static_cast<uint16_t>(*port);
}

Parsed<ListenAddress> parse_listen_address(std::string_view text) {
  if (text == "*") return ListenAddress{std::nullopt, kDefaultPort};
  if (text.starts_with("*:")) {
    const auto port = parse_port(text.substr(2));
    if (!port) return Unexpected(port.error());
    return ListenAddress{std::nullopt, *port};
  }
  const auto endpoint = Endpoint::parse(text, kDefaultPort);
  if (!endpoint) {
    return fault(text,
                 "is not an address to listen on; write 192.0.2.1, 192.0.2.1:80, "
                 "[2001:db8::1]:80, or * for all");
  }
  if (const Feature* feature = foreign_to(endpoint->address)) return foreign(text, *feature);
  return ListenAddress{endpoint->address, endpoint->port};
}

std::optional<Endpoint> endpoint_meant_by(std::string_view text) {
  constexpr uint16_t kLeastPort = 80;  // ::1:2 is more likely a host's number
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || !IpAddress::parse(text)) return std::nullopt;
  const auto port = parse_decimal(text.substr(colon + 1), UINT16_MAX);
  const auto address = IpAddress::parse(text.substr(0, colon));
  if (!port || *port < kLeastPort || !address || address->is_v4()) return std::nullopt;
  return Endpoint{*address, static_cast<uint16_t>(*port)};
}

std::string format_size(uint64_t bytes) {
  for (const Unit& unit : kSizes) {
    if (bytes != 0 && bytes % unit.factor == 0)
      return std::to_string(bytes / unit.factor) + unit.letter;
  }
  return std::to_string(bytes);
}
}  // namespace ot
