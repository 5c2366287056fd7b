// A build switch: its name and whether it was on.
//
// Separate from base/features.h so that code which only passes switches on is not compiled anew
// when one of them changes.
#pragma once

#include <string_view>

namespace ot {

struct Feature {
  std::string_view name;  // of the macro
  bool built_in;

  constexpr explicit operator bool() const { return built_in; }
};

}  // namespace ot
