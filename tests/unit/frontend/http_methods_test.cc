// HEAD and OPTIONS in the HTTP front end, and targets that are URLs.
#include <gtest/gtest.h>

#include "unit/frontend/offline_tracker.h"
#include "unit/support/bencode_decoder.h"

namespace ot {
namespace {

const Endpoint kClient = endpoint("192.0.2.7:1000");
const std::string kHash = percent_encode(numbered_hash(1));
const std::string kAnnounce = "/announce?info_hash=" + kHash + "&port=6881&left=1";
const std::string kScrape = "/scrape?info_hash=" + kHash;

std::string request(const std::string& method, const std::string& target,
                    const std::string& fields = "") {
  return method + " " + target + " HTTP/1.1\r\n" + fields + "\r\n";
}

OfflineSettings open_settings() {
  OfflineSettings settings;
  settings.http.permissions.stats_shut = false;
  settings.http.redirect_url = "https://example.org/";
  return settings;
}

class HttpMethodsTest : public testing::Test {
 protected:
  // All bytes that answer the request, on a connection of its own.
  std::string answer(const std::string& bytes) {
    OfflineConnection connection(tracker_.http_frontend, kClient);
    connection.send(bytes);
    return connection.take_text();
  }

  OfflineTracker tracker_{open_settings()};
};

TEST_F(HttpMethodsTest, HeadGetsTheHeadOfGet) {
  (void)answer(request("GET", kAnnounce));
  for (const std::string& target :
       {kScrape, std::string("/"), std::string("/stats"), std::string("/stats.json?mode=peer"),
        std::string("/stats?mode=version&format=json"), std::string("/stats?mode=bogus"),
        std::string("/stats?mode=top10"), std::string("/favicon.ico"),
        std::string("/announce?port=1"), std::string("/announce"), std::string("/scrape?x=1"),
        "/announce?info_hash=" + kHash + "&port=0"}) {
    const std::string whole = answer(request("GET", target));
    const std::string head = answer(request("HEAD", target));
    EXPECT_EQ(head, whole.substr(0, whole.find("\r\n\r\n") + 4)) << target;
    EXPECT_NE(head.find("Content-Length: "), std::string::npos) << target;
  }
  EXPECT_TRUE(answer(request("HEAD", "/metrics")).ends_with("\r\n\r\n"));
}

TEST_F(HttpMethodsTest, HeadOfAnAnnounceStoresAndCountsNothing) {
  EXPECT_EQ(answer(request("HEAD", kAnnounce)),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n\r\n");
  (void)answer(request("GET", kAnnounce));
  for (const char* event : {"stopped", "completed"})
    EXPECT_TRUE(answer(request("HEAD", kAnnounce + "&event=" + event)).starts_with("HTTP/1.1 200"));
  EXPECT_EQ(tracker_.table.peers(), 1U);
  EXPECT_EQ(tracker_.statistics.completed(), 0U);
  EXPECT_EQ(tracker_.statistics.actions(Transport::tcp, Action::announce), 1U);
  EXPECT_EQ(tracker_.statistics.actions(Transport::tcp, Action::refused), 0U);
}

TEST_F(HttpMethodsTest, HeadOfARefusedAnnounceIsThatOfTheRefusal) {
  OfflineSettings settings = open_settings();
  settings.access = AccessMode::white;
  OfflineTracker tracker(settings);
  const HttpReply whole = tracker.http(kClient, request("GET", kAnnounce));
  const HttpReply head = tracker.http(kClient, request("HEAD", kAnnounce));
  EXPECT_EQ(head.head, whole.head);
  EXPECT_EQ(head.body, "");
}

TEST_F(HttpMethodsTest, HeadOfAFullScrapeMakesNoDump) {
  for (const std::string target : {"/scrape", "/stats?mode=statedump", "/stats?mode=tpbs"}) {
    OfflineConnection connection(tracker_.http_frontend, endpoint("127.0.0.1:1"));
    connection.send(request("HEAD", target, "Host: localhost\r\nAccept-Encoding: gzip\r\n"));
    EXPECT_FALSE(connection.owed());
    const std::string head = connection.take_text();
    if (features::kFullScrape || target == "/stats?mode=statedump") {
      EXPECT_NE(head.find("\r\nTransfer-Encoding: chunked\r\n"), std::string::npos) << head;
      EXPECT_EQ(head.find("Content-Length"), std::string::npos) << head;
    }
    EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
    EXPECT_EQ(connection.closed(), target != "/scrape") << "statistics close";
  }
  EXPECT_EQ(tracker_.full_scrapes.status().counters.runs, 0U);
  EXPECT_EQ(tracker_.full_scrapes.status().waiting, 0U);
}

TEST_F(HttpMethodsTest, HeadOfWhatIsDeniedIsThatOfTheDenial) {
  for (const std::string target : {"/stats?mode=top10", "/stats?mode=s24s"}) {
    const std::string head = answer(request("HEAD", target));
    EXPECT_TRUE(head.starts_with("HTTP/1.0 403 Access Denied\r\n")) << head;
    EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
  }
}

TEST_F(HttpMethodsTest, APipelineOfAllMethodsStaysInStep) {
  (void)answer(request("GET", kAnnounce));
  const std::string get = answer(request("GET", kScrape));
  const std::string head = answer(request("HEAD", kScrape));
  const std::string announce_head = answer(request("HEAD", kAnnounce));
  const std::string options = answer(request("OPTIONS", kScrape));
  OfflineConnection connection(tracker_.http_frontend, kClient);
  connection.send(request("HEAD", kScrape) + request("GET", kScrape) + request("HEAD", kAnnounce) +
                  request("OPTIONS", "*") + request("OPTIONS", kScrape) + request("GET", kScrape));
  EXPECT_EQ(connection.take_text(), head + get + announce_head + options + options + get);
  EXPECT_FALSE(connection.closed());
}

TEST_F(HttpMethodsTest, ARefusedHeadHasNoBody) {
  for (const std::string& bytes :
       {request("HEAD", "announce"), request("HEAD", kAnnounce, "Content-Length: 1\r\n"),
        "HEAD /" + std::string(kMaxHead, 'x')}) {
    const std::string reply = answer(bytes);
    EXPECT_TRUE(reply.starts_with("HTTP/1.0 400 Invalid Request\r\n")) << reply;
    EXPECT_TRUE(reply.ends_with("\r\n\r\n")) << reply;
  }
}

TEST_F(HttpMethodsTest, OptionsIsAnsweredOnEveryPath) {
  for (const std::string target :
       {"*", "/", "/stats", "/stats.json", "/metrics", "/scrape", "/announce", "/nothing",
        "/stats?mode=s24s", "http://tracker.example/stats"}) {
    OfflineConnection connection(tracker_.http_frontend, kClient);
    connection.send(request("OPTIONS", target,
                            "Origin: https://example.org\r\n"
                            "Access-Control-Request-Method: GET\r\n"));
    const std::string reply = connection.take_text();
    EXPECT_TRUE(reply.starts_with("HTTP/1.1 204 No Content\r\n")) << target << reply;
    EXPECT_NE(reply.find("\r\nAccess-Control-Allow-Origin: *\r\n"), std::string::npos);
    EXPECT_FALSE(connection.closed()) << target;
  }
  EXPECT_EQ(tracker_.statistics.actions(Transport::tcp, Action::refused), 0U);
}

TEST_F(HttpMethodsTest, EveryPageMayReadSumsAndNothingElse) {
  const std::string line = "\r\nAccess-Control-Allow-Origin: *\r\n";
  for (const std::string target : {"/stats", "/stats?mode=conn&format=json", "/metrics"})
    EXPECT_NE(answer(request("GET", target)).find(line), std::string::npos) << target;
  for (const std::string& target :
       {std::string("/stats?mode=top10"), kScrape, kAnnounce, std::string("/announce")})
    EXPECT_EQ(answer(request("GET", target)).find("Access-Control"), std::string::npos) << target;
}

TEST_F(HttpMethodsTest, NoReplyMayBeStored) {
  for (const std::string method : {"GET", "HEAD", "OPTIONS", "POST"})
    for (const std::string& target :
         {std::string("/"), kAnnounce, kScrape, std::string("/announce"), std::string("/stats"),
          std::string("/metrics"), std::string("/stats?mode=top10"), std::string("/nothing"),
          std::string("nothing")})
      EXPECT_NE(answer(request(method, target)).find("\r\nCache-Control: no-store\r\n"),
                std::string::npos)
          << method << " " << target;
}

TEST_F(HttpMethodsTest, AUrlIsServedAsItsPath) {
  for (const std::string start :
       {"http://tracker.example", "HTTPS://tracker.example:443", "http://[2001:db8::1]:6969"}) {
    EXPECT_EQ(answer(request("GET", start + kScrape)), answer(request("GET", kScrape)));
    EXPECT_EQ(answer(request("GET", start)), answer(request("GET", "/")));
    EXPECT_EQ(answer(request("GET", start + "/stats")), answer(request("GET", "/stats")));
  }
  const std::string query = kAnnounce.substr(kAnnounce.find('?'));
  (void)answer(request("GET", "http://tracker.example" + query));
  EXPECT_EQ(tracker_.table.peers(), 1U) << "an empty path with a query is an announce";
}

}  // namespace
}  // namespace ot
