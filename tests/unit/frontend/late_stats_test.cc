#include "frontend/late_stats.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "unit/frontend/http_exchange.h"
#include "unit/net/loopback.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

// Keeps what is sent to connection 1; all other connections are gone.
class OneConnection final : public ReplyPort {
 public:
  bool send(ConnectionToken to, ReplyPiece piece) override {
    if (to.index != 1) {
      ++settled;
      return false;
    }
    received.append(piece->begin(), piece->end());
    return true;
  }
  void end(ConnectionToken to, End how) override {
    if (to.index == 1) ended = how;
    ++settled;
  }
  void reset(ConnectionToken /*to*/) override { FAIL() << "statistics never reset"; }
  [[nodiscard]] std::optional<size_t> waiting(ConnectionToken /*to*/) const override { return 0; }

  std::string received;
  std::optional<End> ended;
  int settled = 0;  // replies that have ended or found their client gone
};

class LateStatsTest : public testing::Test {
 protected:
  static constexpr ConnectionToken kHere{1, 0};
  static constexpr ConnectionToken kGone{2, 0};

  void SetUp() override {
    AnnounceRequest request;
    request.info_hash = numbered_hash(1, 1);
    request.peer = endpoint4(1);
    Random random(1);
    table_.announce(request, table_.locate(request.info_hash), 0, 0, {}, random);
  }
  void ask(ConnectionToken to, Persistence persistence, const char* query = "mode=top10",
           bool head_only = false) {
    const auto question = parse_stats_query(query);
    ASSERT_TRUE(question.has_value());
    LateStats late(census_, statistics_, take_snapshot_,
                   {.persistence = persistence, .family = Family::v6, .head_only = head_only},
                   *question);
    ++asked_;
    late.begin(port_, to);
  }
  // Whether every reply has ended or found its client gone.
  bool settled() {
    return loopback::pump(*loop_, [&] { return port_.settled == asked_; });
  }
  // The one reply there is.
  HttpReply reply() {
    const auto replies = split_replies(port_.received);
    return replies.size() == 1 ? replies.front() : HttpReply{};
  }

  SystemClock clock_;
  std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  std::unique_ptr<Worker> worker_ = std::move(Worker::create(clock_)).value();
  Census census_{*loop_, *worker_, table_};
  Statistics statistics_;
  const TakeSnapshot take_snapshot_ = [] { return StatsSnapshot{}; };
  OneConnection port_;
  int asked_ = 0;
};

TEST_F(LateStatsTest, RepliesWhenTheWalkHasEnded) {
  ask(kHere, Persistence::close);
  EXPECT_TRUE(port_.received.empty());
  ASSERT_TRUE(settled());
  EXPECT_EQ(reply().status_line, "HTTP/1.1 200 OK");
  EXPECT_TRUE(reply().says("Content-Type: text/plain"));
  EXPECT_TRUE(reply().body.starts_with("Top 10 torrents by peers:\n\t1\t")) << reply().body;
  EXPECT_EQ(port_.ended, ReplyPort::End::close);
}

TEST_F(LateStatsTest, RepliesInJsonAndKeepsTheConnection) {
  ask(kHere, Persistence::keep, "mode=top10&format=json");
  ASSERT_TRUE(settled());
  EXPECT_TRUE(reply().says("Content-Type: application/json"));
  EXPECT_TRUE(reply().body.starts_with("{\"by_peers\":[{")) << reply().body;
  EXPECT_EQ(port_.ended, ReplyPort::End::keep);
}

TEST_F(LateStatsTest, RepliesToAHeadRequestWithTheHeadOfThePage) {
  ask(kHere, Persistence::close, "mode=everything");
  ASSERT_TRUE(settled());
  const std::string whole = std::exchange(port_.received, {});
  ask(kHere, Persistence::close, "mode=everything", true);
  ASSERT_TRUE(settled());
  EXPECT_EQ(port_.received, whole.substr(0, whole.find("\r\n\r\n") + 4));
  EXPECT_EQ(port_.ended, ReplyPort::End::close);
}

TEST_F(LateStatsTest, OnlySumsMayBeReadByEveryPage) {
  ask(kHere, Persistence::close, "mode=everything");
  ASSERT_TRUE(settled());
  EXPECT_TRUE(reply().says("Access-Control-Allow-Origin: *"));
  for (const char* query : {"mode=top10", "mode=s24s", "mode=top10&format=json"}) {
    port_.received.clear();
    ask(kHere, Persistence::close, query);
    ASSERT_TRUE(settled());
    EXPECT_EQ(reply().status_line, "HTTP/1.1 200 OK");
    EXPECT_EQ(reply().head.find("Access-Control"), std::string::npos) << query;
  }
}

TEST_F(LateStatsTest, AClientThatLeavesTakesNothingFromTheOthers) {
  ask(kGone, Persistence::close);
  ask(kHere, Persistence::close);
  ask(kGone, Persistence::close);
  ASSERT_TRUE(settled());
  EXPECT_EQ(reply().status_line, "HTTP/1.1 200 OK");
}

TEST_F(LateStatsTest, RefusesIfTooManyWait) {
  for (size_t i = 0; i < Census::kMaxAskers; ++i) ask(kGone, Persistence::close);
  ask(kHere, Persistence::close);
  EXPECT_EQ(port_.received.substr(0, 12), "HTTP/1.0 503");
  EXPECT_NE(port_.received.find("Retry-After: 2\r\n"), std::string::npos) << port_.received;
  EXPECT_EQ(port_.ended, ReplyPort::End::close);
  EXPECT_EQ(statistics_.actions(Transport::tcp, Family::v6, Action::refused), 1U);
  EXPECT_EQ(statistics_.http_errors(HttpError::internal_error), 1U);
  EXPECT_TRUE(settled());
}

}  // namespace
}  // namespace ot
