#include "config/options.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "base/features.h"
#include "base/text.h"

namespace ot {
namespace {

constexpr char kNoLetter = '\0';

struct FlagRow;

// A flag on the command line.
struct GivenFlag {
  const FlagRow& row;
  std::string written;
  std::string_view value;
};

struct FlagRow {
  char letter;  // kNoLetter if it has only the long form
  std::string_view name;
  std::string_view argument;  // empty if it takes none; in brackets if it may be left out
  std::string_view key;       // the key it sets; empty if it sets none
  Fault (*apply)(CommandLine& line, const GivenFlag& flag);
  std::string_view help;
};

Fault add_item(CommandLine& line, const GivenFlag& flag, std::string value) {
  const Key* key = find_key(flag.row.key);
  assert(key != nullptr);  // an item without a key would be a file
  line.items.push_back({flag.written, key, std::move(value)});
  return std::nullopt;
}

Fault set_key(CommandLine& line, const GivenFlag& flag) {
  return add_item(line, flag, std::string(flag.value));
}

Fault say_yes(CommandLine& line, const GivenFlag& flag) { return add_item(line, flag, "yes"); }

Fault set_address(CommandLine& line, const GivenFlag& flag) {
  const auto address = parse_own_address(flag.value);
  if (!address) return address.error();
  if (const auto meant = endpoint_meant_by(flag.value)) {
    line.warnings.push_back({flag.written, printable(flag.value) +
                                               " is an address; did you mean -i " +
                                               meant->address.to_string() + " and port " +
                                               std::to_string(meant->port) + "?"});
  }
  line.address = *address;
  line.address_flag = flag.written;
  return std::nullopt;
}

// Sets a key whose value is an address and a port: the address of the last -i, or `any`.
Fault set_port(CommandLine& line, const GivenFlag& flag, std::string_view any) {
  const auto port = parse_port(flag.value);
  if (!port) return port.error();
  return add_item(line, flag,
                  line.address ? Endpoint{*line.address, *port}.to_string()
                               : std::string(any) + ":" + std::to_string(*port));
}

Fault set_listener(CommandLine& line, const GivenFlag& flag) { return set_port(line, flag, "*"); }

Fault set_sync_port(CommandLine& line, const GivenFlag& flag) {
  return set_port(line, flag, features::kV6Only ? "[::]" : "0.0.0.0");
}

Fault read_file(CommandLine& line, const GivenFlag& flag) {
  if (flag.value.empty()) return "the name of the file is empty";
  line.items.push_back({flag.written, nullptr, std::string(flag.value)});
  return std::nullopt;
}

Fault ask_health(CommandLine& line, const GivenFlag& flag) {
  line.health = true;
  if (flag.value.empty()) return std::nullopt;
  const auto url = parse_health_url(flag.value);
  if (!url) return url.error();
  line.health_url = *url;
  return std::nullopt;
}

template <auto kWish>
Fault wish(CommandLine& line, const GivenFlag& /*flag*/) {
  line.*kWish = true;
  return std::nullopt;
}

constexpr std::array<FlagRow, 17> kFlags{{
    {'f', "config", "FILE", "", read_file, "read this configuration file; later flags override it"},
    {'i', "address", "IP", "", set_address,
     "address for the -p, -P and -s that follow; default: all"},
    {'p', "tcp-port", "PORT", "listen.tcp", set_listener,
     "serve HTTP on this port; repeatable; default: 6969"},
    {'P', "udp-port", "PORT", "listen.udp", set_listener,
     "serve UDP on this port; repeatable; default: 6969"},
    {'d', "rootdir", "DIR", "tracker.rootdir", set_key,
     "chroot here if started as root, otherwise chdir here; default: ."},
    {'u', "user", "USER", "tracker.user", set_key,
     "become this user if started as root; default: nobody"},
    {'r', "redirect-url", "URL", "tracker.redirect_url", set_key,
     "redirect browsers that ask for / to this URL"},
    {'A', "bless", "NET", "access.bless", set_key,
     "allow this network to do everything that is restricted; repeatable"},
    {'w', "whitelist", "FILE", "access.whitelist", set_key,
     "serve only the info_hashes in this file"},
    {'b', "blacklist", "FILE", "access.blacklist", set_key,
     "serve all but the info_hashes in this file"},
    {'l', "load-statedump", "FILE", "tracker.load_statedump", set_key,
     "load torrents from this state dump at start"},
    {kNoLetter, "skip-bad-lines", "", "tracker.skip_bad_lines", say_yes,
     "skip invalid lines in that dump instead of refusing to start"},
    {'s', "livesync-port", "PORT", "livesync.cluster.listen", set_sync_port,
     "share peers with other trackers on this port"},
    {'t', "check", "", "", wish<&CommandLine::check>,
     "check the configuration, print it, and exit"},
    {kNoLetter, "health", "[URL]", "", ask_health,
     "ask the tracker at this URL, or at the configured listeners; exit with 0 or 1"},
    {'v', "version", "", "", wish<&CommandLine::show_version>,
     "print version and built-in features"},
    {'h', "help", "", "", wish<&CommandLine::show_help>, "print this help"},
}};

const FlagRow* find_flag(char letter) {
  const auto* row = std::find_if(kFlags.begin(), kFlags.end(),
                                 [letter](const FlagRow& flag) { return flag.letter == letter; });
  return row == kFlags.end() ? nullptr : row;
}

const FlagRow* find_flag(std::string_view name) {
  const auto* row = std::find_if(kFlags.begin(), kFlags.end(),
                                 [name](const FlagRow& flag) { return flag.name == name; });
  return row == kFlags.end() ? nullptr : row;
}

std::string unknown_flag(std::string_view dashes, std::string_view name) {
  const auto* nearest =
      std::min_element(kFlags.begin(), kFlags.end(), [name](const FlagRow& a, const FlagRow& b) {
        return edit_distance(a.name, name) < edit_distance(b.name, name);
      });
  const std::string fault = "unknown flag " + printable(dashes) + printable(name);
  const bool near = name.size() > 2 && name.size() < 32 && edit_distance(nearest->name, name) <= 2;
  return near ? fault + "; did you mean --" + std::string(nearest->name) + "?" : fault;
}

// -conf, -config and -check probably mean the long forms; in -xyz, the wrong letter is named.
std::string unknown_letter(char letter, std::string_view letters) {
  const std::string whole = unknown_flag("-", letters);
  return whole.ends_with("?") ? whole : "unknown flag " + printable(std::string{'-', letter});
}

std::string not_a_flag(std::string_view word) {
  const std::string fault = in_quotes(word) + " is not a flag";
  const bool is_file = word.ends_with(".conf") || word.ends_with(".cfg");
  return is_file ? fault + "; did you mean -f " + printable(word) + "?" : fault;
}

class Parser {
 public:
  explicit Parser(std::span<const char* const> words) : words_(words) {}

  [[nodiscard]] CommandLine parse() {
    while (!words_.empty()) {
      const std::string_view word = next();
      if (word.starts_with("--")) {
        parse_long(word.substr(2));
      } else if (word.size() > 1 && word[0] == '-') {
        parse_letters(word.substr(1));
      } else {
        line_.faults.push_back(not_a_flag(word));
      }
    }
    return std::move(line_);
  }

 private:
  std::string_view next() {
    const std::string_view word = words_.front();
    words_ = words_.subspan(1);
    return word;
  }

  void parse_long(std::string_view text) {
    const size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    const FlagRow* row = find_flag(name);
    if (row == nullptr) return line_.faults.push_back(unknown_flag("--", name));
    const bool attached = equals != std::string_view::npos;
    GivenFlag flag{*row, "--" + std::string(name), attached ? text.substr(equals + 1) : ""};
    if (attached && row->argument.empty()) {
      return line_.faults.push_back(flag.written + ": takes no argument");
    }
    if (attached || take_argument(flag)) apply(flag);
  }

  void parse_letters(std::string_view letters) {
    for (size_t at = 0; at < letters.size(); ++at) {
      const FlagRow* row = find_flag(letters[at]);
      const std::string written{'-', letters[at]};
      if (row == nullptr) return line_.faults.push_back(unknown_letter(letters[at], letters));
      GivenFlag flag{*row, written, {}};
      if (!row->argument.empty() && at + 1 < letters.size()) {
        flag.value = letters.substr(at + 1);
        return apply(flag);
      }
      if (take_argument(flag)) apply(flag);
    }
  }

  // Takes the next word as the argument if the flag needs one; false if there is none.
  bool take_argument(GivenFlag& flag) {
    if (flag.row.argument.empty()) return true;
    if (flag.row.argument.starts_with('[') && (words_.empty() || words_.front()[0] == '-'))
      return true;
    if (words_.empty()) {
      line_.faults.push_back(flag.written +
                             ": needs an argument: " + std::string(flag.row.argument));
      return false;
    }
    flag.value = next();
    return true;
  }

  void apply(const GivenFlag& flag) {
    if (const Fault fault = flag.row.apply(line_, flag)) {
      line_.faults.push_back(flag.written + ": " + *fault);
    }
  }

  std::span<const char* const> words_;
  CommandLine line_;
};

// What -h adds to the help of a flag that does not work in this build.
std::string_view shortcoming(const FlagRow& flag) {
  const Key* key = find_key(flag.key);
  if (key == nullptr) return "";
  if (!key->is_built_in()) return " (not built in)";
  return key->effect == Effect::in_effect ? "" : " (not yet)";
}

}  // namespace

CommandLine parse_command_line(std::span<const char* const> arguments) {
  return Parser(arguments).parse();
}

std::string usage() {
  constexpr size_t kHelpColumn = 30;
  std::string text = "usage: opentracker [flags]\n";
  for (const FlagRow& flag : kFlags) {
    std::string left = flag.letter == kNoLetter ? std::string("      --")
                                                : std::string("  -") + flag.letter + ", --";
    left += std::string(flag.name) + " " + std::string(flag.argument);
    left.resize(kHelpColumn, ' ');
    text += left + std::string(flag.help) + std::string(shortcoming(flag)) + "\n";
  }
  return text;
}

}  // namespace ot
