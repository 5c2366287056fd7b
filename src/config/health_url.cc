#include "config/health_url.h"

#include <algorithm>

#include "base/text.h"

namespace ot {
namespace {

constexpr uint16_t kHttpPort = 80;
// Longer than any URL of a tracker, and short enough for the head of a request.
constexpr size_t kLongestUrl = 2048;

bool is_visible(char c) { return is_printable(c) && c != ' ' && c != '#'; }

Unexpected<std::string> refusal(std::string_view text, std::string_view reason) {
  return Unexpected(in_quotes(text) + " " + std::string(reason));
}

}  // namespace

Parsed<HealthUrl> parse_health_url(std::string_view text) {
  HealthUrl url;
  url.is_udp = text.starts_with("udp://");
  const bool is_good =
      text.size() <= kLongestUrl && std::all_of(text.begin(), text.end(), is_visible);
  if (!is_good || (!url.is_udp && !text.starts_with("http://"))) {
    return refusal(text, "is not a URL to ask; write http://127.0.0.1:6969/ or udp://[::1]:6969");
  }
  std::string_view rest = text.substr(text.find("//") + 2);
  const size_t end = std::min(rest.find_first_of("/?"), rest.size());
  std::string where(rest.substr(0, end));
  url.target = rest.substr(end);
  const std::string_view host = std::string_view(where).substr(0, where.find(':'));
  if (host == "localhost") where.replace(0, host.size(), "127.0.0.1");
  // Endpoint takes IPv6 without brackets, which a URL does not.
  const bool has_brackets =
      where.starts_with('[') || std::count(where.begin(), where.end(), ':') < 2;
  const auto endpoint = Endpoint::parse(where, url.is_udp ? kDefaultPort : kHttpPort);
  if (!endpoint || !has_brackets) {
    return refusal(text,
                   "has no address to ask; write an IPv4 address, an IPv6 address in brackets, or "
                   "localhost, as in http://[::1]:6969/ (names are not looked up)");
  }
  url.endpoint = *endpoint;
  return url;
}

}  // namespace ot
