#include "frontend/http.h"

#include <gtest/gtest.h>

#include "unit/frontend/offline_tracker.h"
#include "unit/support/bencode_decoder.h"

namespace ot {
namespace {

const Endpoint kClient = endpoint("192.0.2.7:1000");
const std::string kHash = percent_encode(numbered_hash(1));
const std::string kAnnounce = "/announce?info_hash=" + kHash + "&port=6881&left=1";

class HttpFrontendTest : public testing::Test {
 protected:
  HttpReply http(std::string_view request) { return tracker_.http(kClient, request); }
  Bencoded bencoded(std::string_view target) {
    const HttpReply reply = http(get(target));
    EXPECT_EQ(reply.status_line, "HTTP/1.1 200 OK") << target;
    return BencodeDecoder::decode(reply.body).value_or(Bencoded{});
  }
  std::string failure(std::string_view target, std::string_view retry_in = "30") {
    const Bencoded body = bencoded(target);
    if (!body.has("failure reason")) return "no failure";
    EXPECT_EQ(body["retry in"].text, retry_in) << target;
    EXPECT_EQ(body["interval"].integer, 1800);
    return body["failure reason"].text;
  }
  uint64_t count(Action action) { return tracker_.statistics.actions(Transport::tcp, action); }

  OfflineTracker tracker_;
};

TEST_F(HttpFrontendTest, AnswersAnAnnounceWithTheSwarmAndTheClientsAddress) {
  const Bencoded reply = bencoded(kAnnounce);
  EXPECT_EQ(reply["complete"].integer, 0);
  EXPECT_EQ(reply["incomplete"].integer, 1);
  EXPECT_EQ(reply["downloaded"].integer, 0);
  EXPECT_EQ(reply["external ip"].text, std::string("\xc0\x00\x02\x07", 4));
  EXPECT_NEAR(static_cast<double>(reply["interval"].integer), 1800, 180);
  EXPECT_EQ(reply["min interval"].integer, 900);
  EXPECT_EQ(reply["peers"].text, "");
  EXPECT_FALSE(reply.has("peers6"));
}

TEST_F(HttpFrontendTest, NamesPeersOfBothFamiliesToEveryone) {
  tracker_.http(endpoint("192.0.2.1"), get(kAnnounce));
  tracker_.http(endpoint("[2001:db8::1]"), get(kAnnounce));
  const std::string v4("\xc0\x00\x02\x01\x1a\xe1", 6);
  const std::string v6("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x1a\xe1", 18);
  const Bencoded reply = bencoded(kAnnounce);
  EXPECT_EQ(reply["peers"].text, v4);
  EXPECT_EQ(reply["peers6"].text, v6);
}

TEST_F(HttpFrontendTest, AnswersDictionariesIfAsked) {
  tracker_.http(endpoint("192.0.2.1"), get(kAnnounce));
  const Bencoded reply = bencoded(kAnnounce + "&compact=0");
  ASSERT_EQ(reply["peers"].list.size(), 1U);
  EXPECT_EQ(reply["peers"].list[0]["ip"].text, "192.0.2.1");
  EXPECT_EQ(reply["peers"].list[0]["port"].integer, 6881);
}

TEST_F(HttpFrontendTest, KeepsThePeersKeyIfNoPeersAreWanted) {
  tracker_.http(endpoint("192.0.2.1"), get(kAnnounce));
  const Bencoded reply = bencoded(kAnnounce + "&numwant=0");
  EXPECT_EQ(reply["incomplete"].integer, 2);
  EXPECT_EQ(reply["peers"].text, "");
  EXPECT_FALSE(reply.has("peers6"));
}

TEST_F(HttpFrontendTest, FillsTheLargestReplyInBothForms) {
  OfflineSettings settings;
  settings.policy.numwant_max = 1000;
  OfflineTracker tracker(settings);
  for (int i = 0; i < 1200; ++i) {
    const std::string port = std::to_string(60000 + i);
    const std::string target = "/announce?info_hash=" + kHash + "&left=1&numwant=0&port=" + port;
    tracker.http(endpoint("192.168.123.124"), get(target));
    tracker.http(endpoint("[2001:1db8:1111:2222:3333:4444:5555:6666]"), get(target));
  }
  OfflineConnection connection(tracker.http_frontend, kClient,
                               HttpFrontend::max_reply(settings.policy));
  connection.send(get(kAnnounce + "&numwant=4294967295&compact=0"));
  connection.send(get(kAnnounce + "&numwant=4294967295"));
  const std::vector<HttpReply> replies = connection.take();
  ASSERT_EQ(replies.size(), 2U);
  const auto dictionaries = BencodeDecoder::decode(replies[0].body);
  ASSERT_TRUE(dictionaries);
  EXPECT_EQ((*dictionaries)["peers"].list.size(), 1000U);
  const auto compact = BencodeDecoder::decode(replies[1].body);
  ASSERT_TRUE(compact);
  EXPECT_EQ((*compact)["peers"].text.size() / 6 + (*compact)["peers6"].text.size() / 18, 1000U);
}

TEST_F(HttpFrontendTest, TellsWhatIsWrongWithAnAnnounceInABencodedReply) {
  const std::string hash = "info_hash=" + kHash;
  EXPECT_NE(failure("/announce?port=1").find("info_hash"), std::string::npos);
  EXPECT_NE(failure("/announce?info_hash=short&port=1", "never").find("info_hash"),
            std::string::npos);
  EXPECT_NE(failure("/announce?" + hash + "&" + hash + "&port=1", "never").find("once"),
            std::string::npos);
  EXPECT_NE(failure("/announce?" + hash).find("port"), std::string::npos);
  EXPECT_NE(failure("/announce?" + hash + "&port=0").find("port"), std::string::npos);
  EXPECT_NE(failure("/announce?" + hash + "&port=65536").find("port"), std::string::npos);
  EXPECT_NE(failure("/announce?" + hash + "&port=1&left=abc").find("left"), std::string::npos);
  EXPECT_EQ(count(Action::refused), 7U);
  EXPECT_EQ(count(Action::announce), 0U);
  EXPECT_EQ(tracker_.table.torrents(), 0U);
  EXPECT_EQ(tracker_.statistics.http_errors(HttpError::invalid_parameter), 7U);
}

TEST_F(HttpFrontendTest, SaysNeverOnlyForATorrentThatABlackListNames) {
  for (const AccessMode mode : {AccessMode::white, AccessMode::black}) {
    OfflineSettings settings;
    settings.access = mode;
    settings.policy.interval = std::chrono::seconds(100);
    OfflineTracker tracker(settings);
    if (mode == AccessMode::black) {
      EXPECT_TRUE(tracker.access.add(numbered_hash(1)));
    }
    const auto body = BencodeDecoder::decode(tracker.http(kClient, get(kAnnounce)).body);
    ASSERT_TRUE(body);
    EXPECT_EQ((*body)["failure reason"].text, kNotAuthorized);
    EXPECT_EQ((*body)["retry in"].text, mode == AccessMode::black ? "never" : "2");
    EXPECT_EQ((*body)["interval"].integer, 100);
  }
}

TEST_F(HttpFrontendTest, AFailureKeepsTheConnection) {
  OfflineConnection connection(tracker_.http_frontend, kClient);
  connection.send(get("/announce?port=1"));
  EXPECT_FALSE(connection.closed());
  connection.send(get(kAnnounce));
  EXPECT_EQ(connection.take().size(), 2U);
}

TEST_F(HttpFrontendTest, ScrapesKnownAndUnknownHashesSortedAndOnce) {
  (void)http(get(kAnnounce));
  const std::string unknown = percent_encode(numbered_hash(2));
  const Bencoded reply =
      bencoded("/scrape?info_hash=" + unknown + "&info_hash=" + kHash + "&info_hash=" + unknown);
  const auto& files = reply["files"].dict;
  EXPECT_EQ(files.size(), 2U);
  const std::string key(as_text(numbered_hash(1).bytes));
  EXPECT_EQ(files.at(key)["incomplete"].integer, 1);
  const std::string other(as_text(numbered_hash(2).bytes));
  EXPECT_EQ(files.at(other)["incomplete"].integer, 0);
  EXPECT_EQ(files.at(other)["complete"].integer, 0);
  EXPECT_EQ(files.at(other)["downloaded"].integer, 0);
  EXPECT_EQ(count(Action::scrape), 1U) << "one request, however many hashes";
}

TEST_F(HttpFrontendTest, ScrapesTheFirst64HashesOfMore) {
  std::string target = "/scrape?x=1";
  for (uint32_t i = 0; i < 80; ++i) target += "&info_hash=" + percent_encode(numbered_hash(i));
  EXPECT_EQ(bencoded(target)["files"].dict.size(), 64U);
}

TEST_F(HttpFrontendTest, TellsWhatIsWrongWithAScrape) {
  EXPECT_NE(failure("/scrape?info_hash=x", "never").find("info_hash"), std::string::npos);
  EXPECT_NE(failure("/scrape?x=y").find("info_hash"), std::string::npos);
  EXPECT_EQ(count(Action::scrape), 0U);
}

struct ErrorCase {
  std::string request;
  std::string status_line;
  HttpError error;
};

TEST_F(HttpFrontendTest, AnswersOtherRequestsWithAnErrorPageAndCloses) {
  const std::string long_head = "GET /announce?x=" + std::string(9000, 'x');
  const std::string hash = "info_hash=" + kHash;
  const std::vector<ErrorCase> cases{
      {get("/"), "HTTP/1.0 404 Not Found", HttpError::not_found},
      {get("/nothing"), "HTTP/1.0 404 Not Found", HttpError::not_found},
      {get("/favicon.ico"), "HTTP/1.0 404 Not Found", HttpError::not_found},
      {"POST / HTTP/1.1\r\n\r\n", "HTTP/1.0 400 Invalid Request", HttpError::parse_error},
      {"DELETE / HTTP/1.1\r\n\r\n", "HTTP/1.0 400 Invalid Request", HttpError::parse_error},
      {"GET announce HTTP/1.1\r\n\r\n", "HTTP/1.0 400 Invalid Request", HttpError::parse_error},
      {get(kAnnounce, "Content-Length: 1\r\n"), "HTTP/1.0 400 Invalid Request",
       HttpError::parse_error},
      {long_head, "HTTP/1.0 400 Invalid Request", HttpError::parse_error},
      {get("/stats?mode=bogus"), "HTTP/1.0 400 Invalid Request", HttpError::invalid_parameter},
      {get("/stats?mode="), "HTTP/1.0 400 Invalid Request", HttpError::invalid_parameter},
      {get("/stats?mode=%zz"), "HTTP/1.0 400 Invalid Request", HttpError::invalid_parameter},
      {get("/stats?" + hash), "HTTP/1.0 400 Invalid Request", HttpError::invalid_parameter},
      {get("/stats?mode=peer&" + hash), "HTTP/1.0 400 Invalid Request",
       HttpError::invalid_parameter},
  };
  for (const ErrorCase& row : cases) {
    const uint64_t errors = tracker_.statistics.http_errors(row.error);
    const uint64_t refused = count(Action::refused);
    OfflineConnection connection(tracker_.http_frontend, kClient);
    connection.send(row.request);
    const std::vector<HttpReply> replies = connection.take();
    ASSERT_EQ(replies.size(), 1U) << row.request;
    EXPECT_EQ(replies[0].status_line, row.status_line) << row.request;
    const std::string title = "<title>" + row.status_line.substr(13) + "</title>\n";
    EXPECT_EQ(replies[0].body.substr(0, title.size()), title);
    const bool explains = row.error != HttpError::not_found;
    EXPECT_EQ(replies[0].body.size() > title.size(), explains) << row.request;
    EXPECT_TRUE(connection.closed()) << row.request;
    EXPECT_EQ(tracker_.statistics.http_errors(row.error), errors + 1) << row.request;
    EXPECT_EQ(count(Action::refused), refused + 1) << row.request;
  }
}

TEST_F(HttpFrontendTest, SendsTheRootToTheRedirectUrlIfThereIsOne) {
  OfflineSettings settings;
  settings.http.redirect_url = "https://example.org/about";
  OfflineTracker tracker(settings);
  const HttpReply reply = tracker.http(kClient, get("/"));
  EXPECT_EQ(reply.status_line, "HTTP/1.0 302 Found");
  EXPECT_TRUE(reply.says("Location: https://example.org/about"));
  EXPECT_EQ(tracker.statistics.http_errors(HttpError::redirect), 1U);
}

TEST_F(HttpFrontendTest, ServesStatisticsUnderTheirPath) {
  (void)http(get(kAnnounce));
  const std::string peer = "1\n0\nopentracker serving 1 torrents\nopentracker";
  for (const char* target : {"/stats", "//stats", "/stats?mode=peer", "/stats?x=y",
                             "/stats?mode=%70eer", "/stats?mode=peer&mode=conn"}) {
    const HttpReply reply = http(get(target));
    EXPECT_EQ(reply.status_line, "HTTP/1.1 200 OK") << target;
    EXPECT_TRUE(reply.says("Content-Type: text/plain"));
    EXPECT_TRUE(reply.says("Cache-Control: no-store"));
    EXPECT_EQ(reply.body, peer) << target;
  }
  for (const char* mode : {"conn", "tcp4", "udp4", "scrp", "torr", "version"})
    EXPECT_EQ(http(get("/stats?mode=" + std::string(mode))).status_line, "HTTP/1.1 200 OK") << mode;
}

TEST_F(HttpFrontendTest, ServesStatisticsUnderAnotherPathOnly) {
  OfflineSettings settings;
  settings.http.stats_path = "s3cret/numbers";
  OfflineTracker tracker(settings);
  EXPECT_EQ(tracker.http(kClient, get("/s3cret/numbers")).status_line, "HTTP/1.1 200 OK");
  EXPECT_EQ(tracker.http(kClient, get("/stats")).status_line, "HTTP/1.0 404 Not Found");
}

TEST_F(HttpFrontendTest, CountsAConnectionOnceNotWithEachRequest) {
  EXPECT_TRUE(tracker_.http_frontend.on_connected(kClient));
  EXPECT_TRUE(tracker_.http_frontend.on_connected(endpoint("[2001:db8::7]")));
  (void)http(get(kAnnounce));
  (void)http(get(kAnnounce));
  EXPECT_EQ(tracker_.statistics.actions(Transport::tcp, Family::v4, Action::contact), 1U);
  EXPECT_EQ(tracker_.statistics.actions(Transport::tcp, Family::v6, Action::contact), 1U);
  EXPECT_EQ(count(Action::announce), 2U);
}

}  // namespace
}  // namespace ot
