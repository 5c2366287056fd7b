#include "state/state_loader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/duration_text.h"

namespace ot {
namespace {

// Longer than anything is kept, and small enough that sums of times cannot overflow.
constexpr Duration kLongAgo = std::chrono::days(1000);

class StateInput {
 public:
  explicit StateInput(const std::string& path) : path_(path) {}

  [[nodiscard]] Result<void, StateLoadFault> open();
  [[nodiscard]] Result<WallTime, StateLoadFault> read_all(UseSwarms use);

 private:
  [[nodiscard]] Unexpected<StateLoadFault> failed_call() const {
    const int code = errno;
    return Unexpected(StateLoadFault{code == ENOENT, false, SystemError{code, path_}.message()});
  }

  const std::string& path_;
  UniqueFd fd_;
};

Result<void, StateLoadFault> StateInput::open() {
  // O_NONBLOCK, so that a FIFO in place of the file cannot block the start.
  fd_.reset(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  struct stat status = {};
  if (!fd_ || ::fstat(fd_.get(), &status) != 0) return failed_call();
  if (!S_ISREG(status.st_mode))
    return Unexpected(StateLoadFault{false, false, path_ + ": not a regular file"});
  return {};
}

// Reads the file from its beginning, however often it is called.
Result<WallTime, StateLoadFault> StateInput::read_all(UseSwarms use) {
  if (::lseek(fd_.get(), 0, SEEK_SET) != 0) return failed_call();
  const auto read = [this](ByteSpan out) -> Result<size_t, SystemError> {
    while (true) {
      const ssize_t size = ::read(fd_.get(), out.data(), out.size());
      if (size >= 0) return static_cast<size_t>(size);
      if (errno != EINTR) return last_error("read");
    }
  };
  auto finished = read_state(read, use);
  if (!finished) {
    const StateFault& fault = finished.error();
    return Unexpected(StateLoadFault{false, fault.kind == StateFaultKind::damage,
                                     path_ + ", " + fault.message()});
  }
  return *finished;
}

// Puts the contents of one block after another into the table.
class Restorer {
 public:
  Restorer(TorrentTable& table, const Clock& clock, PermitsTorrent permits)
      : table_(table), permits_(permits), now_(clock.now()), wall_now_(clock.wall_time()) {}

  void restore(const SwarmCopy& swarms, WallTime time);
  [[nodiscard]] StateLoad result(WallTime finished) const;

 private:
  [[nodiscard]] Duration since(WallTime time) const {
    return std::clamp<Duration>(wall_now_ - time, -kLongAgo, kLongAgo);
  }

  TorrentTable& table_;
  const PermitsTorrent permits_;
  const MonotonicTime now_;
  const WallTime wall_now_;
  RestoreOutcome outcome_;
  uint64_t torrents_ = 0;
  uint64_t not_allowed_ = 0;
  uint64_t records_ = 0;
};

void Restorer::restore(const SwarmCopy& swarms, WallTime time) {
  using std::chrono::floor;
  using std::chrono::minutes;
  // since() is negative if the wall clock was set back.
  const auto elapsed =
      std::max(floor<minutes>(now_) - floor<minutes>(now_ - since(time)), minutes(0));
  SwarmPeers peers(swarms);
  for (const SwarmPart& part : swarms.parts()) {
    const auto peers4 = peers.next4(part);
    const auto peers6 = peers.next6(part);
    ++records_;
    if (!permits_(part.info_hash)) {
      ++not_allowed_;
      continue;
    }
    const RestoreOutcome outcome = table_.restore(
        part, peers4, peers6, static_cast<uint64_t>(elapsed.count()), minute_of(now_));
    torrents_ += outcome.new_torrent ? 1U : 0U;
    outcome_ += outcome;
  }
}

StateLoad Restorer::result(WallTime finished) const {
  return {{torrents_, outcome_.peers},
          outcome_.too_old,
          outcome_.refused,
          outcome_.unusable,
          not_allowed_,
          std::max(since(finished), Duration(0)),
          records_};
}

}  // namespace

Result<WallTime, StateFault> read_state(StateReader::Read read, UseSwarms use) {
  StateReader reader;
  SwarmCopy swarms;
  StateCounter counter;
  if (const auto header = reader.header(read); !header) return Unexpected(header.error());
  while (true) {
    const auto block = reader.next(read);
    if (!block) return Unexpected(block.error());
    const auto fault = [&block](std::string reason) {
      return Unexpected(StateFault{block->payload_offset, std::move(reason)});
    };
    if (block->kind == StateBlockKind::end) {
      if (decode_totals(block->payload) != counter.totals())
        return fault("the totals do not match the contents");
      return block->time;
    }
    if (!decode_swarms(block->payload, swarms)) return fault("a block with malformed contents");
    counter.count(swarms);
    use(swarms, block->time);
  }
}

Result<StateLoad, StateLoadFault> load_state(const std::string& path, TorrentTable& table,
                                             const Clock& clock, PermitsTorrent permits) {
  StateInput input(path);
  if (const auto opened = input.open(); !opened) return Unexpected(opened.error());
  const auto checked = input.read_all([](const SwarmCopy&, WallTime) {});
  if (!checked) return Unexpected(checked.error());
  Restorer restorer(table, clock, permits);
  const auto loaded = input.read_all(
      [&](const SwarmCopy& swarms, WallTime time) { restorer.restore(swarms, time); });
  if (!loaded) return Unexpected(loaded.error());
  return restorer.result(*loaded);
}

std::string totals_text(const StateTotals& totals) {
  return std::to_string(totals.peers) + " peers of " + std::to_string(totals.torrents) +
         " torrents";
}

std::string state_load_text(const StateLoad& load, Duration took) {
  const auto ago = std::chrono::floor<std::chrono::seconds>(load.written_ago);
  std::string text = totals_text(load.stored) + " loaded in " + seconds_text(took) + ", written " +
                     std::to_string(ago.count()) + " s ago";
  const auto add = [&text](uint64_t count, std::string_view what) {
    if (count != 0) text += "; " + std::to_string(count) + std::string(what);
  };
  add(load.too_old, " peers were too old");
  add(load.not_allowed, " torrents are refused by the access list");
  add(load.no_room, " peers were refused: no room for them");
  add(load.unusable, " peers were left out: no peer can have that address or port");
  return text;
}

}  // namespace ot
