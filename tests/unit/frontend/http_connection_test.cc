// How the HTTP front end treats a connection: requests in pieces and in rows, keep-alive, close.
#include <gtest/gtest.h>

#include "unit/frontend/offline_tracker.h"
#include "unit/support/bencode_decoder.h"

namespace ot {
namespace {

const Endpoint kClient = endpoint("192.0.2.7:1000");
const std::string kTarget =
    "/announce?info_hash=" + percent_encode(numbered_hash(1)) + "&left=1&port=";

class HttpConnectionTest : public testing::Test {
 protected:
  OfflineTracker tracker_;
  OfflineConnection connection_{tracker_.http_frontend, kClient};
};

TEST_F(HttpConnectionTest, AnswersARequestThatComesAByteAtATime) {
  for (const std::string line_end : {"\r\n", "\n"}) {
    for (const std::string empty_lines : {"", "\r\n", "\n\n"}) {
      OfflineConnection connection(tracker_.http_frontend, kClient);
      const std::string request = empty_lines + "GET " + kTarget + "1 HTTP/1.1" + line_end +
                                  "Host: tracker" + line_end + line_end;
      for (size_t i = 0; i + 1 < request.size(); ++i) connection.send(request.substr(i, 1));
      EXPECT_EQ(connection.take_text(), "");
      connection.send(request.substr(request.size() - 1));
      EXPECT_EQ(connection.take().size(), 1U) << "line end of " << line_end.size();
      EXPECT_EQ(connection.unread(), "");
    }
  }
}

TEST_F(HttpConnectionTest, AnswersARequestCutAnywhere) {
  const std::string request = get(kTarget + "1", "Host: tracker\r\n");
  for (size_t cut = 1; cut < request.size(); ++cut) {
    connection_.send(request.substr(0, cut));
    EXPECT_EQ(connection_.take_text(), "") << cut;
    connection_.send(request.substr(cut));
    EXPECT_EQ(connection_.take().size(), 1U) << cut;
  }
}

TEST_F(HttpConnectionTest, AnswersPipelinedRequestsInTheirOrder) {
  std::string requests;
  constexpr int64_t kCount = 100;
  for (int64_t i = 1; i <= kCount; ++i) requests += get(kTarget + std::to_string(i));
  connection_.send(requests);
  const std::vector<HttpReply> replies = connection_.take();
  ASSERT_EQ(replies.size(), static_cast<size_t>(kCount));
  for (int64_t i = 0; i < kCount; ++i) {
    const auto body = BencodeDecoder::decode(replies[static_cast<size_t>(i)].body);
    ASSERT_TRUE(body);
    EXPECT_EQ((*body)["incomplete"].integer, i + 1);
  }
  EXPECT_FALSE(connection_.closed());
}

TEST_F(HttpConnectionTest, LeavesWhatFollowsAnIncompleteRequestForLater) {
  const std::string second = get(kTarget + "2");
  connection_.send(get(kTarget + "1") + second.substr(0, 20));
  EXPECT_EQ(connection_.take().size(), 1U);
  connection_.send(second.substr(20));
  EXPECT_EQ(connection_.take().size(), 1U);
}

TEST_F(HttpConnectionTest, AnswersNothingAfterARequestThatCloses) {
  connection_.send(get("/nothing") + get(kTarget + "1"));
  EXPECT_TRUE(connection_.closed());
  EXPECT_EQ(connection_.take().size(), 1U);
  EXPECT_EQ(connection_.unread(), get(kTarget + "1"));
  EXPECT_EQ(tracker_.table.peers(), 0U);
}

struct KeepCase {
  std::string version;
  std::string headers;
  bool keeps;
  std::string says;  // "": no Connection header
};

TEST_F(HttpConnectionTest, KeepsTheConnectionAsVersionAndClientSay) {
  const std::vector<KeepCase> cases{
      {" HTTP/1.1", "", true, ""},
      {" HTTP/1.1", "Connection: keep-alive\r\n", true, ""},
      {" HTTP/1.1", "Connection: close\r\n", false, "Connection: close"},
      {" HTTP/1.0", "", false, "Connection: close"},
      {" HTTP/1.0", "Connection: Keep-Alive\r\n", true, "Connection: keep-alive"},
      {" HTTP/1.0", "Connection: close\r\n", false, "Connection: close"},
      {"", "", false, "Connection: close"},
  };
  for (const std::string& target :
       {kTarget + "1", std::string("/announce?port=1"), std::string("/scrape?info_hash=x")}) {
    for (const KeepCase& row : cases) {
      OfflineConnection connection(tracker_.http_frontend, kClient);
      connection.send("GET " + target + row.version + "\r\n" + row.headers + "\r\n");
      const std::vector<HttpReply> replies = connection.take();
      ASSERT_EQ(replies.size(), 1U);
      EXPECT_EQ(connection.closed(), !row.keeps) << target << row.version << row.headers;
      EXPECT_EQ(replies[0].status_line, "HTTP/1.1 200 OK");
      if (row.says.empty()) {
        EXPECT_EQ(replies[0].head.find("Connection"), std::string::npos);
      } else {
        EXPECT_TRUE(replies[0].says(row.says)) << row.says;
      }
    }
  }
}

// Exporters read to the end of the connection.
TEST_F(HttpConnectionTest, StatisticsCloseItUnlessKeepAliveIsAskedForByName) {
  const std::vector<KeepCase> cases{
      {" HTTP/1.1", "", false, "Connection: close"},
      {" HTTP/1.1", "Connection: TE\r\n", false, "Connection: close"},
      {" HTTP/1.1", "Connection: keep-alive\r\n", true, ""},
      {" HTTP/1.1", "Connection: TE, Keep-Alive\r\n", true, ""},
      {" HTTP/1.1", "Connection: keep-alive, close\r\n", false, "Connection: close"},
      {" HTTP/1.0", "", false, "Connection: close"},
      {" HTTP/1.0", "Connection: Keep-Alive\r\n", true, "Connection: keep-alive"},
  };
  for (const std::string target : {"/stats", "/stats?mode=herr", "/metrics"}) {
    for (const KeepCase& row : cases) {
      OfflineConnection connection(tracker_.http_frontend, kClient);
      connection.send("GET " + target + row.version + "\r\n" + row.headers + "\r\n" +
                      get(kTarget + "1"));
      const std::vector<HttpReply> replies = connection.take();
      ASSERT_EQ(replies.size(), row.keeps ? 2U : 1U) << target << row.version << row.headers;
      EXPECT_EQ(connection.closed(), !row.keeps) << target << row.version << row.headers;
      EXPECT_EQ(replies[0].status_line, "HTTP/1.1 200 OK");
      if (row.says.empty()) {
        EXPECT_EQ(replies[0].head.find("Connection"), std::string::npos);
      } else {
        EXPECT_TRUE(replies[0].says(row.says)) << row.says;
      }
    }
  }
}

}  // namespace
}  // namespace ot
