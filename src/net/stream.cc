#include "net/stream.h"

#include <cassert>
#include <cstring>

namespace ot {

ByteSpan OutputBuffer::reserve(size_t size) {
  if (size > capacity()) return {};
  if (begin_ == end_) begin_ = end_ = 0;
  if (size > capacity() - end_) flush(false);
  return memory_.subspan(end_, size);
}

void OutputBuffer::commit(size_t offset, size_t size) {
  assert(offset <= capacity() - end_ && size <= capacity() - end_ - offset);
  if (begin_ == end_) {
    begin_ = end_ = end_ + offset;  // the first reply stays where it was written
  } else {
    std::memmove(memory_.data() + end_, memory_.data() + end_ + offset, size);
  }
  end_ += size;
}

bool OutputBuffer::append(ByteView bytes) {
  const ByteSpan room = reserve(bytes.size());
  if (room.size() != bytes.size()) return false;
  if (bytes.empty()) return true;
  std::memcpy(room.data(), bytes.data(), bytes.size());
  commit(0, bytes.size());
  return true;
}

void OutputBuffer::flush(bool last) {
  if (begin_ != end_) sink_.write(pending(), last);
  begin_ = end_ = 0;
}

}  // namespace ot
