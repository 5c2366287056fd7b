#include "protocol/http_tracker.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/random.h"
#include "unit/support/guarded_bytes.h"

namespace ot {
namespace {

const IpAddress kClient = *IpAddress::parse("192.0.2.7");
const std::string kHash = "aaaaaaaaaaaaaaaaaaaa";

InfoHash hash_of(std::string_view text) {
  InfoHash hash;
  std::copy_n(text.begin(), InfoHash::kSize, hash.bytes.begin());
  return hash;
}

HttpAnnounce parsed(const std::string& query) {
  const auto announce = parse_announce(query, kClient);
  EXPECT_TRUE(announce) << query << ": " << (announce ? "" : announce.error().reason);
  return announce ? *announce : HttpAnnounce{};
}

// A valid announce with `parameters` appended.
HttpAnnounce with(const std::string& parameters) {
  return parsed("info_hash=" + kHash + "&port=6881" + parameters);
}

std::string problem(const std::string& query) {
  const auto announce = parse_announce(query, kClient);
  EXPECT_FALSE(announce) << query;
  if (announce) return "";
  EXPECT_NE(announce.error().reason.find(announce.error().parameter), std::string_view::npos);
  return std::string(announce.error().parameter);
}

std::string problem_with(const std::string& parameters) {
  return problem("info_hash=" + kHash + parameters);
}

TEST(Route, KnowsTheTrackersPaths) {
  EXPECT_EQ(route("/announce?a=b", {"stats"}).route, Route::announce);
  EXPECT_EQ(route("/announce?a=b", {"stats"}).query, "a=b");
  EXPECT_EQ(route("/scrape?info_hash=x", {"stats"}).route, Route::scrape);
  EXPECT_EQ(route("/scrape", {"stats"}).route, Route::full_scrape);
  EXPECT_EQ(route("/stats?mode=peer", {"stats"}).route, Route::stats);
  EXPECT_EQ(route("/stats?mode=peer", {"stats"}).query, "mode=peer");
  EXPECT_EQ(route("/stats", {"stats"}).route, Route::stats);
  EXPECT_EQ(route("/stats.json", {"stats"}).route, Route::stats_json);
  EXPECT_EQ(route("/metrics", {"stats"}).route, Route::metrics);
  EXPECT_EQ(route("/", {"stats"}).route, Route::root);
}

TEST(Route, AcceptsTheVariantsOfAnnounceThatClientsSend) {
  for (const std::string_view target :
       {"/announce", "/announce?", "/announce.php?x=1", "/announce/?x=1", "/announce/key?x=1",
        "/a?x=1", "/a", "/abc/def?x=1", "////announce?x=1", "/announce ?x=1", "/%61nnounce?x=1",
        "/ann%6fun%63e?x=1", "/?x=1", "//?x=1", "/%2f?x=1"})
    EXPECT_EQ(route(target, {"stats"}).route, Route::announce) << target;
}

TEST(Route, AcceptsTheVariantsOfScrapeThatClientsSend) {
  for (const std::string_view target : {"/scrape?x=1", "/scrape?", "/scrape.php?x=1", "/sc", "/scr",
                                        "/scx?x=1", "/scrape/", "//scrape.php", "/scrape ?x=1"})
    EXPECT_EQ(route(target, {"stats"}).route, Route::scrape) << target;
  for (const std::string_view target : {"/scrape", "//scrape", "/%73crape"})
    EXPECT_EQ(route(target, {"stats"}).route, Route::full_scrape) << target;
}

TEST(Route, AnswersNotFoundForOtherPaths) {
  for (const std::string_view target :
       {"/Announce?x=1", "/key/announce?x=1", "/s", "/st", "/stats/", "/statsx", "/stats.jsonx",
        "/metrics/", "/favicon.ico", "/../a", "/./announce", "/%", "/%zz?x=1", "/ announce"})
    EXPECT_EQ(route(target, {"stats"}).route, Route::not_found) << target;
  EXPECT_EQ(route("/?", {"stats"}).route, Route::root);
  EXPECT_EQ(route("///", {"stats"}).route, Route::root);
}

TEST(Route, MatchesTheStatsPathBeforeAnythingElse) {
  EXPECT_EQ(route("/admin", {"admin"}).route, Route::stats);
  EXPECT_EQ(route("/admin?mode=conn", {"admin"}).route, Route::stats);
  EXPECT_EQ(route("/admin.json", {"admin"}).route, Route::stats_json);
  EXPECT_EQ(route("//admin", {"admin"}).route, Route::stats);
  EXPECT_EQ(route("/adm%69n", {"admin"}).route, Route::stats);
  EXPECT_EQ(route("/admins", {"admin"}).route, Route::announce);
  EXPECT_EQ(route("/scrape", {"scrape"}).route, Route::stats);
  EXPECT_EQ(route("/deep/er/stats", {"deep/er/stats"}).route, Route::stats);
  EXPECT_EQ(route("/stats", {"admin"}).route, Route::not_found);
}

TEST(Route, DoesNotDecodeALongPath) {
  std::string path = "/%61";
  path += std::string(2000, 'x');
  EXPECT_EQ(route(path, {"stats"}).route, Route::not_found);
}

TEST(ParseAnnounce, FillsTheRequest) {
  const HttpAnnounce announce = parsed("info_hash=" + kHash +
                                       "&peer_id=-TR3000-abcdefghijkl&port=6881&uploaded=1"
                                       "&downloaded=2&left=3&numwant=80&key=x&compact=1"
                                       "&supportcrypto=1&event=started&trackerid=t&compact6=1");
  EXPECT_EQ(announce.request.info_hash, hash_of(kHash));
  EXPECT_EQ(announce.request.peer, (Endpoint{kClient, 6881}));
  EXPECT_EQ(announce.request.event, AnnounceEvent::started);
  EXPECT_FALSE(announce.request.seeding);
  EXPECT_EQ(announce.request.numwant, 80U);
  EXPECT_EQ(announce.form, PeerForm::compact);
}

TEST(ParseAnnounce, AcceptsParametersInAnyOrder) {
  EXPECT_EQ(parsed("left=0&port=1&event=completed&info_hash=" + kHash).request.seeding, true);
  EXPECT_EQ(parsed("&&port=%36881&&info%5fhash=" + kHash + "&").request.peer.port, 6881);
}

TEST(ParseAnnounce, DecodesTheInfoHash) {
  const std::string query = "port=1&info_hash=%00%01%aB%Ff+~\x80\xff%20%26%3d%25abcdefg%68";
  EXPECT_EQ(parsed(query).request.info_hash,
            hash_of(std::string("\x00\x01\xab\xff+~\x80\xff &=%abcdefgh", 20)));
}

TEST(ParseAnnounce, NeedsOneInfoHashOf20Bytes) {
  EXPECT_EQ(problem(""), "info_hash");
  EXPECT_EQ(problem("port=6881&left=0"), "info_hash");
  EXPECT_EQ(problem("info_hash&port=6881"), "info_hash");
  EXPECT_EQ(problem("info_hash=&port=6881"), "info_hash");
  EXPECT_EQ(problem("port=6881&info_hash=" + kHash.substr(1)), "info_hash");
  EXPECT_EQ(problem("port=6881&info_hash=" + kHash + "a"), "info_hash");
  EXPECT_EQ(problem("port=6881&info_hash=" + std::string(40, 'a')), "info_hash");
  EXPECT_EQ(problem("port=6881&info_hash=" + kHash + "&info_hash=" + kHash), "info_hash");
  EXPECT_EQ(problem("port=6881&info_hash=%zz" + kHash), "info_hash");
  EXPECT_EQ(problem("port=6881&info_hash=" + kHash.substr(1) + "%6"), "info_hash");
}

TEST(ParseAnnounce, NeedsAPort) {
  EXPECT_EQ(problem_with(""), "port");
  for (const std::string value : {"", "0", "65536", "-1", "+1", "-0", "abc", "68x", " 1", "1.5",
                                  "0x50", "99999999999999999999999", "%zz", "%36%4", "-", "--1"})
    EXPECT_EQ(problem_with("&port=" + value), "port") << value;
  for (const std::string value : {"1", "65535", "006881", "%36881"})
    EXPECT_NE(parsed("info_hash=" + kHash + "&port=" + value).request.peer.port, 0) << value;
}

TEST(ParseAnnounce, AcceptsAnyPortFromAStoppedPeer) {
  for (const std::string value : {"0", "65536", "-1", "+6881", "99999999999999999999999"}) {
    const auto announce = parsed("port=" + value + "&event=stopped&info_hash=" + kHash);
    EXPECT_EQ(announce.request.peer.port, 0) << value;
    EXPECT_EQ(announce.request.event, AnnounceEvent::stopped);
  }
  EXPECT_EQ(problem_with("&event=stopped&port=abc"), "port");
  EXPECT_EQ(problem_with("&event=stopped"), "port");
}

TEST(ParseAnnounce, CountsAPeerWithNothingLeftAsASeeder) {
  for (const std::string value : {"0", "00", "%30", "000000000000000000000000000000"})
    EXPECT_TRUE(with("&left=" + value).request.seeding) << value;
  for (const std::string value :
       {"1", "-1", "-0", "18446744073709551616", "99999999999999999999999999999", "010"})
    EXPECT_FALSE(with("&left=" + value).request.seeding) << value;
  EXPECT_FALSE(with("").request.seeding);
  for (const std::string value : {"", "abc", "-", "+1", "1x", "0.0", "%20", "%zz", "0#frag"})
    EXPECT_EQ(problem_with("&port=1&left=" + value), "left") << value;
  EXPECT_EQ(problem_with("&port=1&left=%31" + std::string(100, '1')), "left");
}

TEST(ParseAnnounce, KnowsItsEvents) {
  EXPECT_EQ(with("&event=started").request.event, AnnounceEvent::started);
  EXPECT_EQ(with("&event=completed").request.event, AnnounceEvent::completed);
  EXPECT_EQ(with("&event=stopped").request.event, AnnounceEvent::stopped);
  EXPECT_EQ(with("&event=paused").request.event, AnnounceEvent::paused);
  EXPECT_EQ(with("&event=%73topped").request.event, AnnounceEvent::stopped);
  for (const std::string value : {"", "none", "Started", "stopped ", "resumed", "%41"})
    EXPECT_EQ(with("&event=" + value).request.event, AnnounceEvent::none) << value;
  EXPECT_EQ(with("&event=%41" + std::string(100, 'x')).request.event, AnnounceEvent::none);
  EXPECT_EQ(problem_with("&port=1&event=%zz"), "event");
}

TEST(ParseAnnounce, ReadsNumwant) {
  EXPECT_EQ(with("&numwant=0").request.numwant, 0U);
  EXPECT_EQ(with("&numwant=%30").request.numwant, 0U);
  EXPECT_EQ(with("&numwant=200").request.numwant, 200U);
  EXPECT_EQ(with("&numwant=4294967295").request.numwant, UINT32_MAX);
  EXPECT_EQ(with("&numwant=4294967296").request.numwant, UINT32_MAX);
  EXPECT_EQ(with("&numwant=99999999999999999999999").request.numwant, UINT32_MAX);
  for (const std::string value : {"", "-1", "-5", "+5", "abc", "5x", "%zz", "%20"})
    EXPECT_EQ(with("&numwant=" + value).request.numwant, std::nullopt) << value;
  EXPECT_EQ(with("").request.numwant, std::nullopt);
}

TEST(ParseAnnounce, AnswersDictionariesOnRequestOnly) {
  EXPECT_EQ(with("&compact=0").form, PeerForm::dictionary);
  EXPECT_EQ(with("&compact=%30").form, PeerForm::dictionary);
  for (const std::string value : {"1", "", "x", "00", "2", "%zz"})
    EXPECT_EQ(with("&compact=" + value).form, PeerForm::compact) << value;
}

TEST(ParseAnnounce, TakesTheFirstOfRepeatedParameters) {
  const HttpAnnounce announce = with(
      "&port=1&left=0&left=abc&event=started&event=stopped&numwant=1&numwant=2&compact=0"
      "&compact=1");
  EXPECT_EQ(announce.request.peer.port, 6881);
  EXPECT_TRUE(announce.request.seeding);
  EXPECT_EQ(announce.request.event, AnnounceEvent::started);
  EXPECT_EQ(announce.request.numwant, 1U);
  EXPECT_EQ(announce.form, PeerForm::dictionary);
}

TEST(ParseAnnounce, IgnoresUnknownParameters) {
  const HttpAnnounce announce = with(
      "&peer_id=abc&peer_id=%zz&key=%&ip=foo&ipv4=1.2.3.4&ipv6=%zz&x&=&%zz=1&no_peer_id=1"
      "&EVENT=stopped&trackerid=" +
      std::string(5000, '%'));
  EXPECT_EQ(announce.request.peer.address, kClient);
  EXPECT_EQ(announce.request.event, AnnounceEvent::none);
}

TEST(ParseAnnounce, NeverReadsPastTheQuery) {
  GuardedBytes guard(4096);
  const std::string query = "compact=0&port=6881&numwant=-1&left=%30&ip=1.2.3.4&info%5fhash=%00" +
                            kHash.substr(1) + "&event=%73topped&info_hash=%1";
  for (size_t size = 0; size <= query.size(); ++size) {
    const std::string_view prefix = guard.place(std::string_view(query).substr(0, size));
    const auto announce = parse_announce(prefix, kClient);
    if (announce) {
      EXPECT_EQ(announce->request.peer.port, 6881);
    }
    std::array<InfoHash, 2> hashes;
    static_cast<void>(parse_scrape(prefix, hashes));
  }
}

TEST(ParseScrape, AnswersSortedUniqueHashes) {
  std::array<InfoHash, kMaxScrapeHashes> out;
  const auto count =
      parse_scrape("info_hash=cccccccccccccccccccc&x=%zz&info_hash=%61" + kHash.substr(1) +
                       "&info_hash=bbbbbbbbbbbbbbbbbbbb&info_hash=" + kHash,
                   out);
  ASSERT_TRUE(count);
  ASSERT_EQ(*count, 3U);
  EXPECT_EQ(out[0], hash_of(kHash));
  EXPECT_EQ(out[1], hash_of("bbbbbbbbbbbbbbbbbbbb"));
  EXPECT_EQ(out[2], hash_of("cccccccccccccccccccc"));
}

TEST(ParseScrape, IgnoresHashesBeyondTheLimit) {
  std::array<InfoHash, kMaxScrapeHashes> out;
  std::string query;
  for (size_t i = 0; i < kMaxScrapeHashes; ++i) {
    const auto letter = static_cast<char>('!' + (63 - i));
    query += "&info_hash=" + (letter == '%' || letter == '&' ? "  " : std::string(2, letter)) +
             kHash.substr(2);
  }
  EXPECT_GE(*parse_scrape(query, out), kMaxScrapeHashes - 1);
  const InfoHash first = out[0];
  EXPECT_GE(*parse_scrape(query + "&info_hash=%00" + kHash.substr(1), out), kMaxScrapeHashes - 1);
  EXPECT_EQ(out[0], first);
  EXPECT_TRUE(parse_scrape(query + "&info_hash=tooshort", out));
}

TEST(ParseScrape, ExplainsEachFault) {
  std::array<InfoHash, 4> out;
  for (const std::string query : {"", "x=1", "info_hash", "info_hash=abc", "info_hash=%zz",
                                  "info_hash=aaaaaaaaaaaaaaaaaaaa&info_hash=b"}) {
    const auto count = parse_scrape(query, out);
    ASSERT_FALSE(count) << query;
    EXPECT_EQ(count.error().parameter, "info_hash");
  }
}

TEST(ParseAnnounce, DecodesAnyEncodingOfAnAnnounce) {
  Random random(2);
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int round = 0; round < 1000; ++round) {
    InfoHash hash;
    std::string query = "info_hash=";
    for (uint8_t& byte : hash.bytes) {
      byte = static_cast<uint8_t>(random.below(256));
      query += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
    const auto port = static_cast<uint16_t>(1 + random.below(UINT16_MAX));
    const uint32_t numwant = random.below(300);
    const uint32_t left = random.below(3);
    const AnnounceRequest request =
        parsed(query + "&port=" + std::to_string(port) + "&numwant=" + std::to_string(numwant) +
               "&left=" + std::to_string(left))
            .request;
    EXPECT_EQ(request.info_hash, hash);
    EXPECT_EQ(request.peer, (Endpoint{kClient, port}));
    EXPECT_EQ(request.numwant, numwant);
    EXPECT_EQ(request.seeding, left == 0);
  }
}

}  // namespace
}  // namespace ot
