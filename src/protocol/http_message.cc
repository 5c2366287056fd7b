#include "protocol/http_message.h"

#include <algorithm>
#include <array>

#include "base/ip_address.h"
#include "base/text.h"

namespace ot {
namespace {

struct MethodRow {
  std::string_view start;  // of the request line
  Method method;
};
constexpr std::array<MethodRow, 3> kMethods{
    {{"GET ", Method::get}, {"HEAD ", Method::head}, {"OPTIONS ", Method::options}}};
constexpr size_t kMaxEmptyLines = 2;

// The method that `text` begins with, or can begin with when there is more of it.
const MethodRow* find_method(std::string_view text) {
  const auto* found = std::find_if(kMethods.begin(), kMethods.end(), [text](const MethodRow& row) {
    const size_t size = std::min(text.size(), row.start.size());
    return text.substr(0, size) == row.start.substr(0, size);
  });
  return found == kMethods.end() ? nullptr : found;
}

// The first word of `text` if it is letters and a space ends it; otherwise empty.
std::string_view leading_word(std::string_view text) {
  constexpr size_t kLongestMethod = 20;
  const auto is_letter = [](char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; };
  const size_t end = text.substr(0, kLongestMethod + 1).find(' ');
  if (end == std::string_view::npos) return {};
  const std::string_view word = text.substr(0, end);
  return std::all_of(word.begin(), word.end(), is_letter) ? word : std::string_view();
}

std::string_view cut_line(std::string_view& rest) {
  std::string_view line = cut(rest, '\n');
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Nothing for a folded line and for a line without a colon or a name.
std::optional<HeaderField> parse_field(std::string_view line) {
  if (line.starts_with(' ') || line.starts_with('\t')) return std::nullopt;
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  // White space before the colon is trimmed: "Content-Length : 9" must not go unnoticed.
  const std::string_view name = trim(line.substr(0, colon));
  if (name.empty()) return std::nullopt;
  return HeaderField{name, trim(line.substr(colon + 1))};
}

// Whether a list such as "Keep-Alive, TE" contains the token, ignoring case.
bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    if (equal_ignoring_case(trim(cut(list, ',')), token)) return true;
  }
  return false;
}

size_t skip_empty_lines(std::string_view input) {
  size_t at = 0;
  for (size_t lines = 0; lines < kMaxEmptyLines; ++lines) {
    if (input.substr(at).starts_with("\r\n")) {
      at += 2;
    } else if (input.substr(at).starts_with('\n')) {
      at += 1;
    }
  }
  return at;
}

struct HeadEnd {
  bool found = false;
  size_t at = 0;  // if found, after the empty line; otherwise where to resume the search
};

// Looks for an empty line after a line feed at `from` or later.
HeadEnd find_head_end(std::string_view input, size_t from) {
  while (true) {
    const size_t feed = input.find('\n', from);
    if (feed == std::string_view::npos) return {false, input.size()};
    const std::string_view next = input.substr(feed + 1, 2);
    if (next.starts_with('\n')) return {true, feed + 2};
    if (next == "\r\n") return {true, feed + 3};
    if (next.empty() || next == "\r") return {false, feed};
    from = feed + 1;
  }
}

bool has_control_bytes(std::string_view text) {
  // No early exit, so that the compiler vectorizes the loop.
  unsigned found = 0;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    found |= static_cast<unsigned>(byte < 0x20) | static_cast<unsigned>(byte == 0x7f);
  }
  return found != 0;
}

// The target ends at the first space, except that some clients put a space before the '?'.
std::string_view target_of(std::string_view line) {
  size_t end = line.find(' ');
  if (end != std::string_view::npos && line.substr(end + 1).starts_with('?') &&
      line.substr(0, end).find('?') == std::string_view::npos)
    end = line.find(' ', end + 1);
  return line.substr(0, end);
}

constexpr std::array<std::string_view, 2> kSchemes{"http://", "https://"};

// Splits the URL in head.target into authority and the rest. False if it is not a URL with a host.
bool split_url(RequestHead& head) {
  for (const std::string_view scheme : kSchemes) {
    if (!equal_ignoring_case(head.target.substr(0, scheme.size()), scheme)) continue;
    head.target.remove_prefix(scheme.size());
    head.authority = head.target.substr(0, head.target.find_first_of("/? "));
    head.target.remove_prefix(head.authority.size());
    return !head.authority.empty() && !head.authority.starts_with(':');
  }
  return false;
}

HttpVersion version_of(std::string_view line) {
  if (line.ends_with(" HTTP/1.1")) return HttpVersion::v1_1;
  return line.ends_with(" HTTP/1.0") ? HttpVersion::v1_0 : HttpVersion::v0_9;
}

struct ConnectionWishes {
  bool close = false;
  bool keep_alive = false;
  bool has_body = false;
};

void note_field(const HeaderField& field, ConnectionWishes& wishes) {
  if (equal_ignoring_case(field.name, "Connection")) {
    wishes.close |= has_token(field.value, "close");
    wishes.keep_alive |= has_token(field.value, "keep-alive");
  } else if (equal_ignoring_case(field.name, "Content-Length")) {
    wishes.has_body |= field.value != "0";
  } else if (equal_ignoring_case(field.name, "Transfer-Encoding")) {
    wishes.has_body = true;
  }
}

ConnectionWishes read_wishes(std::string_view fields) {
  ConnectionWishes wishes;
  while (!fields.empty()) {
    const std::string_view line = cut_line(fields);
    if (line.empty()) continue;
    // The first letter rules out most lines.
    const char initial = to_lower(line.front());
    if (initial != 'c' && initial != 't') continue;
    if (const auto field = parse_field(line)) note_field(*field, wishes);
  }
  return wishes;
}

Persistence persistence_of(HttpVersion version, const ConnectionWishes& wishes) {
  if (wishes.close || version == HttpVersion::v0_9) return Persistence::close;
  if (version == HttpVersion::v1_1) return Persistence::keep;
  return wishes.keep_alive ? Persistence::keep_and_say : Persistence::close;
}

HeadResult bad(BadHead reason, Method method) {
  HeadResult result{.status = HeadResult::Status::bad, .reason = reason};
  result.head.method = method;
  return result;
}

bool is_good_target(RequestHead& head) {
  if (has_control_bytes(head.target)) return false;
  if (head.target.starts_with('/')) return true;
  return (head.method == Method::options && head.target == "*") || split_url(head);
}

HeadResult parse_complete(const MethodRow& method, std::string_view head, size_t size) {
  std::string_view line = cut_line(head);
  line.remove_prefix(method.start.size());
  HeadResult result{.status = HeadResult::Status::complete};
  result.head.method = method.method;
  result.head.target = target_of(line);
  if (!is_good_target(result.head)) return bad(BadHead::bad_target, method.method);
  const ConnectionWishes wishes = read_wishes(head);
  if (wishes.has_body) return bad(BadHead::has_body, method.method);
  result.head.fields = head;
  result.head.version = version_of(line);
  result.head.persistence = persistence_of(result.head.version, wishes);
  result.head.names_keep_alive = wishes.keep_alive;
  result.head.size = size;
  return result;
}

// "localhost", "192.0.2.1", either with a dot at the end, or "[2001:db8::1]"; each may be followed
// by a port, which may be empty (RFC 3986, 3.2.3).
bool is_address_or_localhost(std::string_view host) {
  const bool has_brackets = host.starts_with('[');
  const size_t name_end = has_brackets ? host.find(']') : std::min(host.find(':'), host.size());
  if (name_end == std::string_view::npos) return false;
  std::string_view name = host.substr(0, name_end);
  std::string_view port = host.substr(name_end + (has_brackets ? 1 : 0));
  if (port.starts_with(':'))
    port.remove_prefix(1);
  else if (!port.empty())
    return false;
  if (!port.empty() && !all_digits(port)) return false;
  if (has_brackets) {
    name.remove_prefix(1);
    return name.find(':') != std::string_view::npos && IpAddress::parse(name).has_value();
  }
  if (name.ends_with('.')) name.remove_suffix(1);
  return equal_ignoring_case(name, "localhost") || IpAddress::parse(name).has_value();
}

// Whether the list gives gzip a weight other than 0; nothing if it does not name gzip.
std::optional<bool> weighs_gzip(std::string_view list) {
  while (!list.empty()) {
    std::string_view element = cut(list, ',');
    const std::string_view coding = trim(cut(element, ';'));
    if (!equal_ignoring_case(coding, "gzip")) continue;
    const std::string_view weight = trim(element);
    return !equal_ignoring_case(weight.substr(0, 3), "q=0") ||
           weight.find_first_of("123456789") != std::string_view::npos;
  }
  return std::nullopt;
}

}  // namespace

bool HeaderReader::next(HeaderField& out) {
  while (!rest_.empty()) {
    const auto field = parse_field(cut_line(rest_));
    if (!field) continue;
    out = *field;
    return true;
  }
  return false;
}

bool ReverseHeaderReader::next(HeaderField& out) {
  bool folded = false;
  while (!rest_.empty()) {
    std::string_view line = rest_.substr(0, rest_.size() - (rest_.ends_with('\n') ? 1 : 0));
    const size_t start = line.rfind('\n') + 1;  // 0 if there is no line feed
    line = line.substr(start);
    rest_ = rest_.substr(0, start);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto field = parse_field(line);
    if (field) {
      out = *field;
      folded_ = folded;
      return true;
    }
    folded = line.starts_with(' ') || line.starts_with('\t');
  }
  return false;
}

std::string explain(const HeadResult& bad) {
  switch (bad.reason) {
    case BadHead::bad_method:
      if (bad.bad_method.empty()) return "a request must begin with GET, HEAD or OPTIONS";
      return "method " + std::string(bad.bad_method) + " is not allowed; use GET, HEAD or OPTIONS";
    case BadHead::bad_target:
      return "the request target must be a path such as /announce, or an http URL";
    case BadHead::too_long:
      return "the request head is longer than " + std::to_string(kMaxHead) + " bytes";
    case BadHead::has_body:
      return "the request has a body; GET, HEAD and OPTIONS must be sent without one";
  }
  return "";
}

bool is_asked_by_address(const RequestHead& head) {
  if (!head.authority.empty()) return is_address_or_localhost(head.authority);
  bool has_host = false;
  HeaderReader reader(head.fields);
  for (HeaderField field; reader.next(field);) {
    if (!equal_ignoring_case(field.name, "Host")) continue;
    if (has_host || !is_address_or_localhost(field.value)) return false;
    has_host = true;
  }
  return has_host || head.version != HttpVersion::v1_1;
}

HeadResult parse_head(ByteView input, size_t scanned) {
  const std::string_view text = as_text(input).substr(0, kMaxHead);
  const size_t start = skip_empty_lines(text);
  const std::string_view rest = text.substr(start);
  const MethodRow* method = find_method(rest);
  if (method == nullptr) {
    if (rest == "\r") return {};  // may become an empty line
    HeadResult result = bad(BadHead::bad_method, Method::get);
    result.bad_method = leading_word(rest);
    return result;
  }
  const HeadEnd end = find_head_end(text, std::max(start, std::min(scanned, text.size())));
  if (end.found) return parse_complete(*method, text.substr(start, end.at - start), end.at);
  if (text.size() == kMaxHead) return bad(BadHead::too_long, method->method);
  return {.scanned = end.at};
}

std::optional<std::string_view> find_field(const RequestHead& head, std::string_view name) {
  HeaderReader reader(head.fields);
  for (HeaderField field; reader.next(field);) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

bool accepts_gzip(const RequestHead& head) {
  HeaderReader reader(head.fields);
  for (HeaderField field; reader.next(field);) {
    if (!equal_ignoring_case(field.name, "Accept-Encoding")) continue;
    if (const auto weighed = weighs_gzip(field.value)) return *weighed;
  }
  return false;
}

}  // namespace ot
