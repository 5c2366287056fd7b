// What most unit tests include, compiled once a variant and before all else, hence without a guard.
// Each test still names what it uses.
#include <gtest/gtest.h>

#include "tools/standard.h"
