// The command line: what it asks for, and what it says about the configuration.
//
// The flags are one table: letter, long form, argument, help, and what a flag does. One that sets a
// value says so as a text for a key of the configuration, so that flags and files are checked by
// the same door and later ones override earlier ones. Parsing is pure: it reads no file, no
// environment, and prints nothing.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/keys.h"

namespace ot {

struct CommandLine {
  // One flag about the configuration: a value for a key, or a file of such values.
  struct Item {
    std::string flag;  // as it was written: "-p", "--config"
    const Key* key = nullptr;
    // For the key; without one, the path of a configuration file.
    std::string value;
  };
  // In the order given.
  std::vector<Item> items;
  // The last -i and how it was written; what the default listener takes.
  std::optional<IpAddress> address;
  std::string address_flag;

  bool show_help = false;
  bool show_version = false;
  bool check = false;

  // "-p: '70000' is not a port (1 to 65535)"
  std::vector<std::string> faults;
};

// `arguments` without the program's name. Short flags may be grouped ("-vh") and have their
// argument attached ("-p80"); long ones are "--tcp-port 80" or "--tcp-port=80". Goes on behind a
// flag that is wrong.
[[nodiscard]] CommandLine parse_command_line(std::span<const char* const> arguments);

// The text of -h, a line a flag.
[[nodiscard]] std::string usage();

}  // namespace ot
