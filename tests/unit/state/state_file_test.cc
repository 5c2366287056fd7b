#include "state/state_file.h"

#include <gtest/gtest.h>

#include "state/state_loader.h"
#include "unit/state/state_bytes.h"

namespace ot {
namespace {

using std::chrono::microseconds;

TEST(StateFile, IsReadBackAsItWasWritten) {
  std::vector<uint8_t> file;
  StateFramer framer(file);
  framer.header(WallTime(microseconds(12345)));
  for (uint8_t size = 0; size < 3; ++size) {
    framer.begin_block();
    file.insert(file.end(), size, size);
    framer.end_block(size < 2 ? StateBlockKind::swarms : StateBlockKind::end,
                     WallTime(microseconds(size)));
  }
  StateReader reader;
  BytesSource source(file);
  EXPECT_EQ(*reader.header(source.read()), WallTime(microseconds(12345)));
  for (uint8_t size = 0; size < 3; ++size) {
    const auto block = reader.next(source.read());
    ASSERT_TRUE(block) << block.error().message();
    EXPECT_EQ(block->kind, size < 2 ? StateBlockKind::swarms : StateBlockKind::end);
    EXPECT_EQ(block->time, WallTime(microseconds(size)));
    EXPECT_TRUE(std::ranges::equal(block->payload, std::vector<uint8_t>(size, size)));
  }
}

TEST(StateFile, LargerThanTheBufferIsReadInPieces) {
  std::vector<uint8_t> file;
  StateFramer framer(file);
  framer.header({});
  for (int i = 0; i < 20; ++i) {
    framer.begin_block();
    file.resize(file.size() + kMaxStatePayload, static_cast<uint8_t>(i));
    framer.end_block(StateBlockKind::swarms, {});
  }
  StateReader reader;
  BytesSource source(file, 1000);
  ASSERT_TRUE(reader.header(source.read()));
  for (int i = 0; i < 20; ++i) {
    const auto block = reader.next(source.read());
    ASSERT_TRUE(block) << block.error().message();
    EXPECT_EQ(block->payload.size(), kMaxStatePayload);
    EXPECT_EQ(block->payload.back(), i);
  }
  EXPECT_EQ(reader.next(source.read()).error().message(),
            "at byte " + std::to_string(file.size()) + ": the file is cut short");
}

TEST(StateFile, ATruncatedFileIsAFaultAtItsEnd) {
  const std::vector<uint8_t> file = small_state_file();
  for (size_t size = 0; size < file.size(); ++size) {
    const auto read = read_bytes(ByteView(file).first(size));
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().offset, size);
    EXPECT_EQ(read.error().reason,
              size < kStateHeader ? "the file ends inside its header" : "the file is cut short");
  }
  EXPECT_TRUE(read_bytes(file));
}

TEST(StateFile, EveryFlippedBitIsDetectedInItsBlock) {
  const std::vector<uint8_t> file = small_state_file();
  const std::vector<size_t> blocks = blocks_of(file);
  for (size_t bit = 0; bit < file.size() * 8; ++bit) {
    std::vector<uint8_t> damaged = file;
    damaged[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
    const auto read = read_bytes(damaged);
    ASSERT_FALSE(read) << bit;
    // The fault is at the beginning of the block or, if its size is wrong, at the end of the file.
    const auto after = std::upper_bound(blocks.begin(), blocks.end(), bit / 8);
    const size_t block = after == blocks.begin() ? 0 : *std::prev(after);
    EXPECT_TRUE(read.error().offset == block || read.error().offset == file.size())
        << bit << ": " << read.error().message();
  }
}

TEST(StateFile, AMissingRepeatedOrMisplacedBlockIsDetected) {
  const std::vector<uint8_t> file = small_state_file();
  const std::vector<size_t> blocks = blocks_of(file);
  ASSERT_GE(blocks.size(), 4U);
  const auto piece = [&](size_t from, size_t to) {
    return std::vector<uint8_t>(file.begin() + static_cast<ptrdiff_t>(from),
                                file.begin() + static_cast<ptrdiff_t>(to));
  };
  const auto joined = [](std::initializer_list<std::vector<uint8_t>> pieces) {
    std::vector<uint8_t> all;
    for (const auto& one : pieces) all.insert(all.end(), one.begin(), one.end());
    return all;
  };
  const auto head = piece(0, blocks[0]);
  const auto first = piece(blocks[0], blocks[1]);
  const auto second = piece(blocks[1], blocks[2]);
  const auto rest = piece(blocks[2], file.size());
  EXPECT_TRUE(read_bytes(joined({head, first, second, rest})));
  EXPECT_FALSE(read_bytes(joined({head, second, rest})));
  EXPECT_FALSE(read_bytes(joined({head, first, first, second, rest})));
  EXPECT_FALSE(read_bytes(joined({head, second, first, rest})));
  const auto other_head = [] {
    std::vector<uint8_t> bytes;
    StateFramer(bytes).header(WallTime(std::chrono::seconds(1)));
    return bytes;
  }();
  EXPECT_FALSE(read_bytes(joined({other_head, first, second, rest})));
  const auto longer = joined({file, {0}});
  EXPECT_EQ(read_bytes(longer).error().reason, "there is data after the end");
}

TEST(StateFile, AnotherKindOfFileIsNamed) {
  std::vector<uint8_t> file(kStateHeader, 'x');
  EXPECT_EQ(read_bytes(file).error().message(), "at byte 0: not a state file");
  EXPECT_EQ(read_bytes({}).error().message(), "at byte 0: the file ends inside its header");
}

TEST(StateFile, AFailedReadIsNamed) {
  StateReader reader;
  const auto failing = [](ByteSpan) -> Result<size_t, SystemError> {
    return Unexpected(SystemError{EIO, "read"});
  };
  EXPECT_EQ(reader.header(failing).error().message(), "at byte 0: read: Input/output error");
}

}  // namespace
}  // namespace ot
