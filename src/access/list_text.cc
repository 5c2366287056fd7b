#include "access/list_text.h"

namespace ot {

void ListText::add(ByteView chunk) {
  splitter_.add(as_text(chunk), [this](const TextLine& line) { take(line); });
}

void ListText::finish() {
  splitter_.finish([this](const TextLine& line) { take(line); });
}

// A line that was cut is judged by its beginning: only a comment may be that long.
void ListText::take(const TextLine& line) {
  ++tally_.lines;
  const HashLine parsed = parse_hash_line(line.text);
  if (parsed.kind == HashLine::Kind::hash) {
    hashes_.push_back(parsed.info_hash);
    ++tally_.hashes;
  } else if (parsed.kind == HashLine::Kind::faulty) {
    ++tally_.faulty;
    if (tally_.first_faulty.size() < ListTally::kReported)
      tally_.first_faulty.push_back({tally_.lines, parsed.fault});
  }
}

}  // namespace ot
