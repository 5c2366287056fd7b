// Builds the configuration in force from the command line, files and defaults; checks it, and
// remembers where each value comes from.
//
// All values, whether from a line of a file, a flag or a default, are set by one function, which
// checks that the key is built in and the value valid. Files and flags apply in the order of the
// command line: a later value replaces an earlier one, except that repeatable keys collect their
// values. It does not stop at a fault but collects all of them, sorted by place. Thread: any,
// before the daemon starts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/keys.h"
#include "config/options.h"

namespace ot {

// Where a value comes from.
struct Origin {
  std::string text;   // "default", "opentracker.conf:12", "-p on the command line"
  std::string place;  // the start of a message about the value: "opentracker.conf:12: ", "-p: "
  // For sorting: the flag's place on the command line, from 1 (0: a default), and for a value from
  // a file its line (0: a flag).
  uint32_t word = 0;
  uint32_t line = 0;

  // What a message about the value begins with, the key of a file's line included, without colon:
  // "opentracker.conf:12: listen.tcp", "-p"; empty for a default.
  [[nodiscard]] std::string name(const Key& key) const;
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
  // Whether a flag is at fault, so that pointing to -h helps.
  bool in_command_line = false;
  // As in Origin, for sorting.
  uint32_t word = 0;
  uint32_t line = 0;
};

// About a value that is valid and probably not meant, or has no effect in this version.
struct ConfigWarning {
  ConfigWarning(const Origin& origin, const Key& key, std::string_view text);
  // About a flag that sets no key.
  ConfigWarning(const std::string& flag, std::string text)
      : place(flag + ": "), message(std::move(text)) {}

  std::string place{};  // as in Origin
  std::string message;
  // As in Origin, for sorting.
  uint32_t word = 0;
  uint32_t line = 0;

  [[nodiscard]] std::string text() const { return place + message; }
};

struct Configuration {
  // Valid only if there are no errors.
  Settings settings;
  std::vector<ConfigEntry> entries;
  std::vector<ConfigError> errors;
  std::vector<ConfigWarning> warnings;
  // False if the value of tracker.rootdir or tracker.user is invalid, so that nobody can say where
  // the files are.
  bool knows_where = true;
};

// Adds what was found out later about the value of `key`, one of all_keys(). Both stay sorted by
// place.
void add_error(Configuration& configuration, std::string_view key, std::string_view message);
void add_warning(Configuration& configuration, std::string_view key, std::string_view message);

// Reads the files named on the command line, relative to the working directory.
[[nodiscard]] Configuration configure(const CommandLine& line);

// The same from the text of a file that messages call `name`.
[[nodiscard]] Configuration configure(std::string_view text, std::string_view name);

// What -t prints: the entries as a configuration file, with their origins as comments. Reading it
// gives the same settings.
[[nodiscard]] std::string effective_configuration(const Configuration& configuration);

}  // namespace ot
