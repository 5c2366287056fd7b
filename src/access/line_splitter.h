// Splits a text that arrives in chunks into lines, in bounded memory.
//
// The lines do not depend on how the text is cut into chunks. A line keeps its first kMaxListLine
// bytes; the rest is dropped, and `cut` says so. A line within one chunk is not copied.
#pragma once

#include <array>
#include <string_view>

#include "base/function_ref.h"

namespace ot {

// PIPE_BUF less the line feed: the longest line that a write(2) to a FIFO delivers in one piece.
inline constexpr size_t kMaxListLine = 4095;

struct TextLine {
  std::string_view text;  // without the line feed
  bool cut = false;       // the line is longer than its text
};

class LineSplitter {
 public:
  using OnLine = FunctionRef<void(const TextLine&)>;

  // Calls on_line for every line that ends in this chunk; its text is valid during the call.
  void add(std::string_view chunk, OnLine on_line);
  // Ends the text: calls on_line for what follows the last line feed, unless that is nothing.
  void finish(OnLine on_line);
  // What follows the last line feed so far.
  [[nodiscard]] TextLine pending() const { return {{kept_.data(), size_}, cut_}; }
  void forget_pending();

 private:
  void keep(std::string_view part);

  std::array<char, kMaxListLine> kept_{};
  size_t size_ = 0;
  bool cut_ = false;
};

}  // namespace ot
