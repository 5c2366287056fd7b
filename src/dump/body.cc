#include "dump/body.h"

#include <cassert>
#include <chrono>
#include <utility>

namespace ot {
namespace {

constexpr size_t kRoomForEnds = 64;

// Turns the stamps of the table (minutes modulo 65536) into minutes since 1970. As in age_of(), the
// greatest age means a stamp of the next minute.
class UnixMinutes {
 public:
  explicit UnixMinutes(const Clock& clock)
      : now_(minute_of(clock.now())),
        unix_now_(std::chrono::floor<std::chrono::minutes>(clock.wall_time()).time_since_epoch()) {}
  [[nodiscard]] uint32_t of(uint16_t stamp) const {
    const auto age = static_cast<uint16_t>(now_ - stamp);
    return static_cast<uint32_t>(unix_now_.count()) - (age == UINT16_MAX ? 0U : age);
  }

 private:
  const Minute now_;
  const std::chrono::minutes unix_now_;
};

}  // namespace

JobResult DumpBody::make_piece(const JobWatch& watch) {
  assert(!ended_);
  std::vector<uint8_t> text(kPieceText + kRoomForEnds);
  write_text(watch, text);
  if (watch.is_cancelled()) return Unexpected(JobFailure{"given up"});
  if (kind_.gzip) {
    if (auto compressed = compress(text); !compressed) return compressed;
  }
  piece_ = std::make_shared<const std::vector<uint8_t>>(std::move(text));
  return {};
}

void DumpBody::write_text(const JobWatch& watch, std::vector<uint8_t>& out) {
  const DumpForm& form = dump_form(kind_.format);
  const UnixMinutes minutes(clock_);
  ByteWriter writer(out);
  if (!std::exchange(begun_, true)) writer.text(form.head);
  const TorrentCopy* torrent = torrents_.front(watch);
  while (torrent != nullptr && writer.size() + kMaxDumpRow <= kPieceText) {
    form.write_row(writer, {torrent->info_hash, torrent->counts, minutes.of(torrent->minute)});
    torrents_.pop();
    torrent = torrents_.front(watch);
  }
  ended_ = torrent == nullptr;
  if (ended_) writer.text(form.tail);
  out.resize(writer.size());
}

JobResult DumpBody::compress(std::vector<uint8_t>& text) {
  if (!gzip_) gzip_ = GzipStream::create();
  if (!gzip_) return Unexpected(JobFailure{"out of memory"});
  std::vector<uint8_t> compressed;
  gzip_->write(text, compressed);
  if (ended_) gzip_->finish(compressed);
  // Pieces wait long for slow readers, so the copy leaves out the spare capacity.
  text = std::vector<uint8_t>(compressed.begin(), compressed.end());
  return {};
}

}  // namespace ot
