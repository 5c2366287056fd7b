// Reads the formula for planning memory from docs/operations.md and compares it with tables of many
// shapes.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <string>

#include "swarm/torrent_table.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

// The numbers of "memory = 10 MB + 90 bytes × torrents + …" in their order; all zero if there is no
// such formula.
struct Formula {
  uint64_t megabytes = 0;
  uint64_t torrent = 0;
  uint64_t peer4 = 0;
  uint64_t peer6 = 0;
  uint64_t torrent_with_peer6 = 0;

  static Formula documented() {
    std::ifstream page("docs/operations.md");
    std::string line;
    while (std::getline(page, line) && line.find("memory = ") == std::string::npos) continue;
    std::string second_line;
    std::getline(page, second_line);
    line += second_line;
    Formula formula;
    uint64_t* const fields[] = {&formula.megabytes, &formula.torrent, &formula.peer4,
                                &formula.peer6, &formula.torrent_with_peer6};
    const std::regex number("([0-9]+) (MB|bytes) ");
    auto match = std::sregex_iterator(line.begin(), line.end(), number);
    for (uint64_t* field : fields) {
      if (match == std::sregex_iterator()) return {};
      *field = std::stoull((*match++)[1]);
    }
    return formula;
  }
};

// An almost empty table takes a page of index for each shard.
constexpr uint64_t kEmptyTable = TorrentTable::kShards * 4096;

struct Shape {
  uint32_t torrents;
  uint32_t peers4;  // of each torrent
  uint32_t peers6;

  // Counts only the table's own share of the fixed part, so that the rest hides nothing.
  [[nodiscard]] uint64_t planned(const Formula& formula) const {
    const uint64_t of_one = formula.torrent + peers4 * formula.peer4 + peers6 * formula.peer6 +
                            (peers6 > 0 ? formula.torrent_with_peer6 : 0);
    return kEmptyTable + torrents * of_one;
  }
};

void PrintTo(const Shape& shape, std::ostream* out) {
  *out << shape.torrents << " torrents of " << shape.peers4 << " and " << shape.peers6 << " peers";
}

class MemoryPlanning : public testing::TestWithParam<Shape> {
 protected:
  void add(uint32_t torrent, const Endpoint& peer) {
    AnnounceRequest request;
    Random random(torrent);
    for (uint8_t& byte : request.info_hash.bytes) byte = static_cast<uint8_t>(random.next() >> 56U);
    request.peer = peer;
    request.seeding = torrent % 2 == 0;
    table_.announce(request, table_.locate(request.info_hash), 0, 5, {}, random_);
  }

  TorrentTable table_{{}, SecretHash::from_seed(9)};
  Random random_{1};
};

TEST_P(MemoryPlanning, ATableTakesNoMoreThanTheDocumentedFormulaSays) {
  const Shape& shape = GetParam();
  for (uint32_t torrent = 0; torrent < shape.torrents; ++torrent) {
    for (uint32_t peer = 0; peer < shape.peers4; ++peer) add(torrent, endpoint4(peer));
    for (uint32_t peer = 0; peer < shape.peers6; ++peer) add(torrent, endpoint6(peer));
  }
  const Formula formula = Formula::documented();
  ASSERT_GT(formula.torrent_with_peer6, 0U) << "docs/operations.md has no formula of this form";
  EXPECT_GT(formula.megabytes * 1'000'000, 2 * kEmptyTable);
  EXPECT_LE(table_.totals().bytes, shape.planned(formula));
}

INSTANTIATE_TEST_SUITE_P(Shapes, MemoryPlanning,
                         testing::Values(Shape{400'000, 1, 0}, Shape{200'000, 4, 0},
                                         Shape{200'000, 6, 0}, Shape{200'000, 0, 1},
                                         Shape{200'000, 1, 1}, Shape{50'000, 10, 2},
                                         Shape{10'000, 50, 5}, Shape{1'000, 300, 30},
                                         Shape{10, 50'000, 5'000}));

}  // namespace
}  // namespace ot
