// Result<T, E>: a value, or an error that says why there is no value.
//
// It has the member names of std::expected, which g++ 12 lacks and which can replace it one day. E
// is an enum on the hot path and SystemError for system calls. Nothing throws: calling value() on
// an error, or error() on a value, is a bug and fails an assert.
#pragma once

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

namespace ot {

template <typename E>
class Unexpected {
 public:
  constexpr explicit Unexpected(E error) : error_(std::move(error)) {}
  [[nodiscard]] constexpr E&& take() && { return std::move(error_); }

 private:
  E error_;
};

template <typename T, typename E>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose, so that a function can say `return value;` and
  // `return Unexpected(error);`. NOLINTBEGIN(google-explicit-constructor)
  constexpr Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  template <typename F>
  constexpr Result(Unexpected<F> error) : state_(std::in_place_index<1>, std::move(error).take()) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] constexpr bool has_value() const { return state_.index() == 0; }
  constexpr explicit operator bool() const { return has_value(); }

  [[nodiscard]] constexpr T& value() & { return *checked(); }
  [[nodiscard]] constexpr const T& value() const& { return *checked(); }
  [[nodiscard]] constexpr T&& value() && { return std::move(*checked()); }
  constexpr T& operator*() & { return value(); }
  constexpr const T& operator*() const& { return value(); }
  constexpr T&& operator*() && { return std::move(*this).value(); }
  constexpr T* operator->() { return checked(); }
  constexpr const T* operator->() const { return checked(); }

  [[nodiscard]] constexpr const E& error() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }

 private:
  [[nodiscard]] constexpr T* checked() {
    assert(has_value());
    return std::get_if<0>(&state_);
  }
  [[nodiscard]] constexpr const T* checked() const {
    assert(has_value());
    return std::get_if<0>(&state_);
  }

  std::variant<T, E> state_;
};

// Success without a value.
template <typename E>
class [[nodiscard]] Result<void, E> {
 public:
  constexpr Result() = default;
  template <typename F>  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr Result(Unexpected<F> error) : error_(std::move(error).take()) {}

  [[nodiscard]] constexpr bool has_value() const { return !error_.has_value(); }
  constexpr explicit operator bool() const { return has_value(); }
  [[nodiscard]] constexpr const E& error() const {
    assert(error_.has_value());
    return *error_;
  }

 private:
  std::optional<E> error_;
};

}  // namespace ot
