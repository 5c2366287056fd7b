// Every key of the configuration, as one table: name, value, default, feature, effect.
//
// The table is the single source of defaults and of what `-t`, the sample and the manual have to
// speak of. A value gets into a Settings through the setter of its row and no other way. Adding a
// key takes a field in settings.h, a row in key_table.cc, a paragraph in opentracker.conf.sample
// and one in docs/opentracker.conf.5 (tests look for both). Pure and immutable.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/feature.h"
#include "config/settings.h"
#include "config/values.h"

namespace ot {

// What is wrong with a value and what would be right; nothing if it is good.
using Fault = std::optional<std::string>;

// What a key does in this version.
enum class Effect : uint8_t {
  in_effect,
  // Only the default is; any other value is taken with a warning.
  default_in_effect,
  // The part it speaks to is not there; without it the tracker does less, nothing dangerous.
  warns,
  // The part is not there, and to start without it would let in what the operator shuts out.
  refuses
};

struct Key {
  std::string_view name;   // "tracker.interval"
  std::string_view value;  // what to write, as in a synopsis: "DURATION"
  Fault (*set)(Settings& settings, std::string_view text, const Range& range) = nullptr;
  Range range{};
  // Empty: there is none.
  std::string_view default_text{};
  // What must be built in; null: nothing.
  const Feature* feature = nullptr;
  Effect effect = Effect::in_effect;
  // Given more than once, all count. The others: once a file, and the last file or flag counts.
  bool repeatable = false;
  std::string_view description{};

  [[nodiscard]] bool is_built_in() const { return feature == nullptr || feature->built_in; }
};

// In the order in which a configuration is printed.
[[nodiscard]] std::span<const Key> all_keys();
// Null if there is none of that name.
[[nodiscard]] const Key* find_key(std::string_view name);

// The key that somebody who wrote `name` may have meant; null if none is near.
[[nodiscard]] const Key* nearest_key(std::string_view name);

// How many letters have to be inserted, left out, changed or swapped with their neighbour to make
// one text of the other, case aside; `limit` if that are as many or more.
[[nodiscard]] size_t edit_distance(std::string_view a, std::string_view b, size_t limit = SIZE_MAX);

}  // namespace ot
