// One line of a file of networks (access.deny, access.proxy_file).
//
// A network is an address or a CIDR network of either family, followed by the end of the line or by
// a character that is no part of an address; the rest of the line is a comment. A line whose rest
// begins with another address is faulty: a range or an address with a mask would otherwise silently
// mean its first address alone. Empty lines and lines that begin with `#` are skipped; blanks at
// the start are ignored. Pure; no allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ip_address.h"

namespace ot {

enum class NetworkLineFault : uint8_t { not_a_network, second_address };

// Completes the sentence "line 7 is …": "not an address or network".
[[nodiscard]] std::string_view describe(NetworkLineFault fault);

struct NetworkLine {
  enum class Kind : uint8_t { network, comment, faulty };

  Kind kind = Kind::comment;
  NetworkLineFault fault{};        // if faulty
  std::optional<Network> network;  // if network
};

// `line` comes without its line feed; a carriage return counts as white space.
[[nodiscard]] NetworkLine parse_network_line(std::string_view line);

}  // namespace ot
