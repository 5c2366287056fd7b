// Bytes directly before an unreadable page: reading one byte too far crashes, even without a
// sanitizer.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"

namespace ot {

class GuardedBytes {
 public:
  // Room for up to `capacity` bytes.
  explicit GuardedBytes(size_t capacity) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    room_ = (capacity + page - 1) / page * page;
    size_ = room_ + page;
    map_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map_ == MAP_FAILED || mprotect(edge(), page, PROT_NONE) != 0) std::abort();
  }
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;
  ~GuardedBytes() { munmap(map_, size_); }

  // The last `size` bytes before the unreadable page.
  [[nodiscard]] ByteSpan last(size_t size) {
    if (size > room_) std::abort();
    return {edge() - size, size};
  }

  // Copies `bytes` directly before the unreadable page, in place of the previous copy.
  [[nodiscard]] ByteView place(ByteView bytes) {
    const ByteSpan copy = last(bytes.size());
    std::copy(bytes.begin(), bytes.end(), copy.begin());
    return copy;
  }
  [[nodiscard]] std::string_view place(std::string_view text) {
    return as_text(place(as_bytes(text)));
  }

 private:
  [[nodiscard]] uint8_t* edge() { return static_cast<uint8_t*>(map_) + room_; }

  size_t room_ = 0;
  size_t size_ = 0;
  void* map_ = nullptr;
};

}  // namespace ot
