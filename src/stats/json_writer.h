// Writes JSON (RFC 8259): objects, arrays, numbers and strings, without white space.
//
// The caller ends what it begins; commas and escapes are ours. Text is taken as UTF-8, and a
// control character becomes its \u escape. Ours rather than nlohmann-json, because that would
// replace only these hundred lines, build each document twice (as objects, then as text), and be
// one more package to build with.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

namespace ot {

class JsonWriter {
 public:
  void begin_object() { open('{'); }
  void begin_object(std::string_view name) { key(name), open('{'); }
  void end_object() { close('}'); }
  void begin_array(std::string_view name) { key(name), open('['); }
  void end_array() { close(']'); }

  void number(std::string_view name, uint64_t value) { key(name), number(value); }
  void number(uint64_t value);
  void text(std::string_view name, std::string_view value) { key(name), text(value); }
  void text(std::string_view value);

  // The document, with a newline at its end; all that was begun must be ended.
  [[nodiscard]] std::string finish() {
    assert(depth_ == 0);
    return std::move(out_) + "\n";
  }

 private:
  void separate();
  void open(char bracket);
  void close(char bracket);
  void key(std::string_view name);
  void quote(std::string_view value);

  std::string out_;
  size_t depth_ = 0;  // objects and arrays that have begun and not ended
  bool needs_comma_ = false;
};

}  // namespace ot
