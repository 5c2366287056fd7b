// What the daemon is told by its command line (compat.md, "Command line").
//
// The flags are one table: a row holds letter, argument, help and what it does. Parsing is pure: it
// reads no file, no environment, and prints nothing.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"

namespace ot {

inline constexpr uint16_t kDefaultPort = 6969;

enum class ListenProtocol : uint8_t { tcp, udp };

struct ListenOption {
  ListenProtocol protocol;
  uint16_t port;
  // None: every address of both families.
  std::optional<IpAddress> address;
};

struct Options {
  // As given; listeners() adds the default.
  std::vector<ListenOption> listen;
  // The last -i.
  std::optional<IpAddress> address;
  std::string root_directory = ".";
  std::string user = "nobody";
  bool show_help = false;
  bool show_version = false;

  // What to bind: `listen`, or TCP and UDP 6969 on the last -i address if nothing was given.
  [[nodiscard]] std::vector<ListenOption> listeners() const;
};

// "-p: 70000 is not a port (1 to 65535)"
struct UsageError {
  std::string message;
};

// `arguments` without the program's name. Stops at the first thing wrong.
[[nodiscard]] Result<Options, UsageError> parse_options(std::span<const char* const> arguments);

// The text of -h, a line a flag.
[[nodiscard]] std::string usage();

}  // namespace ot
