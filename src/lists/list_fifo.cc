#include "lists/list_fifo.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace ot {
namespace {

// Four pages are some four hundred changes, a fraction of a millisecond.
constexpr size_t kChunk = 4096;
constexpr int kReadsPerPass = 4;

}  // namespace

ListFifo::ListFifo(std::string path, Effect effect, EventLoop& loop, AccessControl& access,
                   Log& log, OnChange on_change)
    : path_(std::move(path)),
      effect_(effect),
      loop_(loop),
      access_(access),
      log_(log),
      on_change_(std::move(on_change)) {}

Result<std::unique_ptr<ListFifo>, FifoError> ListFifo::open(const std::string& path, Effect effect,
                                                            EventLoop& loop, AccessControl& access,
                                                            Log& log, OnChange on_change) {
  auto fd = open_fifo(path);
  if (!fd) return Unexpected(fd.error());
  std::unique_ptr<ListFifo> fifo(
      new ListFifo(path, effect, loop, access, log, std::move(on_change)));
  fifo->fd_ = std::move(*fd);
  auto watch = loop.watch(fifo->fd_.get(), EPOLLIN, *fifo);
  if (!watch) return Unexpected(FifoError{path + ": " + watch.error().message()});
  fifo->watch_ = *watch;
  return fifo;
}

ListFifo::~ListFifo() { loop_.unwatch(watch_); }

void ListFifo::on_events(uint32_t) {
  const uint64_t faulty_before = lines_.tally().faulty;
  left_out_ = 0;
  int reads = 0;
  while (reads < kReadsPerPass && read_once()) ++reads;
  tell_faults(faulty_before);
}

bool ListFifo::read_once() {
  const auto on_hash = [this](const InfoHash& info_hash) { apply(info_hash); };
  std::array<uint8_t, kChunk> buffer{};
  const ssize_t size = ::read(fd_.get(), buffer.data(), buffer.size());
  if (size > 0) {
    lines_.add(ByteView(buffer).first(static_cast<size_t>(size)), on_hash);
    return true;
  }
  if (size < 0 && errno == EAGAIN) lines_.pause(on_hash);
  return false;
}

void ListFifo::apply(const InfoHash& info_hash) {
  const bool taken = effect_ == Effect::adds ? access_.add(info_hash) : access_.remove(info_hash);
  if (taken) {
    on_change_(info_hash);
  } else {
    ++left_out_;
    ++left_out_in_all_;
  }
}

void ListFifo::tell_faults(uint64_t faulty_before) {
  const FifoTally& tally = lines_.tally();
  if (tally.faulty != faulty_before) {
    log_.warning(path_ + ": " + std::to_string(tally.faulty - faulty_before) +
                 " lines skipped; the last is " + std::string(describe(tally.last_fault)));
  }
  if (left_out_ == 0) return;
  log_.warning(path_ + ": " + std::to_string(left_out_) +
               " info_hashes without effect: " + std::to_string(access_.changes()) +
               " have changed since the list was read, which is the most; write them into the "
               "list's file and send SIGHUP");
}

}  // namespace ot
