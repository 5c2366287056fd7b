// Any bytes as a journal. It must not matter where the text is cut; what is sound must read the
// same without the damage; what is written from the entries must give the same entries.
#include <cstdlib>
#include <vector>

#include "access/journal_text.h"

namespace {

using namespace ot;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Reading {
  Reading(ByteView bytes, size_t cut) {
    const auto keep = [this](const JournalEntry& entry) { entries.push_back(entry); };
    text.add(bytes.first(cut), keep);
    text.add(bytes.subspan(cut), keep);
    text.finish();
  }

  JournalText text;
  std::vector<JournalEntry> entries;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView bytes(data, size);
  const Reading whole(bytes, size);
  const Reading parts(bytes, size == 0 ? 0 : data[size / 2] * size / 256);
  require(whole.entries == parts.entries && whole.entries.size() == whole.text.entries());
  require(whole.text.is_journal() == parts.text.is_journal());
  require(whole.text.sound_bytes() == parts.text.sound_bytes());
  require(whole.text.damaged_line() == parts.text.damaged_line());
  require((whole.text.damaged_line() == 0) == (whole.text.sound_bytes() == size));
  require(whole.text.is_journal() || whole.text.sound_bytes() == 0);

  const Reading sound(bytes.first(whole.text.sound_bytes()), 0);
  require(sound.entries == whole.entries && sound.text.damaged_line() == 0);

  std::string written(kJournalHead);
  for (const JournalEntry& entry : whole.entries) append_line(written, entry);
  require(written.size() == kJournalHead.size() + kJournalLine * whole.entries.size());
  const Reading again(as_bytes(written), written.size() / 2);
  require(again.entries == whole.entries && again.text.damaged_line() == 0);
  return 0;
}
