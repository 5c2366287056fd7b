// The text of an access list, taken in chunks: its hashes, and what was wrong with the other lines.
//
// Memory: 20 bytes a hash, and nothing that grows with anything else. Behind a hash a comment may
// be of any length. Not thread-safe; made and used on the worker.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "access/hash_line.h"
#include "access/line_splitter.h"
#include "base/bytes.h"

namespace ot {

struct FaultyLine {
  uint64_t number;  // from 1
  HashLineFault fault;
};

struct ListTally {
  static constexpr size_t kReported = 5;

  uint64_t lines = 0;
  uint64_t hashes = 0;  // lines with one; the same hash twice counts twice
  uint64_t faulty = 0;
  std::vector<FaultyLine> first_faulty;  // at most kReported
};

class ListText {
 public:
  // Room for so many hashes from the start.
  explicit ListText(size_t expected_hashes) { hashes_.reserve(expected_hashes); }

  void add(ByteView chunk);
  // No more chunks: the last line may lack its line feed.
  void finish();

  [[nodiscard]] std::span<const InfoHash> hashes() const { return hashes_; }
  [[nodiscard]] const ListTally& tally() const { return tally_; }

 private:
  void take(const TextLine& line);

  LineSplitter splitter_;
  std::vector<InfoHash> hashes_;
  ListTally tally_;
};

}  // namespace ot
