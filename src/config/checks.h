// What values must be to each other: the conditions that no single key can check.
//
// A table of pure functions over Settings. Thread: any.
#pragma once

#include <span>
#include <string_view>

#include "config/keys.h"

namespace ot {

struct Check {
  // The keys that can be at fault; the one that was given last is blamed.
  std::string_view first;
  std::string_view second;
  // What is wrong, and what would be right.
  Fault (*judge)(const Settings& settings);
};

[[nodiscard]] std::span<const Check> all_checks();

// Defaults that follow from other values, as text; asked for once those are known.
struct DerivedDefault {
  std::string_view key;
  std::string_view from;
  // The default that stands in the table, cut to what other values leave room for.
  std::string (*value)(const Settings& settings);
};

// Each may use the values of the ones before it.
[[nodiscard]] std::span<const DerivedDefault> all_derived_defaults();

}  // namespace ot
