#include "bench/load/population.h"

#include <gtest/gtest.h>

#include <set>

namespace ot::bench {
namespace {

PopulationOptions crowd_of(uint32_t peers, Law law = Law::skewed) {
  PopulationOptions options;
  options.law = law;
  options.torrents = 1000;
  options.peers = peers;
  options.sources = 16;
  return options;
}

TEST(Population, FindsEachPeerByItsAddressAndPort) {
  const Population population(crowd_of(5000));
  for (uint32_t peer = 0; peer < population.size(); ++peer) {
    const uint32_t address = Population::source_address(population.source_of(peer));
    EXPECT_EQ(population.find(address, population.port_of(peer)), peer);
  }
}

TEST(Population, KnowsNobodyElsewhere) {
  const Population population(crowd_of(100));
  EXPECT_FALSE(population.find(Population::source_address(16), 1));
  EXPECT_FALSE(population.find(Population::source_address(0), 0));
  EXPECT_FALSE(population.find(Population::source_address(0), 8));
  EXPECT_FALSE(population.find(0x7F000001, 1));
}

TEST(Population, TakesMoreSourcesRatherThanSharePorts) {
  PopulationOptions options = crowd_of(200'000);
  options.sources = 1;
  const Population population(options);
  EXPECT_EQ(population.sources(), 4U);
  EXPECT_EQ(population.find(Population::source_address(population.source_of(199'999)),
                            population.port_of(199'999)),
            199'999U);
}

TEST(Population, BeginsWithTheSmallerCrowdOfTheSameSeed) {
  const Population small(crowd_of(100));
  const Population large(crowd_of(1000));
  for (uint32_t peer = 0; peer < small.size(); ++peer)
    EXPECT_EQ(small.torrent_of(peer), large.torrent_of(peer));
}

TEST(Population, SpreadsEvenlyUnderTheUniformLaw) {
  const Population population(crowd_of(100'000, Law::uniform));
  std::vector<int> peers(1000);
  for (uint32_t peer = 0; peer < population.size(); ++peer) ++peers[population.torrent_of(peer)];
  const auto [least, most] = std::minmax_element(peers.begin(), peers.end());
  EXPECT_GT(*least, 50);
  EXPECT_LT(*most, 160);
}

// Of 1830 parts of weight 665 + 1/2 belong to the first torrent, 1/2 to the last.
TEST(Population, CrowdsTheFirstTorrentsUnderTheSkewedLaw) {
  const Population population(crowd_of(100'000));
  std::vector<int> peers(1000);
  for (uint32_t peer = 0; peer < population.size(); ++peer) ++peers[population.torrent_of(peer)];
  EXPECT_GT(peers.front(), 20'000);
  EXPECT_NEAR(peers[500], 24, 24);
  EXPECT_GT(peers[1], peers[4]);
}

TEST(Population, NamesEachTorrentDifferently) {
  const Population population(crowd_of(1));
  std::set<InfoHash> hashes;
  for (uint32_t torrent = 0; torrent < population.torrents(); ++torrent)
    hashes.insert(population.info_hash(torrent));
  EXPECT_EQ(hashes.size(), population.torrents());
}

TEST(Population, CountsTheTorrentsThatHavePeers) {
  const Population population(crowd_of(1000, Law::uniform));
  std::set<uint32_t> torrents;
  for (uint32_t peer = 0; peer < 700; ++peer) torrents.insert(population.torrent_of(peer));
  EXPECT_EQ(population.torrents_of_first(700), torrents.size());
}

}  // namespace
}  // namespace ot::bench
