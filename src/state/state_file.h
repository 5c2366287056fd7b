// The frame of a state file: what makes sure that it is read as it was written, or not at all.
//
//   header    "OTSTATE\n", version 4, wall time 8, checksum 4
//   block     kind 4, size of the payload 4, wall time 8, checksum 4, payload
//   ...
//   trailer   a block of the kind `end`; nothing behind it
//
// Integers are big-endian, wall times microseconds since 1970. A checksum is a CRC-32 of everything
// in front of it in the file, other checksums left out, and of its own payload: so a block that is
// missing, repeated or from another file is found, too. A file cut short has no trailer. A fault is
// named by where it is in the file. No length is believed before the checksum agrees, and none
// above kMaxPayload. What is in the payloads: state_format.h. Not thread-safe.
#pragma once

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

// Only what is ours and damaged may be set aside.
enum class StateFaultKind : uint8_t { damage, not_ours, unreadable };

// Where in the file, and what is wrong there. Not ours is another kind of file, or a newer version.
struct StateFault {
  uint64_t offset = 0;
  std::string reason;
  StateFaultKind kind = StateFaultKind::damage;

  // "at byte 4711: the checksum does not agree"
  [[nodiscard]] std::string message() const {
    return "at byte " + std::to_string(offset) + ": " + reason;
  }
};

// Frames what is appended to `out`, which the caller writes and empties as it likes.
class StateFramer {
 public:
  explicit StateFramer(std::vector<uint8_t>& out) : out_(out) {}

  void header(WallTime now);
  // Between the two the caller appends the payload, of at most kMaxStatePayload bytes.
  void begin_block();
  void end_block(StateBlockKind kind, WallTime time);

 private:
  std::vector<uint8_t>& out_;
  size_t block_ = 0;  // where the open one begins
  uint32_t checksum_ = 0;
};

// One block as it was written. The payload is a view into the reader, good until the next call.
struct StateBlock {
  StateBlockKind kind = StateBlockKind::end;
  WallTime time;
  ByteView payload;
  uint64_t payload_offset = 0;  // in the file
};

// Reads the blocks of a file in a buffer that holds the largest of them.
class StateReader {
 public:
  // Fills the front of the span; 0 is the end of the file.
  using Read = FunctionRef<Result<size_t, SystemError>(ByteSpan)>;

  StateReader() : buffer_(kBuffer) {}

  // First of all. When the file was begun.
  [[nodiscard]] Result<WallTime, StateFault> header(Read read);
  // The next block, until one of the kind `end` came: that was the last, and nothing is behind it.
  [[nodiscard]] Result<StateBlock, StateFault> next(Read read);

 private:
  static constexpr size_t kBuffer = size_t{64} << 10U;

  // The next bytes of the file, not taken yet, as many as wanted if there are so many.
  [[nodiscard]] Result<ByteView, StateFault> peek(size_t wanted, Read read);
  void take(size_t size);
  [[nodiscard]] Unexpected<StateFault> fault(std::string reason, size_t behind = 0,
                                             StateFaultKind kind = StateFaultKind::damage) const;
  [[nodiscard]] Result<void, StateFault> check_end(Read read);

  std::vector<uint8_t> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t offset_ = 0;  // of begin_, in the file
  uint32_t checksum_ = 0;
};

}  // namespace ot
