// The files that a configuration names, judged as the tracker will use them: as the user it runs as
// and inside its chroot.
//
// A table says for each key what its file must be; a new key with a path needs one row. judge()
// only opens and looks, and with Depth::contents reads lists and dumps, too; it creates and changes
// nothing. Thread: the one that starts the tracker.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/privileges.h"
#include "config/settings.h"

namespace ot {

// About the value of a key: "list.txt: Permission denied ...".
struct Finding {
  std::string_view key;  // of the table of keys
  std::string message;
};

struct Findings {
  std::vector<Finding> errors;  // the start is refused
  std::vector<Finding> warnings;
};

// How thoroughly: whether the files can be opened, or also whether their contents are accepted, and
// whether the state file can be written (without which the tracker starts all the same).
enum class Depth : uint8_t { access, contents };

class ConfiguredFiles {
 public:
  // Looks from outside: call it before root is given up and the directory changed. Judges the files
  // that are read before that.
  explicit ConfiguredFiles(const Settings& settings);

  // Call it after drop_privileges(). `settings` are those of the constructor.
  [[nodiscard]] Findings judge(const Settings& settings, const Standing& standing,
                               Depth depth) const;

 private:
  std::set<std::string_view> outside_;  // the keys whose file exists outside
  Findings found_outside_;
};

// The keys in the table, for a test that compares them with all keys.
[[nodiscard]] std::vector<std::string_view> keys_of_files();

}  // namespace ot
