// Any bytes as a list and as input from a FIFO. It must not matter where the text is cut; every
// hash that is found must be in the list made from them; nothing may be counted twice.
#include <cstdlib>
#include <string>

#include "access/access_list.h"
#include "access/fifo.h"
#include "access/list_file.h"

namespace {

using namespace ot;

void require(bool holds) {
  if (!holds) std::abort();
}

ListText read(ByteView text, size_t cut) {
  ListText list(0);
  list.add(text.first(cut));
  list.add(text.subspan(cut));
  list.finish();
  return list;
}

void check_list(ByteView text, size_t cut) {
  const ListText whole = read(text, text.size());
  const ListText parts = read(text, cut);
  const ListTotals& totals = whole.totals();
  require(std::equal(whole.hashes().begin(), whole.hashes().end(), parts.hashes().begin(),
                     parts.hashes().end()));
  require(whole.wide_encoding() == parts.wide_encoding());
  require(totals.lines == parts.totals().lines && totals.faulty == parts.totals().faulty);
  require(totals.hashes == whole.hashes().size() && totals.hashes + totals.faulty <= totals.lines);
  require(totals.first_faulty.size() == std::min<uint64_t>(totals.faulty, ListTotals::kReported));
  for (const FaultyLine& line : totals.first_faulty)
    require(line.number <= totals.lines && !describe(line.fault).empty());
  const AccessList list(whole.hashes(), SecretHash({1, 2, 3, 4, 5, 6}));
  require(list.size() <= whole.hashes().size());
  for (const InfoHash& hash : whole.hashes()) require(list.contains(hash));
}

void check_fifo(ByteView text, size_t cut) {
  FifoLines lines;
  uint64_t seen = 0;
  const auto count = [&](const InfoHash&) { ++seen; };
  lines.add(text.first(cut), count);
  lines.pause(count);
  lines.add(text.subspan(cut), count);
  lines.pause(count);
  require(seen == lines.totals().hashes && !describe(lines.totals().last_fault).empty());
  require(seen + lines.totals().faulty <= lines.totals().lines);
}

}  // namespace

// The fuzzer would waste its time on inputs with long lines, so they are made here: a text that
// begins with `~` follows a comment of almost the longest line that is kept.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kMost = 512;
  const std::string_view input = as_text({data, std::min(size, kMost)});
  const bool goes_on = input.starts_with('~');
  const std::string text = (goes_on ? "#" + std::string(kMaxListLine - 9, 'x') : "") +
                           std::string(input.substr(goes_on ? 1 : 0));
  const size_t cut =
      input.empty() ? 0 : static_cast<uint8_t>(input[input.size() / 2]) * text.size() / 256;
  check_list(as_bytes(text), cut);
  check_fifo(as_bytes(text), cut);
  return 0;
}
