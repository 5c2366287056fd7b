#include "lists/list_fifo.h"

#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <utility>

namespace ot {
namespace {

// Four pages are some four hundred changes, a fraction of a millisecond.
constexpr size_t kChunk = 4096;
constexpr int kReadsPerPass = 4;
constexpr int kPassesToDrain = 4;

}  // namespace

ListFifo::ListFifo(std::string path, Effect effect, EventLoop& loop, AccessControl& access,
                   Eviction& eviction, ListJournal* journal, Log& log)
    : path_(std::move(path)),
      effect_(effect),
      loop_(loop),
      access_(access),
      eviction_(eviction),
      journal_(journal),
      log_(log) {
  assert(!path_.empty());
}

Result<void, FifoError> ListFifo::open() {
  assert(!fd_);
  auto fd = open_fifo(path_);
  if (!fd) return Unexpected(fd.error());
  auto watch = loop_.watch(fd->get(), EPOLLIN, *this);
  if (!watch) return Unexpected(FifoError{path_ + ": " + watch.error().message()});
  fd_ = std::move(*fd);
  watch_ = *watch;
  log_.info((effect_ == Effect::adds ? "adding to the list what comes from "
                                     : "deleting from the list what comes from ") +
            path_);
  return {};
}

ListFifo::~ListFifo() { loop_.unwatch(watch_); }

void ListFifo::on_events(uint32_t) {
  const auto on_hash = [this](const InfoHash& info_hash) { apply(info_hash); };
  const uint64_t faulty_before = lines_.totals().faulty;
  left_out_ = 0;
  std::array<uint8_t, kChunk> buffer{};
  for (int reads = 0; reads < kReadsPerPass; ++reads) {
    const ssize_t size = ::read(fd_.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EAGAIN) lines_.pause(on_hash);
    if (size <= 0) break;
    lines_.add(ByteView(buffer).first(static_cast<size_t>(size)), on_hash);
  }
  log_what_was_ignored(faulty_before);
}

void ListFifo::drain() {
  for (int passes = 0; passes < kPassesToDrain; ++passes) on_events(EPOLLIN);
}

void ListFifo::apply(const InfoHash& info_hash) {
  const auto change =
      effect_ == Effect::adds ? DynamicSet::Change::added : DynamicSet::Change::deleted;
  const bool has_room =
      journal_ != nullptr ? journal_->take(info_hash, change) : access_.note(info_hash, change);
  if (has_room) return eviction_.judge(info_hash);
  ++left_out_;
  ++left_out_in_all_;
}

void ListFifo::log_what_was_ignored(uint64_t faulty_before) {
  const FifoTotals& totals = lines_.totals();
  if (const uint64_t faulty = totals.faulty - faulty_before; faulty != 0) {
    log_.warning(path_ + ": " + std::to_string(faulty) + (faulty == 1 ? " line" : " lines") +
                 " skipped (the last: " + std::string(describe(totals.last_fault)) + ")");
  }
  if (left_out_ == 0) return;
  log_.warning(path_ + ": " + std::to_string(left_out_) +
               " info_hashes had no effect: the FIFOs have changed " +
               std::to_string(access_.changes()) +
               " hashes since the list was read, which is the limit; write them into the list's "
               "file and send SIGHUP");
}

}  // namespace ot
