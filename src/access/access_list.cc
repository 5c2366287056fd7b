#include "access/access_list.h"

#include <sys/mman.h>

#include <cassert>
#include <new>

namespace ot {
namespace {

constexpr size_t kHugePage = size_t{2} << 20U;

// Fills three quarters of the table.
constexpr size_t lines_for(size_t hashes) { return hashes * 4 / 9 + 1; }

}  // namespace

// Versions of clang-format disagree about these two names unless they are in parentheses.
void AccessList::Release::operator()(Line* lines) const {
  (::operator delete)(lines, std::align_val_t{alignment});
}

AccessList::Lines AccessList::allocate(size_t count) {
  const size_t bytes = count * sizeof(Line);
  const size_t alignment = bytes >= 2 * kHugePage ? kHugePage : alignof(Line);
  void* room = (::operator new)(bytes, std::align_val_t{alignment});
  // Before the memory is first touched. If the kernel refuses, the list is slower.
  if (alignment == kHugePage) ::madvise(room, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
  std::memset(room, 0, bytes);
  return Lines(static_cast<Line*>(room), Release{alignment});
}

AccessList::AccessList() : hash_(SecretHash::Key{}) {}

AccessList::AccessList(std::span<const InfoHash> hashes, const SecretHash& hash) : hash_(hash) {
  if (hashes.empty()) return;
  constexpr size_t kAhead = 16;
  line_count_ = lines_for(hashes.size());
  assert(line_count_ <= UINT32_MAX);  // home_of() uses 32 bits of the hash
  lines_ = allocate(line_count_);
  for (size_t i = 0; i < hashes.size(); ++i) {
    if (i + kAhead < hashes.size())
      prefetch_line(&lines_[home_of(hash_(hashes[i + kAhead].bytes))]);
    insert(hashes[i]);
  }
}

// The loop ends because the table has room for more hashes than there are.
void AccessList::insert(const InfoHash& info_hash) {
  const uint64_t hash = hash_(info_hash.bytes);
  for (size_t at = home_of(hash);; at = next_line(at)) {
    Line& line = lines_[at];
    if (holds(line, info_hash) != 0) return;
    if (line.used < kHashesPerLine) {
      line.hashes[line.used++] = info_hash;
      ++size_;
      return;
    }
    line.marks |= static_cast<uint16_t>(mark_of(hash));
  }
}

}  // namespace ot
