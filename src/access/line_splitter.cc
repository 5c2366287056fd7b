#include "access/line_splitter.h"

#include <algorithm>

namespace ot {

void LineSplitter::add(std::string_view chunk, OnLine on_line) {
  while (!chunk.empty()) {
    const size_t feed = chunk.find('\n');
    const std::string_view part = chunk.substr(0, feed);
    if (feed == std::string_view::npos) return keep(part);
    if (size_ == 0) {
      on_line({part.substr(0, kMaxListLine), part.size() > kMaxListLine});
    } else {
      keep(part);
      finish(on_line);
    }
    chunk.remove_prefix(feed + 1);
  }
}

void LineSplitter::finish(OnLine on_line) {
  if (size_ != 0) on_line(pending());
  forget_pending();
}

void LineSplitter::forget_pending() {
  size_ = 0;
  cut_ = false;
}

void LineSplitter::keep(std::string_view part) {
  const std::string_view fits = part.substr(0, kMaxListLine - size_);
  std::copy(fits.begin(), fits.end(), kept_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += fits.size();
  cut_ |= fits.size() < part.size();
}

}  // namespace ot
