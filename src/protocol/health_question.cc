#include "protocol/health_question.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "protocol/http_message.h"

namespace ot {
namespace {

using Kind = HealthVerdict::Kind;

constexpr uint64_t kProtocolMagic = 0x41727101980;
constexpr uint32_t kConnect = 0;
constexpr uint32_t kError = 3;
// What is shown of a foreign answer.
constexpr size_t kLongestQuote = 60;

HealthVerdict unhealthy(std::string reason) { return {Kind::unhealthy, std::move(reason)}; }

std::string quote(std::string_view text) { return printable(text.substr(0, kLongestQuote)); }

// Reads bencode (BEP 3) as far as finding out what a dictionary is needs.
class BencodeSkipper {
 public:
  explicit BencodeSkipper(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  [[nodiscard]] std::optional<std::string_view> string() {
    const size_t colon = rest_.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto size = parse_decimal(rest_.substr(0, colon), kMaxHealthAnswer);
    if (!size || *size > rest_.size() - colon - 1) return std::nullopt;
    const std::string_view text = rest_.substr(colon + 1, *size);
    rest_.remove_prefix(colon + 1 + *size);
    return text;
  }

  // Skips a value of any kind. A loop and a count instead of recursion: depth is the sender's.
  [[nodiscard]] bool skip_value() {
    size_t depth = 0;
    do {
      if (take('d') || take('l')) {
        ++depth;
      } else if (depth > 0 && take('e')) {
        --depth;
      } else if (!skip_atom()) {
        return false;
      }
    } while (depth > 0);
    return true;
  }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  [[nodiscard]] bool skip_atom() {
    if (!take('i')) return string().has_value();
    const size_t end = rest_.find('e');
    if (end == std::string_view::npos) return false;
    std::string_view digits = rest_.substr(0, end);
    if (digits.starts_with('-')) digits.remove_prefix(1);
    if (!all_digits(digits)) return false;
    rest_.remove_prefix(end + 1);
    return true;
  }

  std::string_view rest_;
};

// Whether `body` is one dictionary that has `files` or `failure reason`.
bool is_tracker_reply(std::string_view body) {
  BencodeSkipper rest(body);
  if (!rest.take('d')) return false;
  bool found = false;
  while (!rest.take('e')) {
    const auto key = rest.string();
    if (!key || !rest.skip_value()) return false;
    found = found || *key == "files" || *key == "failure reason";
  }
  return found && rest.at_end();
}

// The head's size with its empty line, or 0. Lines end in CR LF or LF.
size_t head_size(std::string_view answer) {
  for (size_t at = answer.find('\n'); at != std::string_view::npos;
       at = answer.find('\n', at + 1)) {
    const std::string_view next = answer.substr(at + 1);
    if (next.starts_with('\n')) return at + 2;
    if (next.starts_with("\r\n")) return at + 3;
  }
  return 0;
}

std::optional<uint64_t> content_length(std::string_view fields) {
  HeaderReader reader(fields);
  for (HeaderField field; reader.next(field);) {
    if (equal_ignoring_case(field.name, "Content-Length"))
      return parse_decimal(field.value, kMaxHealthAnswer);
  }
  return std::nullopt;
}

}  // namespace

std::string http_health_question(std::string_view target, std::string_view host) {
  const size_t mark = std::min(target.find('?'), target.size());
  std::string path(target.substr(0, mark));
  if (path.empty() || path == "/") path = "/scrape";
  constexpr std::string_view kAnnounce = "announce";
  const size_t last = path.rfind('/') + 1;
  if (path.compare(last, kAnnounce.size(), kAnnounce) == 0)
    path.replace(last, kAnnounce.size(), "scrape");
  std::string question = "GET " + path;
  question += mark + 1 < target.size() ? std::string(target.substr(mark)) + "&" : "?";
  question += "info_hash=";
  for (int i = 0; i < 20; ++i) question += "%00";
  return question + " HTTP/1.0\r\nHost: " + std::string(host) +
         "\r\nUser-Agent: opentracker-health\r\nConnection: close\r\n\r\n";
}

void write_udp_health_question(ByteWriter& out, uint32_t transaction) {
  out.write(kProtocolMagic);
  out.write(kConnect);
  out.write(transaction);
}

HealthVerdict judge_http_answer(std::string_view answer, bool has_ended) {
  const std::string_view line = answer.substr(0, answer.find_first_of("\r\n"));
  const bool is_http = line.starts_with("HTTP/1.") && line.size() >= 12 && line[8] == ' ' &&
                       all_digits(line.substr(9, 3));
  const size_t head = head_size(answer);
  if (head == 0 && !has_ended && answer.size() < kMaxHealthAnswer) return {};
  if (answer.empty()) return unhealthy("the connection was closed without an answer");
  if (!is_http) return unhealthy("the answer is not HTTP: '" + quote(line) + "'");
  if (line.substr(9, 3) != "200") return unhealthy("status " + quote(line.substr(9)));
  if (head == 0) return unhealthy("the answer is cut off");
  const std::string_view fields = answer.substr(0, head).substr(line.size());
  const auto length = content_length(fields);
  const std::string_view body = answer.substr(head);
  const bool is_complete = length && body.size() >= *length;
  if (!is_complete && !has_ended && answer.size() < kMaxHealthAnswer) return {};
  if (length && !is_complete) return unhealthy("the answer is cut off");
  if (is_tracker_reply(length ? body.substr(0, *length) : body)) return {Kind::healthy};
  return unhealthy("the answer is not a tracker's: '" + quote(body) + "'");
}

HealthVerdict judge_udp_answer(ByteView datagram, uint32_t transaction) {
  ByteReader reader(datagram);
  const auto action = reader.read<uint32_t>();
  if (reader.read<uint32_t>() != transaction || reader.failed()) return {};
  if (action == kError) return unhealthy("error: '" + quote(as_text(reader.rest())) + "'");
  static_cast<void>(reader.read<uint64_t>());
  if (action == kConnect && !reader.failed()) return {Kind::healthy};
  return unhealthy("the answer is not a tracker's: " + std::to_string(datagram.size()) +
                   " bytes, action " + std::to_string(action));
}

}  // namespace ot
