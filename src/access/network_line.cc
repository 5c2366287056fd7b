#include "access/network_line.h"

#include <algorithm>

#include "base/bytes.h"

namespace ot {
namespace {

constexpr std::string_view kWhite = " \t\r";
// What may stand between the two addresses of a range, a pair or a mask.
constexpr std::string_view kBetween = " \t\r-,;|";

// The characters at the front of `text` that can be part of a network. In an address with dots, the
// colons come first ("::ffff:192.0.2.1"), so a colon after a dot is a separator.
std::string_view front_token(std::string_view text) {
  bool has_dot = false;
  size_t size = 0;
  for (; size < text.size(); ++size) {
    const char c = text[size];
    if (c == ':' && has_dot) break;
    if (hex_digit(c) < 0 && c != '.' && c != ':' && c != '/') break;
    has_dot = has_dot || c == '.';
  }
  return text.substr(0, size);
}

// "2001:db8::1: a comment"
std::string_view without_final_colon(std::string_view token) {
  const bool is_separator = token.ends_with(':') && !token.ends_with("::");
  return token.substr(0, token.size() - (is_separator ? 1 : 0));
}

bool begins_with_address(std::string_view rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBetween), rest.size()));
  return Network::parse(without_final_colon(front_token(rest))).has_value();
}

NetworkLine faulty(NetworkLineFault fault) {
  return {NetworkLine::Kind::faulty, fault, std::nullopt};
}

}  // namespace

std::string_view describe(NetworkLineFault fault) {
  switch (fault) {
    case NetworkLineFault::not_a_network:
      return "not an address or network";
    case NetworkLineFault::second_address:
      return "a range, or two addresses; write one network a line, such as 192.0.2.0/24";
  }
  return "";
}

NetworkLine parse_network_line(std::string_view line) {
  const size_t start = line.find_first_not_of(kWhite);
  if (start == std::string_view::npos || line[start] == '#') return {};
  const std::string_view text = line.substr(start);
  const std::string_view token = without_final_colon(front_token(text));
  const auto network = Network::parse(token);
  if (!network) return faulty(NetworkLineFault::not_a_network);
  if (begins_with_address(text.substr(token.size())))
    return faulty(NetworkLineFault::second_address);
  return {NetworkLine::Kind::network, {}, network};
}

}  // namespace ot
