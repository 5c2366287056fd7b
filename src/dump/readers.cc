#include "dump/readers.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "protocol/http_reply.h"

namespace ot {
namespace {

constexpr size_t kSendsPerPass = 4;

// What `write` writes, at most `room` bytes, as a piece.
template <typename Write>
ReplyPiece written(size_t room, Write write) {
  std::vector<uint8_t> bytes(room);
  ByteWriter writer(bytes);
  write(writer);
  bytes.resize(writer.size());
  return std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
}

}  // namespace

void DumpReaders::add(const DumpReader& reader) {
  if (!reader.chunked()) reader.port->reset_unless_ended(reader.to);
  const bool there = reader.port->send(
      reader.to, written(kReplyHeadRoom, [&](ByteWriter& out) {
        write_stream_head(out, {reader.chunked(), reader.kind.gzip}, reader.kept());
      }));
  if (there) readers_.push_back(reader);
  next_ = readers_.size();
}

void DumpReaders::begin_piece(ReplyPiece piece, bool last) {
  const bool first = sent_ == 0;
  const size_t size = piece->size();
  chunk_head_ = size == 0 ? nullptr : written(kMaxChunkHead, [&](ByteWriter& out) {
    write_chunk_head(out, size, first);
  });
  last_chunk_ = !last ? nullptr : written(kMaxChunkHead, [&](ByteWriter& out) {
    write_last_chunk(out, first && size == 0);
  });
  piece_ = std::move(piece);
  sent_ += size;
  whole_ = last;
  next_ = 0;
}

bool DumpReaders::send_some() {
  for (size_t i = 0; i < kSendsPerPass && next_ < readers_.size(); ++i) {
    if (send_to(readers_[next_])) {
      ++next_;
    } else {
      readers_.erase(readers_.begin() + static_cast<std::ptrdiff_t>(next_));
    }
  }
  if (has_piece_to_send()) return false;
  piece_ = chunk_head_ = last_chunk_ = nullptr;
  return true;
}

// False if it has left.
bool DumpReaders::send_to(const DumpReader& reader) {
  const auto send = [&reader](const ReplyPiece& piece) {
    return piece == nullptr || piece->empty() || reader.port->send(reader.to, piece);
  };
  if (!reader.chunked()) return send(piece_);
  return send(chunk_head_) && send(piece_) && send(last_chunk_);
}

void DumpReaders::review() {
  backlog_ = std::numeric_limits<size_t>::max();
  for (const DumpReader& reader : readers_)
    backlog_ = std::min(backlog_, reader.port->waiting(reader.to).value_or(backlog_));
  if (readers_.empty()) backlog_ = 0;
  held_ = left_ = 0;
  std::erase_if(readers_, [this](const DumpReader& reader) {
    const std::optional<size_t> waiting = reader.port->waiting(reader.to);
    if (!waiting) return true;
    if (*waiting > backlog_ && *waiting - backlog_ > max_lag_) {
      reader.port->reset(reader.to);
      ++counters_.reset;
      return true;
    }
    held_ = std::max(held_, *waiting);
    left_ += *waiting;
    if (!whole_ || *waiting > 0) return false;
    finish(reader);
    return true;
  });
  next_ = readers_.size();
}

void DumpReaders::finish(const DumpReader& reader) {
  statistics_.record_full_scrape(sent_);
  reader.port->end(reader.to, reader.kept() == Persistence::close ? ReplyPort::End::close
                                                                  : ReplyPort::End::keep);
}

void DumpReaders::reset_all() {
  for (const DumpReader& reader : readers_) reader.port->reset(reader.to);
  counters_.reset += readers_.size();
  readers_.clear();
  held_ = left_ = 0;
  next_ = 0;
}

}  // namespace ot
