#include "protocol/http_tracker.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <optional>

#include "base/bytes.h"
#include "base/text.h"
#include "protocol/url_query.h"

namespace ot {
namespace {

constexpr std::string_view kInfoHash = "info_hash";

// The first is the reference's text, which people search for.
constexpr BadParameter kNoInfoHash{
    kInfoHash, "Your client forgot to send your torrent's info_hash. Please upgrade your client."};
constexpr BadParameter kShortInfoHash{kInfoHash, "Invalid info_hash: it must be 20 bytes.", true};
constexpr BadParameter kTwoInfoHashes{kInfoHash, "Invalid info_hash: it may be given only once.",
                                      true};
constexpr BadParameter kEscapeInInfoHash{kInfoHash, "Invalid info_hash: bad percent-encoding.",
                                         true};
constexpr BadParameter kNoPort{"port", "Missing port: your client must say where it listens."};
constexpr BadParameter kBadPort{"port", "Invalid port: it must be a number from 1 to 65535."};
constexpr BadParameter kEscapeInPort{"port", "Invalid port: bad percent-encoding."};
constexpr BadParameter kBadLeft{"left", "Invalid left: it must be a number of bytes."};
constexpr BadParameter kEscapeInLeft{"left", "Invalid left: bad percent-encoding."};
constexpr BadParameter kEscapeInEvent{"event", "Invalid event: bad percent-encoding."};

// Longer than any sensible number.
using ValueBuffer = std::array<uint8_t, 64>;

// The decoded value: `value` itself if nothing in it is encoded, otherwise a view of the buffer.
Result<std::string_view, DecodeError> decode_value(std::string_view value, ValueBuffer& buffer) {
  if (std::find(value.begin(), value.end(), '%') == value.end()) return value;
  const auto size = percent_decode(value, buffer);
  if (!size) return Unexpected(size.error());
  return as_text(buffer).substr(0, *size);
}

bool is_signed_number(std::string_view text) {
  return (text.starts_with('-') || text.starts_with('+')) && all_digits(text.substr(1));
}

std::optional<BadParameter> read_info_hash(std::string_view value, InfoHash& out) {
  const auto size = percent_decode(value, out.bytes);
  if (size && *size == InfoHash::kSize) return std::nullopt;
  if (!size && size.error() == DecodeError::bad_escape) return kEscapeInInfoHash;
  return kShortInfoHash;
}

constexpr std::array<std::pair<std::string_view, AnnounceEvent>, 4> kEvents{{
    {"started", AnnounceEvent::started},
    {"stopped", AnnounceEvent::stopped},
    {"completed", AnnounceEvent::completed},
    {"paused", AnnounceEvent::paused},
}};

AnnounceEvent event_named(std::string_view name) {
  for (const auto& [text, event] : kEvents) {
    if (text == name) return event;
  }
  return AnnounceEvent::none;
}

// A number that is too large becomes the maximum; a negative number or none leaves the default.
std::optional<uint32_t> numwant_of(std::string_view text) {
  if (!all_digits(text)) return std::nullopt;
  uint32_t value = UINT32_MAX;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

enum class Name : uint8_t { info_hash, port, left, event, numwant, compact, other };

constexpr std::array<std::pair<std::string_view, Name>, 6> kNames{{
    {kInfoHash, Name::info_hash},
    {"port", Name::port},
    {"left", Name::left},
    {"event", Name::event},
    {"numwant", Name::numwant},
    {"compact", Name::compact},
}};

Name name_of(std::string_view key) {
  for (const auto& [text, name] : kNames) {
    if (key == text) return name;
  }
  if (key.find('%') == std::string_view::npos) return Name::other;
  for (const auto& [text, name] : kNames) {
    if (key_is(key, text)) return name;
  }
  return Name::other;
}

// Takes the parameters of one announce in any order; finish() checks what depends on several.
class AnnounceParser {
 public:
  explicit AnnounceParser(const IpAddress& address) { announce_.request.peer.address = address; }

  // The parameter's fault, if it has one.
  std::optional<BadParameter> take(const QueryParameter& parameter) {
    const Name name = name_of(parameter.key);
    if (name == Name::other) return std::nullopt;
    const unsigned bit = 1U << static_cast<unsigned>(name);
    if ((seen_ & bit) != 0)
      return name == Name::info_hash ? std::optional(kTwoInfoHashes) : std::nullopt;
    seen_ |= bit;
    return take_first(name, parameter.value);
  }

  Result<HttpAnnounce, BadParameter> finish() {
    if (!has_seen(Name::info_hash)) return Unexpected(kNoInfoHash);
    if (!has_seen(Name::port)) return Unexpected(kNoPort);
    AnnounceRequest& request = announce_.request;
    if (request.peer.port == 0 && request.event != AnnounceEvent::stopped)
      return Unexpected(kBadPort);
    return announce_;
  }

 private:
  [[nodiscard]] bool has_seen(Name name) const {
    return (seen_ & (1U << static_cast<unsigned>(name))) != 0;
  }

  std::optional<BadParameter> take_first(Name name, std::string_view value) {
    switch (name) {
      case Name::info_hash:
        return read_info_hash(value, announce_.request.info_hash);
      case Name::port:
        return take_port(value);
      case Name::left:
        return take_left(value);
      case Name::event:
        return take_event(value);
      case Name::numwant:
        if (const auto text = decode_value(value, buffer_))
          announce_.request.numwant = numwant_of(*text);
        break;
      case Name::compact:
        if (const auto text = decode_value(value, buffer_); text && *text == "0")
          announce_.form = PeerForm::dictionary;
        break;
      case Name::other:
        break;
    }
    return std::nullopt;
  }

  // A number that is not a port becomes 0, which only a stopped peer may have.
  std::optional<BadParameter> take_port(std::string_view value) {
    const auto text = decode_value(value, buffer_);
    if (!text) return kEscapeInPort;
    if (!all_digits(*text) && !is_signed_number(*text)) return kBadPort;
    announce_.request.peer.port =
        static_cast<uint16_t>(parse_decimal(*text, UINT16_MAX).value_or(0));
    return std::nullopt;
  }

  // Only zero or not zero matters, so a number may have any length.
  std::optional<BadParameter> take_left(std::string_view value) {
    const auto text = decode_value(value, buffer_);
    if (!text) return text.error() == DecodeError::bad_escape ? kEscapeInLeft : kBadLeft;
    const bool is_negative = text->starts_with('-');
    if (!all_digits(text->substr(is_negative ? 1 : 0))) return kBadLeft;
    announce_.request.seeding = text->find_first_not_of('0') == std::string_view::npos;
    return std::nullopt;
  }

  std::optional<BadParameter> take_event(std::string_view value) {
    const auto text = decode_value(value, buffer_);
    if (text) announce_.request.event = event_named(*text);
    if (!text && text.error() == DecodeError::bad_escape) return kEscapeInEvent;
    return std::nullopt;
  }

  HttpAnnounce announce_;
  unsigned seen_ = 0;
  ValueBuffer buffer_{};
};

constexpr size_t kMaxEncodedPath = 512;
using PathBuffer = std::array<uint8_t, kMaxEncodedPath>;

// The path decoded, unless it cannot be, and without its leading slashes.
std::string_view decode_path(std::string_view path, PathBuffer& buffer) {
  if (path.find('%') != std::string_view::npos) {
    if (const auto size = percent_decode(path, buffer)) path = as_text(buffer).substr(0, *size);
  }
  const size_t slashes = std::min(path.find_first_not_of('/'), path.size());
  return path.substr(slashes);
}

Route route_path(std::string_view path, const StatsPaths& paths) {
  if (path.starts_with(paths.stats)) {
    const std::string_view rest = path.substr(paths.stats.size());
    if (rest.empty()) return Route::stats;
    if (rest == ".json") return Route::stats_json;
  }
  if (path == paths.metrics) return Route::metrics;
  if (path.starts_with("sc")) return Route::scrape;
  return path.starts_with('a') ? Route::announce : Route::not_found;
}

}  // namespace

RoutedTarget route(std::string_view target, const StatsPaths& paths) {
  assert(!paths.stats.starts_with('/') && !paths.metrics.starts_with('/'));
  const size_t mark = std::min(target.find('?'), target.size());
  const std::string_view query = target.substr(std::min(mark + 1, target.size()));
  PathBuffer buffer;
  const std::string_view path = decode_path(target.substr(0, mark), buffer);
  if (path.empty()) return {query.empty() ? Route::root : Route::announce, query};
  if (path == "scrape" && mark == target.size() && path != paths.stats && path != paths.metrics)
    return {Route::full_scrape, query};
  return {route_path(path, paths), query};
}

Result<HttpAnnounce, BadParameter> parse_announce(std::string_view query,
                                                  const IpAddress& address) {
  AnnounceParser parser(address);
  QueryReader reader(query);
  for (QueryParameter parameter; reader.next(parameter);) {
    if (const auto problem = parser.take(parameter)) return Unexpected(*problem);
  }
  return parser.finish();
}

Result<size_t, BadParameter> parse_scrape(std::string_view query, std::span<InfoHash> out) {
  assert(!out.empty());
  size_t count = 0;
  QueryReader reader(query);
  for (QueryParameter parameter; count < out.size() && reader.next(parameter);) {
    if (!key_is(parameter.key, kInfoHash)) continue;
    if (const auto problem = read_info_hash(parameter.value, out[count]))
      return Unexpected(*problem);
    ++count;
  }
  if (count == 0) return Unexpected(kNoInfoHash);
  const std::span<InfoHash> hashes = out.first(count);
  std::sort(hashes.begin(), hashes.end());
  return static_cast<size_t>(std::unique(hashes.begin(), hashes.end()) - hashes.begin());
}

}  // namespace ot
