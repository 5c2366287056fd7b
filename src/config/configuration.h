// The configuration in force: command line and files, defaults, checks, and where each value is
// from.
//
// One door sets every value, whoever says it: a line of a file, a flag, a default. It checks that
// the key exists and is built in and that the value is good, and remembers the origin. Files and
// flags count in the order of the command line: of a single value the last one counts, repeatable
// ones add up. Faults never stop it: all of them are collected, sorted by place. Thread: any,
// before the daemon starts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/keys.h"
#include "config/options.h"

namespace ot {

// Where a value is from.
struct Origin {
  std::string text;   // "default", "opentracker.conf:12", "-p on the command line"
  std::string place;  // what a message about it begins with: "opentracker.conf:12: ", "-p: "
  // For sorting: the word of the command line, from 1 (0: a default), and the line of its file.
  uint32_t word = 0;
  uint32_t line = 0;

  [[nodiscard]] bool is_default() const { return word == 0; }
  [[nodiscard]] bool of_flag() const { return word != 0 && line == 0; }
};

// A value in force, as text.
struct ConfigEntry {
  const Key* key = nullptr;
  std::string value;
  Origin origin;
};

struct ConfigError {
  // "opentracker.conf:12: tracker.interval: '30x' is not a duration; ..."
  std::string message;
  // Of a flag itself, so that a look at the usage may help.
  bool in_command_line = false;
};

struct Configuration {
  // Good only without errors.
  Settings settings;
  std::vector<ConfigEntry> entries;
  std::vector<ConfigError> errors;
  // About keys without effect in this version.
  std::vector<std::string> warnings;
};

// Reads the files that the command line names, relative to the working directory.
[[nodiscard]] Configuration configure(const CommandLine& line);

// The same from the text of one file, which is called `name` in messages.
[[nodiscard]] Configuration configure(std::string_view text, std::string_view name);

// The entries as a configuration file with their origins as comments: what -t prints. Read again it
// gives the same settings.
[[nodiscard]] std::string effective_configuration(const Configuration& configuration);

}  // namespace ot
