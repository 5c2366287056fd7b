#include "config/configuration.h"

#include <algorithm>
#include <cassert>
#include <set>
#include <tuple>

#include "base/text.h"
#include "config/checks.h"
#include "config/config_file.h"
#include "config/listen_clashes.h"
#include "config/warnings.h"

namespace ot {
namespace {

// Enough to correct a configuration; a file of another kind would give an error for every line.
constexpr size_t kMaxErrors = 200;

std::string unknown_key(std::string_view name) {
  const std::string_view before_equals = name.substr(0, name.find('='));
  if (const Key* key = find_key(before_equals); key != nullptr) {
    return "unknown key; write white space between key and value: " + std::string(key->name) + " " +
           std::string(key->value);
  }
  const Key* nearest = nearest_key(name);
  if (nearest == nullptr) return "unknown key; the manual, opentracker.conf(5), lists all keys";
  return "unknown key; did you mean " + std::string(nearest->name) + "?";
}

// Whether the value can be written in a file, as -t does.
bool fits_a_line(std::string_view value) {
  const std::string line = "key " + std::string(value);
  const std::vector<ConfigLine> again = parse_config(line);
  return again.size() == 1 && again[0].value == value;
}

bool is_quoted(std::string_view value) {
  return value.size() >= 2 && value.front() == value.back() &&
         (value.front() == '"' || value.front() == '\'');
}

std::string unquoted(std::string_view value) {
  return printable(value.substr(1, value.size() - 2));
}

// Names the key, unless the origin is a flag: the flag's name says enough.
std::string named(const Origin& origin, const Key& key, std::string_view message) {
  return (origin.of_flag() ? std::string() : std::string(key.name) + ": ") + std::string(message);
}

constexpr auto kStandsBefore = [](const auto& a, const auto& b) {
  return std::tie(a.word, a.line) < std::tie(b.word, b.line);
};

class Builder {
 public:
  void read_command_line(const CommandLine& line);
  void read_text(std::string_view text, std::string_view name, uint32_t word);
  [[nodiscard]] Configuration finish(const CommandLine& line);

 private:
  void read_file(const CommandLine::Item& item, uint32_t word);
  void read_line(const ConfigLine& line, const Origin& origin);
  // Every value is set here. True if the value is now in force.
  bool set(const Key& key, std::string_view value, const Origin& origin);
  void remember(const Key& key, std::string_view value, const Origin& origin);
  // Tells the settings that are used at start where they come from.
  void mark_places(const Key& key, const Origin& origin);
  // The last entry of the key, or null.
  [[nodiscard]] ConfigEntry* find(std::string_view key);

  void set_default_listener(const CommandLine& line);
  void set_defaults();
  void check();
  void look_at_effects();
  void look_at_listeners();
  void sort();

  void complain(const Origin& origin, std::string_view message);
  void complain(const Origin& origin, const Key& key, std::string_view message);

  Configuration result_;
  std::vector<ConfigError> errors_;
  // Keys with an invalid value: a check that involves one of them would only repeat the error.
  std::set<std::string_view> spoilt_;
};

void Builder::complain(const Origin& origin, std::string_view message) {
  errors_.push_back(
      {origin.place + std::string(message), origin.of_flag(), origin.word, origin.line});
}

void Builder::complain(const Origin& origin, const Key& key, std::string_view message) {
  complain(origin, named(origin, key, message));
}

void Builder::read_command_line(const CommandLine& line) {
  for (const std::string& fault : line.faults) complain({{}, {}, 1, 0}, fault);
  for (const auto& [flag, text] : line.warnings) result_.warnings.emplace_back(flag, text);
  uint32_t word = 0;
  for (const CommandLine::Item& item : line.items) {
    ++word;
    if (item.key == nullptr) {
      read_file(item, word);
    } else {
      set(*item.key, item.value, {item.flag + " on the command line", item.flag + ": ", word, 0});
    }
  }
}

void Builder::read_file(const CommandLine::Item& item, uint32_t word) {
  const auto text = read_config_file(item.value);
  if (text) return read_text(*text, item.value, word);
  // The file is at fault, not the flag: the usage would not help.
  errors_.push_back({item.flag + ": " + printable(text.error().message()), false, word, 0});
}

void Builder::read_text(std::string_view text, std::string_view name, uint32_t word) {
  const std::string file = printable(name);
  for (const ConfigLine& line : parse_config(text)) {
    const std::string place = file + ":" + std::to_string(line.number);
    read_line(line, {place, place + ": ", word, line.number});
  }
}

void Builder::read_line(const ConfigLine& line, const Origin& origin) {
  if (!line.fault.empty()) return complain(origin, line.fault);
  const Key* key = find_key(line.key);
  if (key == nullptr) return complain(origin, printable(line.key) + ": " + unknown_key(line.key));
  if (line.value.empty()) {
    spoilt_.insert(key->name);
    return complain(
        origin, *key,
        "the value is missing; write " + std::string(key->name) + " " + std::string(key->value));
  }
  const ConfigEntry* before = key->repeatable ? nullptr : find(key->name);
  if (before != nullptr && before->origin.word == origin.word) {
    return complain(origin, *key,
                    "given twice; the first is on line " + std::to_string(before->origin.line));
  }
  set(*key, line.value, origin);
}

bool Builder::set(const Key& key, std::string_view value, const Origin& origin) {
  if (!key.is_built_in()) {
    complain(origin, key,
             "not built in; needs a build with " + std::string(key.feature->name) + " in FEATURES");
    return false;
  }
  if (origin.of_flag() && !fits_a_line(value)) {
    complain(origin, key,
             in_quotes(value) +
                 " cannot be written in a configuration file: it must not have white space at "
                 "either end, control characters, or a # after white space");
    spoilt_.insert(key.name);
    return false;
  }
  if (is_quoted(value)) {
    complain(origin, key, "the value is in quotes; write it without: " + unquoted(value));
    spoilt_.insert(key.name);
    return false;
  }
  if (const Fault fault = key.set(result_.settings, value, key.range)) {
    complain(origin, key, *fault);
    spoilt_.insert(key.name);
    return false;
  }
  remember(key, value, origin);
  mark_places(key, origin);
  return true;
}

void Builder::mark_places(const Key& key, const Origin& origin) {
  const std::string name = origin.name(key);
  std::vector<ListenOption>& sockets = result_.settings.listen.sockets;
  for (auto made = sockets.rbegin(); made != sockets.rend() && made->place.empty(); ++made)
    made->place = name;
}

void Builder::remember(const Key& key, std::string_view value, const Origin& origin) {
  ConfigEntry* before = key.repeatable ? nullptr : find(key.name);
  if (before == nullptr) {
    result_.entries.push_back({&key, std::string(value), origin});
  } else {
    *before = {&key, std::string(value), origin};
  }
}

ConfigEntry* Builder::find(std::string_view key) {
  const auto entry = std::find_if(result_.entries.rbegin(), result_.entries.rend(),
                                  [key](const ConfigEntry& e) { return e.key->name == key; });
  return entry == result_.entries.rend() ? nullptr : &*entry;
}

void Builder::set_default_listener(const CommandLine& line) {
  if (!result_.settings.listen.sockets.empty()) return;
  const Key& key = *find_key("listen.tcp_udp");
  result_.settings.listen.by_default = true;
  if (!line.address) {
    set(key, key.default_text, {"default", {}, 0, 0});
    return;
  }
  set(key, Endpoint{*line.address, kDefaultPort}.to_string(),
      {line.address_flag + " on the command line", line.address_flag + ": ", 1, 0});
}

void Builder::set_defaults() {
  const Origin origin{"default", {}, 0, 0};
  for (const Key& key : all_keys()) {
    if (key.default_text.empty() || find(key.name) != nullptr) continue;
    if (key.name == "listen.tcp_udp") continue;
    if (key.is_built_in()) {
      set(key, key.default_text, origin);
    } else {
      // Nobody can set another value, but the code that reads the field needs one.
      const Fault none = key.set(result_.settings, key.default_text, key.range);
      if (none) complain(origin, key, *none);
    }
  }
  for (const DerivedDefault& derived : all_derived_defaults()) {
    const ConfigEntry* entry = find(derived.key);
    if (entry != nullptr && !entry->origin.is_default()) continue;
    const std::string value = derived.value(result_.settings);
    if (entry != nullptr && entry->value == value) continue;
    set(*find_key(derived.key), value, {"default, from " + std::string(derived.from), {}, 0, 0});
  }
}

void Builder::check() {
  for (const Check& check : all_checks()) {
    if (spoilt_.contains(check.first) || spoilt_.contains(check.second)) continue;
    const Fault fault = check.judge(result_.settings);
    if (!fault) continue;
    const auto place = [](const ConfigEntry* entry) {
      return entry == nullptr ? std::tuple(0U, 0U)
                              : std::tuple(entry->origin.word, entry->origin.line);
    };
    const ConfigEntry* first = find(check.first);
    const ConfigEntry* second = find(check.second);
    const ConfigEntry* blamed = place(first) >= place(second) ? first : second;
    assert(blamed != nullptr);
    complain(blamed->origin, *blamed->key, *fault);
  }
}

void Builder::look_at_effects() {
  for (const ConfigEntry& entry : result_.entries) {
    const Key& key = *entry.key;
    if (entry.origin.is_default() || key.effect == Effect::in_effect) continue;
    if (key.effect == Effect::default_in_effect && entry.value == key.default_text) continue;
    if (key.effect == Effect::refuses) {
      complain(entry.origin, key,
               "this version does not enforce it yet and would serve more than you allow; remove "
               "it to start the tracker");
    } else {
      result_.warnings.emplace_back(entry.origin, key, "has no effect in this version");
    }
  }
}

void Builder::look_at_listeners() {
  for (const ListenClash& clash : listen_clashes(result_.entries)) {
    const ConfigEntry& second = *clash.second;
    complain(second.origin, *second.key, clash.message());
  }
}

// Listeners keep their order, because a number of workers applies to the listeners after it.
void Builder::sort() {
  const auto rank = [](const ConfigEntry& entry) -> const Key* {
    return entry.key->name.starts_with("listen.") ? all_keys().data() : entry.key;
  };
  std::stable_sort(
      result_.entries.begin(), result_.entries.end(),
      [rank](const ConfigEntry& a, const ConfigEntry& b) { return rank(a) < rank(b); });
  std::stable_sort(errors_.begin(), errors_.end(), kStandsBefore);
}

Configuration Builder::finish(const CommandLine& line) {
  set_default_listener(line);
  set_defaults();
  check();
  look_at_effects();
  look_at_listeners();
  sort();
  for (const ConfigEntry& entry : result_.entries) {
    if (entry.origin.is_default()) continue;
    result_.settings.places[std::string(entry.key->name)] =
        entry.origin.place + named(entry.origin, *entry.key, "");
  }
  result_.knows_where = !spoilt_.contains("tracker.rootdir") && !spoilt_.contains("tracker.user");
  if (errors_.empty()) {
    for (ConfigWarning& warning : warnings_about(result_.settings, result_.entries))
      result_.warnings.push_back(std::move(warning));
    std::stable_sort(result_.warnings.begin(), result_.warnings.end(), kStandsBefore);
  }
  for (ConfigError& error : errors_) {
    if (result_.errors.size() == kMaxErrors) {
      const size_t more = errors_.size() - kMaxErrors;
      result_.errors.push_back({"and " + std::to_string(more) + " more errors"});
      break;
    }
    result_.errors.push_back(std::move(error));
  }
  return std::move(result_);
}

// What -t adds to the origin.
std::string remark(const ConfigEntry& entry) {
  if (entry.key->effect == Effect::in_effect) return {};
  const bool is_default = entry.value == entry.key->default_text;
  if (entry.key->effect == Effect::default_in_effect && is_default) return {};
  return ", no effect in this version";
}

std::pair<Origin, const Key*> origin_of(const Configuration& configuration, std::string_view key) {
  const Key* row = find_key(key);
  assert(row != nullptr);
  for (const ConfigEntry& entry : configuration.entries)
    if (entry.key == row) return {entry.origin, row};
  return {{"default", {}, 0, 0}, row};
}

}  // namespace

ConfigWarning::ConfigWarning(const Origin& origin, const Key& key, std::string_view text)
    : place(origin.place),
      message(named(origin, key, text)),
      word(origin.word),
      line(origin.line) {}

void add_error(Configuration& configuration, std::string_view key, std::string_view message) {
  const auto [origin, row] = origin_of(configuration, key);
  ConfigError error{origin.place + named(origin, *row, message), false, origin.word, origin.line};
  auto& errors = configuration.errors;
  errors.insert(std::upper_bound(errors.begin(), errors.end(), error, kStandsBefore),
                std::move(error));
}

void add_warning(Configuration& configuration, std::string_view key, std::string_view message) {
  const auto [origin, row] = origin_of(configuration, key);
  ConfigWarning warning(origin, *row, message);
  auto& warnings = configuration.warnings;
  warnings.insert(std::upper_bound(warnings.begin(), warnings.end(), warning, kStandsBefore),
                  std::move(warning));
}

std::string Origin::name(const Key& key) const {
  if (is_default()) return {};
  if (of_flag()) return place.substr(0, place.rfind(':'));
  return place + std::string(key.name);
}

Configuration configure(const CommandLine& line) {
  Builder builder;
  builder.read_command_line(line);
  return builder.finish(line);
}

Configuration configure(std::string_view text, std::string_view name) {
  Builder builder;
  builder.read_text(text, name, 1);
  return builder.finish({});
}

std::string effective_configuration(const Configuration& configuration) {
  constexpr size_t kOriginColumn = 48;
  std::string text;
  for (const ConfigEntry& entry : configuration.entries) {
    std::string line = std::string(entry.key->name) + " " + entry.value;
    line.resize(std::max(line.size(), kOriginColumn), ' ');
    text += line + "  # " + entry.origin.text + remark(entry) + "\n";
  }
  return text;
}

}  // namespace ot
