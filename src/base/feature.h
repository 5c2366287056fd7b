// What is known of a build switch: its name, and whether it was on.
//
// Apart from base/features.h so that code which only passes features on does not depend on which of
// them are on.
#pragma once

#include <string_view>

namespace ot {

struct Feature {
  std::string_view name;  // of the macro
  bool built_in;

  constexpr explicit operator bool() const { return built_in; }
};

}  // namespace ot
