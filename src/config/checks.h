// Conditions that involve several keys, and defaults that depend on other keys.
//
// Two tables of pure functions over Settings. Thread: any.
#pragma once

#include <span>
#include <string_view>

#include "config/keys.h"

namespace ot {

struct Check {
  // The keys that can be at fault; the error names the one given last. At least one of them has a
  // value whenever judge() finds a fault.
  std::string_view first;
  std::string_view second;
  // What is wrong and how to correct it.
  Fault (*judge)(const Settings& settings);
};

[[nodiscard]] std::span<const Check> all_checks();

// A default that depends on the value of another key.
struct DerivedDefault {
  std::string_view key;
  std::string_view from;
  // The default as text, computed when all keys that were given are set. If the table of keys has a
  // default as well, it is that one limited to what other values allow.
  std::string (*value)(const Settings& settings);
};

// In the order in which to compute them: a default may depend on those before it.
[[nodiscard]] std::span<const DerivedDefault> all_derived_defaults();

}  // namespace ot
