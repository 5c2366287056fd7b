#include "base/function_ref.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace ot {
namespace {

int apply(FunctionRef<int(int)> function, int value) { return function(value); }

TEST(FunctionRef, CallsALambdaWithItsCaptures) {
  int calls = 0;
  EXPECT_EQ(apply([&](int value) { return ++calls, value * 2; }, 21), 42);
  EXPECT_EQ(calls, 1);
}

TEST(FunctionRef, CallsConstAndMutableObjects) {
  struct Counter {
    int count = 0;
    int operator()(int by) { return count += by; }
  };
  Counter counter;
  EXPECT_EQ(apply(counter, 2), 2);
  EXPECT_EQ(apply(counter, 3), 5) << "the object itself, no copy";
  const auto negate = [](int value) { return -value; };
  EXPECT_EQ(apply(negate, 4), -4);
}

int triple(int value) { return 3 * value; }

TEST(FunctionRef, CallsAFunction) {
  EXPECT_EQ(apply(triple, 2), 6);
  EXPECT_EQ(apply(&triple, 3), 9);
}

TEST(FunctionRef, CopiesPointToTheSameCallable) {
  int calls = 0;
  const auto count = [&] { ++calls; };
  const FunctionRef<void()> first(count);
  const FunctionRef<void()> second = first;
  first();
  second();
  EXPECT_EQ(calls, 2);
}

TEST(FunctionRef, HandsArgumentsOnWithoutCopies) {
  auto text = std::make_unique<std::string>("moved");
  const auto take = [](std::unique_ptr<std::string> given) { return given->size(); };
  const FunctionRef<size_t(std::unique_ptr<std::string>)> size_of(take);
  EXPECT_EQ(size_of(std::move(text)), 5U);
}

}  // namespace
}  // namespace ot
