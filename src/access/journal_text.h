// The text of a journal: changes of an access list, one a line, in the order they came.
//
// The first line names the format. Each other line is `+` (added), `-` (deleted) or `=` (no change
// any more: the list decides) and an info_hash of 40 hex digits; the last line of a hash counts.
// Lines that begin with `#` and empty lines are comments, for those who edit the file. A text ends
// where its first damaged line begins: a crash leaves half a line or rubbish there. Pure; takes no
// memory but for one line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "access/dynamic_set.h"
#include "access/line_splitter.h"
#include "base/bytes.h"
#include "base/function_ref.h"

namespace ot {

// With a line feed, as each line must have.
inline constexpr std::string_view kJournalHead = "opentracker journal 1\n";
inline constexpr size_t kJournalLine = 1 + 2 * InfoHash::kSize + 1;

struct JournalEntry {
  InfoHash info_hash{};
  DynamicSet::Change change{};  // none: as the list says

  friend bool operator==(const JournalEntry&, const JournalEntry&) = default;
};

// Appends its line, of kJournalLine bytes.
void append_line(std::string& text, const JournalEntry& entry);

class JournalText {
 public:
  using OnEntry = FunctionRef<void(const JournalEntry&)>;

  // The text in chunks, cut anywhere; then its end.
  void add(ByteView chunk, OnEntry on_entry);
  void finish();

  // Whether the first line is the right one; false as well while it is not complete.
  [[nodiscard]] bool is_journal() const { return is_journal_; }
  // Entries so far.
  [[nodiscard]] uint64_t entries() const { return entries_; }
  // Bytes before the first damaged line.
  [[nodiscard]] uint64_t sound_bytes() const { return sound_bytes_; }
  // The number of that line, from 1; 0 if all lines are sound.
  [[nodiscard]] uint64_t damaged_line() const { return damaged_line_; }

 private:
  void take(const TextLine& line, OnEntry on_entry);

  LineSplitter splitter_;
  bool is_journal_ = false;
  uint64_t lines_ = 0;
  uint64_t entries_ = 0;
  uint64_t sound_bytes_ = 0;
  uint64_t damaged_line_ = 0;
};

}  // namespace ot
