// The table of configuration keys: name, value, default, build switch, effect.
//
// It is the only source of defaults, and `-t`, the sample and the manual follow it. The setter of
// its row is the only way to set a value in a Settings. To add a key, add a field in settings.h, a
// row in key_table.cc, and a paragraph each in opentracker.conf.sample and docs/opentracker.conf.5;
// tests check the last two. Immutable; any thread.
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

// What is wrong with a value and how to correct it; nothing if the value is valid.
using Fault = std::optional<std::string>;

// What a key does in this version.
enum class Effect : uint8_t {
  in_effect,
  // Only the default has an effect; other values are accepted with a warning.
  default_in_effect,
  // None, because its feature is missing; accepted with a warning, because the tracker is safe
  // without it.
  warns,
  // None, because its feature is missing; an error, because the tracker would serve clients that
  // the operator excludes.
  refuses
};

struct Key {
  std::string_view name;   // "tracker.interval"
  std::string_view value;  // the kind of value, as in a synopsis: "DURATION"
  Fault (*set)(Settings& settings, std::string_view text, const Range& range) = nullptr;
  Range range{};
  // Empty if the key has no default.
  std::string_view default_text{};
  // The build switch it needs, or null.
  const Feature* feature = nullptr;
  Effect effect = Effect::in_effect;
  // Whether the key collects all values it is given. Other keys may be given once in each file, and
  // the last file or flag counts.
  bool repeatable = false;
  std::string_view description{};

  [[nodiscard]] bool is_built_in() const { return feature == nullptr || feature->built_in; }
};

// In the order in which a configuration is printed.
[[nodiscard]] std::span<const Key> all_keys();
// The key with this name, or null.
[[nodiscard]] const Key* find_key(std::string_view name);

// The key most similar to `name`, for "did you mean"; null if none is similar.
[[nodiscard]] const Key* nearest_key(std::string_view name);

// The edit distance, ignoring case: how many letters must be inserted, removed, changed or swapped
// with their neighbour to turn one text into the other. At most `limit`.
[[nodiscard]] size_t edit_distance(std::string_view a, std::string_view b, size_t limit = SIZE_MAX);

}  // namespace ot
