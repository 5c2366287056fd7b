#include "state/dump_loader.h"

#include <algorithm>
#include <array>
#include <optional>

#include "access/line_splitter.h"
#include "base/regular_file.h"

namespace ot {
namespace {

constexpr size_t kChunk = size_t{64} << 10U;
// How many lines the processor may take to bring a torrent's cache line.
constexpr size_t kAhead = 16;

uint64_t wall_minute(WallTime time) {
  return static_cast<uint64_t>(
      std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()).count());
}

class Loading {
 public:
  Loading(BadLines bad_lines, TorrentTable& table, const AccessControl& access, const Clock& clock)
      : bad_lines_(bad_lines),
        table_(table),
        access_(access),
        now_(minute_of(clock.now())),
        wall_now_(wall_minute(clock.wall_time())) {}

  void add(ByteView chunk) {
    splitter_.add(as_text(chunk), [this](const TextLine& line) { take(line); });
  }
  void finish();

  // The line that ends the load, if there is one.
  [[nodiscard]] const std::optional<BadStateLine>& stopped_by() const { return stopped_by_; }
  [[nodiscard]] StateDumpTally& tally() { return tally_; }

 private:
  struct Pending {
    StateLine line;
    TorrentTable::Place place;
  };

  // A line that was cut is far longer than any that parses.
  void take(const TextLine& line);
  void note(StateLineFault fault);
  // Asks the processor for what restore() will touch, and restores what was asked for a while ago.
  void prepare(const StateLine& line);
  void restore(const Pending& pending);
  [[nodiscard]] TorrentPast past_of(const StateLine& line) const;

  const BadLines bad_lines_;
  TorrentTable& table_;
  const AccessControl& access_;
  const Minute now_;
  const uint64_t wall_now_;
  LineSplitter splitter_;
  std::array<Pending, kAhead> pending_{};
  uint64_t prepared_ = 0;
  StateDumpTally tally_;
  std::optional<BadStateLine> stopped_by_;
};

void Loading::finish() {
  if (!splitter_.pending().text.empty() && !stopped_by_) {
    ++tally_.lines;
    note(StateLineFault::cut_off);
  }
  const uint64_t oldest = prepared_ < kAhead ? 0 : prepared_ - kAhead;
  for (uint64_t i = oldest; i < prepared_; ++i) restore(pending_[i % kAhead]);
}

void Loading::take(const TextLine& line) {
  if (stopped_by_) return;
  ++tally_.lines;
  const auto parsed = parse_state_line(line.text);
  if (!parsed) return note(parsed.error());
  prepare(*parsed);
}

void Loading::note(StateLineFault fault) {
  const BadStateLine bad{tally_.lines, fault};
  if (bad_lines_ == BadLines::refused) {
    stopped_by_ = bad;
    return;
  }
  ++tally_.skipped;
  if (tally_.first_skipped.size() < StateDumpTally::kReported) tally_.first_skipped.push_back(bad);
}

void Loading::prepare(const StateLine& line) {
  Pending& pending = pending_[prepared_ % kAhead];
  if (prepared_ >= kAhead) restore(pending);
  pending = {line, table_.locate(line.info_hash)};
  table_.prefetch(pending.place);
  access_.prefetch(line.info_hash);
  ++prepared_;
}

void Loading::restore(const Pending& pending) {
  const StateLine& line = pending.line;
  if (!access_.permits(line.info_hash)) {
    ++tally_.not_listed;
    return;
  }
  switch (table_.restore_torrent(line.info_hash, pending.place, past_of(line), now_)) {
    case Restored::added:
    case Restored::merged:
      ++tally_.torrents;
      tally_.in_future += line.minute > wall_now_ ? 1U : 0U;
      break;
    case Restored::too_old:
      ++tally_.too_old;
      break;
    case Restored::no_memory:
      ++tally_.no_memory;
      break;
  }
}

TorrentPast Loading::past_of(const StateLine& line) const {
  const uint64_t silent = line.minute > wall_now_ ? 0 : wall_now_ - line.minute;
  return {line.downloaded, static_cast<uint32_t>(std::min<uint64_t>(silent, UINT32_MAX))};
}

// How many torrents there are in a file that begins like this.
uint64_t expected_torrents(uint64_t file_size, ByteView beginning) {
  const auto lines = static_cast<uint64_t>(std::count(beginning.begin(), beginning.end(), '\n'));
  return beginning.empty() ? 0 : lines * (file_size / beginning.size());
}

}  // namespace

std::string BadStateLine::message(const std::string& path) const {
  return path + ":" + std::to_string(number) + ": the line " + std::string(describe(fault));
}

Result<StateDumpTally, std::string> load_state_dump(const std::string& path, BadLines bad_lines,
                                                    TorrentTable& table,
                                                    const AccessControl& access,
                                                    const Clock& clock) {
  auto file = RegularFile::open(path, "torrents, as mode=statedump writes them");
  if (!file) return Unexpected(file.error());
  Loading loading(bad_lines, table, access, clock);
  std::vector<uint8_t> buffer(kChunk);
  while (!loading.stopped_by()) {
    const auto size = file->read(buffer);
    if (!size) return Unexpected(size.error());
    if (*size == 0) break;
    const ByteView chunk = ByteView(buffer).first(*size);
    // Of a list nobody knows how many of the lines it lets in.
    const bool is_first = loading.tally().lines == 0;
    if (is_first && access.mode() == AccessMode::open)
      table.expect(expected_torrents(file->size(), chunk));
    loading.add(chunk);
  }
  loading.finish();
  if (loading.stopped_by()) return Unexpected(loading.stopped_by()->message(path));
  return std::move(loading.tally());
}

}  // namespace ot
