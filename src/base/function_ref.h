// FunctionRef<R(Args...)>: a view of a callable, for parameters only.
//
// Two words, no allocation. Do not keep it past the call it was made for: it may refer to a
// temporary.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace ot {

template <typename Signature>
class FunctionRef;

template <typename R, typename... Args>
class FunctionRef<R(Args...)> {
  // Whether F is an object to call, not another FunctionRef to copy.
  template <typename F>
  static constexpr bool kRefersTo =
      !std::same_as<std::remove_cvref_t<F>, FunctionRef> &&
      std::is_object_v<std::remove_reference_t<F>> && std::is_invocable_r_v<R, F&, Args...>;

 public:
  // Both constructors are implicit on purpose, so that a caller can pass a lambda as it is.
  template <typename F, std::enable_if_t<kRefersTo<F>, int> = 0>
  FunctionRef(F&& callable)  // NOLINT(google-explicit-constructor)
      : target_{.object = const_cast<void*>(static_cast<const void*>(std::addressof(callable)))},
        call_([](Target target, Args... args) -> R {
          auto& object = *static_cast<std::remove_reference_t<F>*>(target.object);
          return object(std::forward<Args>(args)...);
        }) {}
  FunctionRef(R (*function)(Args...))  // NOLINT(google-explicit-constructor)
      : target_{.function = function}, call_([](Target target, Args... args) -> R {
          return target.function(std::forward<Args>(args)...);
        }) {}

  R operator()(Args... args) const { return call_(target_, std::forward<Args>(args)...); }

 private:
  union Target {
    void* object;
    R (*function)(Args...);
  };

  Target target_;
  R (*call_)(Target, Args...);
};

}  // namespace ot
