#include "state/state_file.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace ot {
namespace {

constexpr std::string_view kMagic = "OTSTATE\n";
constexpr uint32_t kVersion = 1;
constexpr size_t kChecksum = 4;
static_assert(kMagic.size() + 4 + 8 + kChecksum == kStateHeader);
static_assert(4 + 4 + 8 + kChecksum == kStateBlockHead);

uint32_t checksum(uint32_t before, ByteView bytes) {
  return static_cast<uint32_t>(::crc32_z(before, bytes.data(), bytes.size()));
}

uint64_t wire_time(WallTime time) {
  return static_cast<uint64_t>(
      std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count());
}

// Clamps a time that WallTime cannot represent.
WallTime wall_time(uint64_t wire) {
  constexpr auto kLatest = std::chrono::floor<std::chrono::microseconds>(Duration::max());
  const auto most = static_cast<uint64_t>(kLatest.count());
  return WallTime(std::chrono::microseconds(static_cast<int64_t>(std::min(wire, most))));
}

bool is_known(uint32_t kind) {
  return kind == static_cast<uint32_t>(StateBlockKind::swarms) ||
         kind == static_cast<uint32_t>(StateBlockKind::end);
}

}  // namespace

void StateFramer::header(WallTime now) {
  std::array<uint8_t, kStateHeader> bytes{};
  ByteWriter writer(bytes);
  writer.text(kMagic);
  writer.write(kVersion);
  writer.write(wire_time(now));
  checksum_ = checksum(0, writer.written());
  writer.write(checksum_);
  out_.insert(out_.end(), bytes.begin(), bytes.end());
}

void StateFramer::begin_block() {
  assert(!block_);
  block_ = out_.size();
  out_.resize(out_.size() + kStateBlockHead);
}

void StateFramer::end_block(StateBlockKind kind, WallTime time) {
  assert(block_ && out_.size() >= *block_ + kStateBlockHead);
  const ByteSpan block = ByteSpan(out_).subspan(*block_);
  const ByteSpan payload = block.subspan(kStateBlockHead);
  assert(payload.size() <= kMaxStatePayload);
  ByteWriter writer(block.first(kStateBlockHead));
  writer.write(static_cast<uint32_t>(kind));
  writer.write(static_cast<uint32_t>(payload.size()));
  writer.write(wire_time(time));
  checksum_ = checksum(checksum(checksum_, writer.written()), payload);
  writer.write(checksum_);
  block_.reset();
}

Unexpected<StateFault> StateReader::fault(std::string reason, size_t ahead,
                                          StateFaultKind kind) const {
  return Unexpected(StateFault{offset_ + ahead, std::move(reason), kind});
}

Result<ByteView, StateFault> StateReader::peek(size_t wanted, Read read) {
  if (wanted > buffer_.size()) buffer_.resize(wanted);
  while (end_ - begin_ < wanted) {
    std::copy(buffer_.begin() + static_cast<ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<ptrdiff_t>(end_), buffer_.begin());
    end_ -= std::exchange(begin_, 0);
    const auto size = read(ByteSpan(buffer_).subspan(end_));
    if (!size) return fault(size.error().message(), end_ - begin_, StateFaultKind::unreadable);
    if (*size == 0) break;
    end_ += std::min(*size, buffer_.size() - end_);
  }
  return ByteView(buffer_).subspan(begin_, std::min(wanted, end_ - begin_));
}

void StateReader::take(size_t size) {
  assert(size <= end_ - begin_);
  begin_ += size;
  offset_ += size;
}

Result<WallTime, StateFault> StateReader::header(Read read) {
  assert(offset_ == 0);
  const auto bytes = peek(kStateHeader, read);
  if (!bytes) return Unexpected(bytes.error());
  // A file that is shorter than the magic but agrees with it so far is one of ours, cut short.
  const size_t known = std::min(bytes->size(), kMagic.size());
  if (as_text(bytes->first(known)) != kMagic.substr(0, known))
    return fault("not a state file", 0, StateFaultKind::not_ours);
  if (bytes->size() < kStateHeader) return fault("the file ends inside its header", bytes->size());
  ByteReader reader(bytes->subspan(kMagic.size()));
  const auto version = reader.read<uint32_t>();
  const auto time = reader.read<uint64_t>();
  checksum_ = checksum(0, bytes->first(kStateHeader - kChecksum));
  if (reader.read<uint32_t>() != checksum_) return fault("the header's checksum does not match");
  if (version != kVersion)
    return fault("format version " + std::to_string(version) +
                     "; this program reads only version " + std::to_string(kVersion),
                 kMagic.size(), StateFaultKind::not_ours);
  take(kStateHeader);
  return wall_time(time);
}

Result<StateBlock, StateFault> StateReader::next(Read read) {
  assert(offset_ >= kStateHeader && !is_at_end_);
  auto bytes = peek(kStateBlockHead, read);
  if (!bytes) return Unexpected(bytes.error());
  if (bytes->size() < kStateBlockHead) return fault("the file is cut short", bytes->size());
  ByteReader reader(*bytes);
  const auto kind = reader.read<uint32_t>();
  const size_t size = reader.read<uint32_t>();
  StateBlock block{.time = wall_time(reader.read<uint64_t>()), .payload = {}};
  const auto expected = reader.read<uint32_t>();
  if (size > kMaxStatePayload) return fault("a block with an impossible size");
  bytes = peek(kStateBlockHead + size, read);
  if (!bytes) return Unexpected(bytes.error());
  if (bytes->size() < kStateBlockHead + size) return fault("the file is cut short", bytes->size());
  block.payload = bytes->subspan(kStateBlockHead);
  checksum_ = checksum(checksum_, bytes->first(kStateBlockHead - kChecksum));
  checksum_ = checksum(checksum_, block.payload);
  if (expected != checksum_) return fault("a block's checksum does not match");
  if (!is_known(kind)) return fault("a block of unknown kind");
  block.kind = static_cast<StateBlockKind>(kind);
  block.payload_offset = offset_ + kStateBlockHead;
  take(kStateBlockHead + size);
  is_at_end_ = block.kind == StateBlockKind::end;
  if (!is_at_end_) return block;
  if (const auto end = check_end(read); !end) return Unexpected(end.error());
  return block;
}

// Not by peek(), which could move the payload that next() is about to return.
Result<void, StateFault> StateReader::check_end(Read read) {
  if (end_ > begin_) return fault("there is data after the end");
  std::array<uint8_t, 1> more{};
  const auto size = read(more);
  if (!size) return fault(size.error().message(), 0, StateFaultKind::unreadable);
  if (*size != 0) return fault("there is data after the end");
  return {};
}

}  // namespace ot
