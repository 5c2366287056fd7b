// Counts allocations: in a program linked with this file, every malloc, calloc, realloc and new.
#pragma once

#include <cstdint>

namespace ot::bench {

// Since the program began, all threads together.
[[nodiscard]] uint64_t allocations();

}  // namespace ot::bench
