#include "dump/readers.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "protocol/http_reply.h"

namespace ot {
namespace {

constexpr size_t kSendsPerPass = 4;

bool is_chunked(const Requester& reader) { return reader.version == HttpVersion::v1_1; }

// A piece of at most `room` bytes, written by `write`.
template <typename Write>
ReplyPiece written(size_t room, Write write) {
  std::vector<uint8_t> bytes(room);
  ByteWriter writer(bytes);
  write(writer);
  bytes.resize(writer.size());
  return std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
}

}  // namespace

void write_dump_head(ByteWriter& out, Requester& reader, bool gzip) {
  const bool chunked = is_chunked(reader);
  if (!chunked) reader.persistence = Persistence::close;
  write_stream_head(out, {chunked, gzip}, reader.persistence);
}

void DumpReaders::add(Requester reader) {
  assert(sent_ == 0 && piece_ == nullptr && !reader.head_only);
  if (!is_chunked(reader)) reader.port->reset_unless_ended(reader.token);
  const bool is_here = reader.send(
      written(kReplyHeadRoom, [&](ByteWriter& out) { write_dump_head(out, reader, gzip_); }));
  if (is_here) readers_.push_back(reader);
  next_ = readers_.size();
}

void DumpReaders::begin_piece(ReplyPiece piece, bool last) {
  assert(!has_piece_to_send() && !whole_);
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
bool DumpReaders::send_to(const Requester& reader) {
  const auto send = [&reader](const ReplyPiece& piece) {
    return piece == nullptr || piece->empty() || reader.send(piece);
  };
  if (!is_chunked(reader)) return send(piece_);
  return send(chunk_head_) && send(piece_) && send(last_chunk_);
}

void DumpReaders::review() {
  backlog_ = std::numeric_limits<size_t>::max();
  for (const Requester& reader : readers_)
    backlog_ = std::min(backlog_, reader.waiting().value_or(backlog_));
  if (readers_.empty()) backlog_ = 0;
  held_ = left_ = 0;
  std::erase_if(readers_, [this](const Requester& reader) {
    const std::optional<size_t> waiting = reader.waiting();
    if (!waiting) return true;
    if (*waiting > backlog_ && *waiting - backlog_ > max_lag_) {
      reader.reset();
      ++counters_.reset;
      return true;
    }
    held_ = std::max(held_, *waiting);
    left_ += *waiting;
    if (!whole_ || *waiting > 0) return false;
    statistics_.record_full_scrape(sent_);
    reader.end();
    return true;
  });
  next_ = readers_.size();
}

void DumpReaders::reset_all() {
  for (const Requester& reader : readers_) reader.reset();
  counters_.reset += readers_.size();
  readers_.clear();
  held_ = left_ = 0;
  next_ = 0;
}

}  // namespace ot
