// Parses the command line.
//
// The flags are a table: letter, long form, argument, action and help. A flag that sets a value
// gives it as text for a configuration key, so that the same code checks flags and files, and later
// ones override earlier ones. Pure: reads no file and no environment, prints nothing. Not
// getopt_long(3): it keeps global state and accepts abbreviations, and the messages about wrong
// flags would take as much code as the parsing does here.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/health_url.h"
#include "config/keys.h"

namespace ot {

struct CommandLine {
  // A flag that concerns the configuration.
  struct Item {
    std::string flag;  // as written: "-p", "--config"
    const Key* key = nullptr;
    // The value of the key; if there is no key, the path of a configuration file.
    std::string value;
  };
  // In the order given.
  std::vector<Item> items;
  // The last -i and how it was written; the default listener uses it.
  std::optional<IpAddress> address;
  std::string address_flag;

  bool show_help = false;
  bool show_version = false;
  bool check = false;
  bool health = false;
  // What --health is to ask; without a value: the listeners of the configuration.
  std::optional<HealthUrl> health_url;

  // "-p: '70000' is not a port (1 to 65535)"
  std::vector<std::string> faults;
  struct Warning {
    std::string flag;  // as written
    std::string text;  // "2001:db8::1:6969 is an address; did you mean ...?"
  };
  std::vector<Warning> warnings;
};

// `arguments` does not include the program's name. Short flags may be grouped ("-vh") and have
// their argument attached ("-p80"); long flags are "--tcp-port 80" or "--tcp-port=80"; an argument
// that may be left out does not begin with "-". Continues
// after a wrong flag.
[[nodiscard]] CommandLine parse_command_line(std::span<const char* const> arguments);

// The text of -h: a line for each flag.
[[nodiscard]] std::string usage();

}  // namespace ot
