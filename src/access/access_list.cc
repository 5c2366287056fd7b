#include "access/access_list.h"

#include <sys/mman.h>

#include <new>

namespace ot {
namespace {

constexpr size_t kHugePage = size_t{2} << 20U;

// Three quarters of the room.
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
  // Before the first touch, and only a wish: without huge pages the list works as well, slower.
  if (alignment == kHugePage) ::madvise(room, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
  std::memset(room, 0, bytes);
  return Lines(static_cast<Line*>(room), Release{alignment});
}

AccessList::AccessList() : hash_(SecretHash::Key{}) {}

AccessList::AccessList(std::span<const InfoHash> hashes, const SecretHash& hash) : hash_(hash) {
  if (hashes.empty()) return;
  constexpr size_t kAhead = 16;
  line_count_ = lines_for(hashes.size());
  lines_ = allocate(line_count_);
  for (size_t i = 0; i < hashes.size(); ++i) {
    if (i + kAhead < hashes.size())
      prefetch_line(&lines_[home_of(hash_(hashes[i + kAhead].bytes))]);
    insert(hashes[i]);
  }
}

// Ends: there is more room than hashes, so some line is not full.
void AccessList::insert(const InfoHash& info_hash) {
  const uint64_t hash = hash_(info_hash.bytes);
  for (size_t at = home_of(hash);; at = behind(at)) {
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
