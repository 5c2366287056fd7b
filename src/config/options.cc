#include "config/options.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/features.h"

namespace ot {
namespace {

using Fault = std::optional<std::string>;

struct FlagRow {
  char letter;
  std::string_view argument;  // empty: the flag takes none
  std::string_view help;
  Fault (*apply)(Options& options, std::string_view value);
};

Fault set_address(Options& options, std::string_view value) {
  const auto address = IpAddress::parse(value);
  if (!address) return std::string(value) + " is not an IPv4 or IPv6 address";
  const Feature& other_family = address->is_v4() ? features::kV6Only : features::kV4Only;
  if (other_family) {
    return std::string(value) + " is of a family this build does not serve (" +
           std::string(other_family.name) + ")";
  }
  options.address = address;
  return std::nullopt;
}

Fault add_listener(Options& options, std::string_view value, ListenProtocol protocol) {
  const auto port = parse_decimal(value, UINT16_MAX);
  if (!port || *port == 0) return std::string(value) + " is not a port (1 to 65535)";
  options.listen.push_back({protocol, static_cast<uint16_t>(*port), options.address});
  return std::nullopt;
}

Fault add_tcp(Options& options, std::string_view value) {
  return add_listener(options, value, ListenProtocol::tcp);
}

Fault add_udp(Options& options, std::string_view value) {
  return add_listener(options, value, ListenProtocol::udp);
}

Fault set_directory(Options& options, std::string_view value) {
  options.root_directory = value;
  return std::nullopt;
}

Fault set_user(Options& options, std::string_view value) {
  options.user = value;
  return std::nullopt;
}

Fault show_version(Options& options, std::string_view) {
  options.show_version = true;
  return std::nullopt;
}

Fault show_help(Options& options, std::string_view) {
  options.show_help = true;
  return std::nullopt;
}

constexpr std::array<FlagRow, 7> kFlags{{
    {'i', "ip", "address for the -p and -P that follow (default: all, IPv4 and IPv6)", set_address},
    {'p', "port", "serve HTTP on this TCP port; repeatable (default: 6969)", add_tcp},
    {'P', "port", "serve UDP on this port; repeatable (default: 6969)", add_udp},
    {'d', "dir", "chroot here if started as root, else change here (default: .)", set_directory},
    {'u', "user", "become this user if started as root (default: nobody)", set_user},
    {'v', "", "print version and built-in features", show_version},
    {'h', "", "print this help", show_help},
}};

const FlagRow* find_flag(char letter) {
  const auto* row = std::find_if(kFlags.begin(), kFlags.end(),
                                 [letter](const FlagRow& flag) { return flag.letter == letter; });
  return row == kFlags.end() ? nullptr : row;
}

// Applies the flags of one word ("-p", "-p80", "-vh"); takes the next word for an argument if it
// must.
Fault apply_word(std::string_view word, std::span<const char* const>& rest, Options& options) {
  if (word.size() < 2 || word[0] != '-') return std::string(word) + ": not a flag";
  if (word[1] == '-') return std::string(word) + ": no such flag";
  for (size_t at = 1; at < word.size(); ++at) {
    const FlagRow* flag = find_flag(word[at]);
    const std::string name{'-', word[at]};
    if (flag == nullptr) return name + ": no such flag";
    std::string_view value;
    if (!flag->argument.empty()) {
      value = word.substr(at + 1);
      at = word.size();
      if (value.empty()) {
        if (rest.empty()) return name + ": needs an argument: " + std::string(flag->argument);
        value = rest.front();
        rest = rest.subspan(1);
      }
    }
    if (const Fault fault = flag->apply(options, value)) return name + ": " + *fault;
  }
  return std::nullopt;
}

}  // namespace

std::vector<ListenOption> Options::listeners() const {
  if (!listen.empty()) return listen;
  return {{ListenProtocol::tcp, kDefaultPort, address},
          {ListenProtocol::udp, kDefaultPort, address}};
}

Result<Options, UsageError> parse_options(std::span<const char* const> arguments) {
  Options options;
  while (!arguments.empty()) {
    const std::string_view word = arguments.front();
    arguments = arguments.subspan(1);
    if (const Fault fault = apply_word(word, arguments, options))
      return Unexpected(UsageError{*fault});
  }
  return options;
}

std::string usage() {
  std::string text = "usage: opentracker [flags]\n";
  for (const FlagRow& flag : kFlags) {
    std::string left = std::string("  -") + flag.letter + " " + std::string(flag.argument);
    left.resize(12, ' ');
    text += left + std::string(flag.help) + "\n";
  }
  return text;
}

}  // namespace ot
