#include "state/dump_loader.h"

#include <algorithm>
#include <array>
#include <optional>

#include "access/line_splitter.h"
#include "base/duration_text.h"
#include "base/regular_file.h"

namespace ot {
namespace {

constexpr size_t kChunk = size_t{64} << 10U;
constexpr std::string_view kContent = "torrents, as mode=statedump writes them";
// A torrent is restored this many lines after its cache lines were requested.
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

  // The bad line that ended the load, if any.
  [[nodiscard]] const std::optional<BadDumpLine>& stopped_by() const { return stopped_by_; }
  [[nodiscard]] StateDumpLoad& result() { return load_; }

 private:
  struct Pending {
    StateLine line;
    TorrentTable::Place place;
  };

  // A line that LineSplitter has cut is far too long to parse.
  void take(const TextLine& line);
  void note(StateLineFault fault);
  // Prefetches what restore() will touch for this line, and restores the one prefetched kAhead
  // lines ago.
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
  StateDumpLoad load_;
  std::optional<BadDumpLine> stopped_by_;
};

void Loading::finish() {
  if (!splitter_.pending().text.empty() && !stopped_by_) {
    ++load_.lines;
    note(StateLineFault::cut_off);
  }
  const uint64_t oldest = prepared_ < kAhead ? 0 : prepared_ - kAhead;
  for (uint64_t i = oldest; i < prepared_; ++i) restore(pending_[i % kAhead]);
}

void Loading::take(const TextLine& line) {
  if (stopped_by_) return;
  ++load_.lines;
  const auto parsed = parse_state_line(line.text);
  if (!parsed) return note(parsed.error());
  prepare(*parsed);
}

void Loading::note(StateLineFault fault) {
  const BadDumpLine bad{load_.lines, fault};
  if (bad_lines_ == BadLines::refused) {
    stopped_by_ = bad;
    return;
  }
  ++load_.skipped;
  if (load_.first_skipped.size() < StateDumpLoad::kReported) load_.first_skipped.push_back(bad);
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
    ++load_.not_listed;
    return;
  }
  switch (table_.restore_torrent(line.info_hash, pending.place, past_of(line), now_)) {
    case Restored::added:
    case Restored::merged:
      ++load_.torrents;
      load_.in_future += line.minute > wall_now_ ? 1U : 0U;
      break;
    case Restored::too_old:
      ++load_.too_old;
      break;
    case Restored::no_memory:
      ++load_.no_memory;
      break;
  }
}

TorrentPast Loading::past_of(const StateLine& line) const {
  const uint64_t silent = line.minute > wall_now_ ? 0 : wall_now_ - line.minute;
  return {line.downloaded, static_cast<uint32_t>(std::min<uint64_t>(silent, UINT32_MAX))};
}

// An estimate of the torrents in a file, from its beginning.
uint64_t expected_torrents(uint64_t file_size, ByteView beginning) {
  const auto lines = static_cast<uint64_t>(std::count(beginning.begin(), beginning.end(), '\n'));
  return beginning.empty() ? 0 : lines * (file_size / beginning.size());
}

Result<void, std::string> read_dump(const std::string& path, Loading& loading, TorrentTable& table,
                                    const AccessControl& access) {
  auto file = RegularFile::open(path, kContent);
  if (!file) return Unexpected(file.error());
  std::vector<uint8_t> buffer(kChunk);
  while (!loading.stopped_by()) {
    const auto size = file->read(buffer);
    if (!size) return Unexpected(size.error());
    if (*size == 0) break;
    const ByteView chunk = ByteView(buffer).first(*size);
    // With an access list, the number of lines it lets through cannot be estimated.
    const bool is_first = loading.result().lines == 0;
    if (is_first && access.mode() == AccessMode::open)
      table.expect(expected_torrents(file->size(), chunk));
    loading.add(chunk);
  }
  loading.finish();
  if (loading.stopped_by()) return Unexpected(loading.stopped_by()->message(path));
  return {};
}

void log_skipped(const std::string& path, const StateDumpLoad& load, Log& log) {
  for (const BadDumpLine& line : load.first_skipped) log.warning(line.message(path) + "; skipped");
  if (load.skipped > load.first_skipped.size())
    log.warning(path + ": " + std::to_string(load.skipped - load.first_skipped.size()) +
                " more lines skipped");
}

}  // namespace

std::string BadDumpLine::message(const std::string& path) const {
  return path + ":" + std::to_string(number) + ": the line " + std::string(describe(fault));
}

Result<std::optional<BadDumpLine>, std::string> first_bad_line(const std::string& path) {
  auto file = RegularFile::open(path, kContent);
  if (!file) return Unexpected(file.error());
  std::optional<BadDumpLine> bad;
  uint64_t lines = 0;
  LineSplitter splitter;
  std::vector<uint8_t> buffer(kChunk);
  while (!bad) {
    const auto size = file->read(buffer);
    if (!size) return Unexpected(size.error());
    if (*size == 0) break;
    splitter.add(as_text(ByteView(buffer).first(*size)), [&](const TextLine& line) {
      ++lines;
      const auto parsed = parse_state_line(line.text);
      if (!parsed && !bad) bad = BadDumpLine{lines, parsed.error()};
    });
  }
  if (!bad && !splitter.pending().text.empty())
    bad = BadDumpLine{lines + 1, StateLineFault::cut_off};
  return bad;
}

std::string dump_load_text(const StateDumpLoad& load, Duration took,
                           std::chrono::minutes torrent_timeout) {
  struct LeftOut {
    uint64_t count;
    std::string why;
  };
  const LeftOut reasons[] = {
      {load.too_old, "not announced for more than " + format_duration(torrent_timeout)},
      {load.not_listed, "refused by the access list"},
      {load.no_memory, "for lack of memory (tracker.max_memory, or the machine's)"},
      {load.skipped, "bad lines"},
  };
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(took).count();
  std::string text =
      std::to_string(load.torrents) + " torrents loaded in " + std::to_string(milliseconds) + " ms";
  if (load.in_future > 0)
    text += ", " + std::to_string(load.in_future) + " of them with an announce in the future";
  std::string_view lead = "; left out: ";
  for (const LeftOut& reason : reasons) {
    if (reason.count == 0) continue;
    text += std::string(lead) + std::to_string(reason.count) + " " + reason.why;
    lead = ", ";
  }
  return text;
}

Result<StateDumpLoad, std::string> load_state_dump(const StateDumpOptions& options,
                                                   TorrentTable& table, const AccessControl& access,
                                                   const Clock& clock, Log& log) {
  const std::string& path = options.path;
  if (path.empty()) return StateDumpLoad{};
  const MonotonicTime start = clock.now();
  Loading loading(options.bad_lines, table, access, clock);
  if (auto read = read_dump(path, loading, table, access); !read)
    return Unexpected("state dump " + read.error());
  log_skipped(path, loading.result(), log);
  log.info(path + ": " +
           dump_load_text(loading.result(), clock.now() - start, options.torrent_timeout));
  return std::move(loading.result());
}

}  // namespace ot
