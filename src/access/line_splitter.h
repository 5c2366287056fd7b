// Lines out of chunks that were cut anywhere, in bounded memory.
//
// Of a line the first kMaxListLine bytes are kept; the rest is dropped and the line says so. A line
// that lies in one chunk is handed out in place. How the text was cut changes nothing in the
// result.
#pragma once

#include <array>
#include <string_view>

#include "base/function_ref.h"

namespace ot {

// PIPE_BUF without the line feed: what one write(2) can put into a FIFO in one piece.
inline constexpr size_t kMaxListLine = 4095;

struct TextLine {
  std::string_view text;  // without the line feed
  bool cut = false;       // the line is longer than its text
};

class LineSplitter {
 public:
  using OnLine = FunctionRef<void(const TextLine&)>;

  // Calls on_line for every line that ends in this chunk; the text lives as long as the call.
  void add(std::string_view chunk, OnLine on_line);
  // What stands behind the last line feed, if anything does; it is forgotten.
  void finish(OnLine on_line);
  // The same, left where it is.
  [[nodiscard]] TextLine pending() const { return {{kept_.data(), size_}, cut_}; }
  void forget_pending();

 private:
  void keep(std::string_view part);

  std::array<char, kMaxListLine> kept_{};
  size_t size_ = 0;
  bool cut_ = false;
};

}  // namespace ot
