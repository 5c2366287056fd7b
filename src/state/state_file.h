// The framing of a state file, which ensures that it is read back as it was written or not at all.
//
//   header    "OTSTATE\n", version 4, wall time 8, checksum 4
//   block     kind 4, size of the payload 4, wall time 8, checksum 4, payload
//   ...
//   trailer   a block of kind `end`; nothing after it
//
// Integers are big-endian, wall times microseconds since 1970. Each checksum is a CRC-32 of
// everything before it in the file, except other checksums, and of its own payload, so a block that
// is missing, repeated or from another file is detected too. A truncated file has no trailer. No
// size is trusted beyond kMaxStatePayload, and nothing else before the checksum matches. Every
// fault names its place in the file. state_format.h describes the payloads. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/function_ref.h"
#include "base/posix.h"

namespace ot {

enum class StateBlockKind : uint32_t { swarms = 1, end = 2 };

inline constexpr size_t kMaxStatePayload = size_t{128} << 10U;
inline constexpr size_t kStateHeader = 24;
inline constexpr size_t kStateBlockHead = 20;

// `not_ours` is a file of another kind, or of a newer version. Only a damaged file of ours may be
// set aside.
enum class StateFaultKind : uint8_t { damage, not_ours, unreadable };

// What is wrong with a file, and where.
struct StateFault {
  uint64_t offset = 0;
  std::string reason;
  StateFaultKind kind = StateFaultKind::damage;

  // "at byte 4711: the file is cut short"
  [[nodiscard]] std::string message() const {
    return "at byte " + std::to_string(offset) + ": " + reason;
  }
};

// Adds the framing to `out`. The caller appends the payloads to `out`, and may write and empty it
// whenever no block is open.
class StateFramer {
 public:
  explicit StateFramer(std::vector<uint8_t>& out) : out_(out) {}

  // The first call, once.
  void header(WallTime now);
  // Between these two calls the caller appends the payload, at most kMaxStatePayload bytes.
  void begin_block();
  void end_block(StateBlockKind kind, WallTime time);

 private:
  std::vector<uint8_t>& out_;
  std::optional<size_t> block_;  // where the open block begins
  uint32_t checksum_ = 0;
};

// A block as it was written. The payload is a view into the reader, valid until the next call.
struct StateBlock {
  StateBlockKind kind = StateBlockKind::end;
  WallTime time;
  ByteView payload;
  uint64_t payload_offset = 0;  // in the file
};

// Reads the blocks of a file through a buffer that holds the largest of them. After a fault the
// reader must not be used again.
class StateReader {
 public:
  // Fills the beginning of the span and returns how many bytes that was; 0 at the end of the file.
  using Read = FunctionRef<Result<size_t, SystemError>(ByteSpan)>;

  StateReader() : buffer_(kBuffer) {}

  // The first call. Returns when the file was begun.
  [[nodiscard]] Result<WallTime, StateFault> header(Read read);
  // Returns the next block. A block of kind `end` is the last: next() has checked that nothing
  // follows it and must not be called again.
  [[nodiscard]] Result<StateBlock, StateFault> next(Read read);

 private:
  static constexpr size_t kBuffer = size_t{64} << 10U;

  // The next `wanted` bytes without consuming them; fewer at the end of the file.
  [[nodiscard]] Result<ByteView, StateFault> peek(size_t wanted, Read read);
  void take(size_t size);
  // A fault `ahead` bytes after what was consumed.
  [[nodiscard]] Unexpected<StateFault> fault(std::string reason, size_t ahead = 0,
                                             StateFaultKind kind = StateFaultKind::damage) const;
  [[nodiscard]] Result<void, StateFault> check_end(Read read);

  std::vector<uint8_t> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t offset_ = 0;  // of begin_, in the file
  uint32_t checksum_ = 0;
  bool is_at_end_ = false;
};

}  // namespace ot
