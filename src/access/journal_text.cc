#include "access/journal_text.h"

#include <optional>

namespace ot {
namespace {

using Change = DynamicSet::Change;

char sign_of(Change change) {
  switch (change) {
    case Change::added:
      return '+';
    case Change::deleted:
      return '-';
    case Change::none:
      break;
  }
  return '=';
}

std::optional<Change> change_of(char sign) {
  for (const Change change : {Change::added, Change::deleted, Change::none})
    if (sign_of(change) == sign) return change;
  return std::nullopt;
}

std::optional<JournalEntry> parse_entry(std::string_view line) {
  if (line.size() + 1 != kJournalLine) return std::nullopt;
  const auto change = change_of(line.front());
  JournalEntry entry;
  if (!change || !parse_hex(line.substr(1), entry.info_hash.bytes)) return std::nullopt;
  entry.change = *change;
  return entry;
}

bool is_comment(std::string_view line) { return line.empty() || line.front() == '#'; }

}  // namespace

void append_line(std::string& text, const JournalEntry& entry) {
  text += sign_of(entry.change);
  text += to_hex(entry.info_hash);
  text += '\n';
}

void JournalText::add(ByteView chunk, OnEntry on_entry) {
  splitter_.add(as_text(chunk), [&](const TextLine& line) { take(line, on_entry); });
}

// A line without its line feed was being written when the crash came.
void JournalText::finish() {
  splitter_.finish([this](const TextLine&) {
    if (damaged_line_ == 0) damaged_line_ = lines_ + 1;
  });
}

void JournalText::take(const TextLine& line, OnEntry on_entry) {
  if (damaged_line_ != 0) return;
  ++lines_;
  if (lines_ == 1) is_journal_ = line.text == kJournalHead.substr(0, kJournalHead.size() - 1);
  const auto entry = parse_entry(line.text);
  const bool is_sound = !line.cut && (lines_ == 1 || entry || is_comment(line.text));
  if (!is_journal_ || !is_sound) {
    damaged_line_ = lines_;
    return;
  }
  sound_bytes_ += line.text.size() + 1;
  if (!entry) return;
  ++entries_;
  on_entry(*entry);
}

}  // namespace ot
