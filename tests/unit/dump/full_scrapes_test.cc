#include "dump/full_scrapes.h"

#include <gtest/gtest.h>

#include <thread>

#include "unit/dump/connections.h"
#include "unit/net/loopback.h"
#include "unit/support/gunzip.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

// Keeps the worker busy until it is opened.
class Gate final : public Job {
 public:
  explicit Gate(std::atomic<bool>& open) : open_(open) {}
  JobResult run(const JobWatch& watch) override {
    while (!open_ && !watch.is_cancelled()) std::this_thread::yield();
    return {};
  }
  void finish(const JobResult& /*result*/) override {}

 private:
  std::atomic<bool>& open_;
};

class FullScrapesTest : public testing::Test {
 protected:
  static constexpr DumpKind kPlain{DumpFormat::ben, false};
  static constexpr DumpKind kGzip{DumpFormat::ben, true};

  void fill(uint32_t torrents) {
    for (uint32_t i = 0; i < torrents; ++i) {
      AnnounceRequest request;
      request.info_hash = numbered_hash(i, static_cast<uint8_t>(i));
      request.peer = endpoint4(i);
      table_.announce(request, table_.locate(request.info_hash), 0, 0, {}, random_);
    }
  }
  void limit(const DumpLimits& limits) {
    scrapes_ = std::make_unique<FullScrapes>(*loop_, *worker_, table_, clock_, statistics_, limits);
  }
  Connections::Connection& ask(uint32_t index, DumpKind kind = kPlain,
                               HttpVersion version = HttpVersion::v1_0,
                               Persistence persistence = Persistence::close) {
    const auto promise = scrapes_->promise({.version = version, .persistence = persistence}, kind);
    EXPECT_NE(promise, nullptr);
    Connections::Connection& connection = port_.all[index];
    if (promise) promise->begin(port_, {index, 0});
    return connection;
  }
  // Whether one more may wait; this one never begins to.
  bool has_room() { return scrapes_->promise({}, kPlain) != nullptr; }
  bool until(const std::function<bool()>& done) {
    return loopback::pump(*loop_, [&] {
      clock_.advance(std::chrono::milliseconds(1));
      return done();
    });
  }
  void pass() {
    for (int i = 0; i < 60; ++i) {
      clock_.advance(std::chrono::milliseconds(70));
      loop_->run_once(std::chrono::milliseconds(1));
    }
  }
  void close_gate() { gate_job_ = worker_->submit(*loop_, std::make_unique<Gate>(gate_)); }
  void open_gate() { gate_ = true; }
  static std::string body_of(const Connections::Connection& connection) {
    const size_t end = connection.received.find("\r\n\r\n");
    return end == std::string::npos ? "" : connection.received.substr(end + 4);
  }
  // The body of a chunked reply; "cut" if it is not complete.
  static std::string joined(std::string_view chunks) {
    std::string body;
    while (true) {
      const size_t end = chunks.find("\r\n");
      if (end == std::string_view::npos) return "cut";
      const size_t size = std::stoul(std::string(chunks.substr(0, end)), nullptr, 16);
      if (chunks.substr(end + 2 + size, 2) != "\r\n") return "cut";
      if (size == 0) return chunks.size() == end + 4 ? body : "more";
      body += chunks.substr(end + 2, size);
      chunks.remove_prefix(end + 4 + size);
    }
  }
  // The number of torrents in a complete body; body_test checks that bodies are valid.
  static size_t files_in(std::string_view body) {
    if (!body.starts_with("d5:filesd") || !body.ends_with("eee")) return 0;
    size_t files = 0;
    for (size_t at = 0; (at = body.find("d8:complete", at)) != std::string_view::npos; ++at)
      ++files;
    return files;
  }

  ManualClock clock_;
  std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  Random random_{1};
  std::atomic<bool> gate_ = false;
  JobTicket gate_job_;
  std::unique_ptr<Worker> worker_ = std::move(Worker::create(clock_)).value();
  Statistics statistics_;
  Connections port_;
  std::unique_ptr<FullScrapes> scrapes_ =
      std::make_unique<FullScrapes>(*loop_, *worker_, table_, clock_, statistics_);
};

TEST_F(FullScrapesTest, SendCompleteBodiesInTheFramingOfTheClient) {
  fill(20'000);
  const auto& old = ask(1);
  const auto& chunked = ask(2, kPlain, HttpVersion::v1_1, Persistence::keep);
  const auto& older = ask(3, kPlain, HttpVersion::v0_9);
  ASSERT_TRUE(until([&] { return old.ended && chunked.ended && older.ended; }));
  EXPECT_EQ(files_in(body_of(old)), 20'000U);
  EXPECT_EQ(joined(body_of(chunked)), body_of(old));
  EXPECT_EQ(older.received, old.received);
  EXPECT_EQ(old.ended, ReplyPort::End::close);
  EXPECT_EQ(chunked.ended, ReplyPort::End::keep);
  EXPECT_EQ(scrapes_->status().counters.runs, 1U);
  EXPECT_EQ(statistics_.full_scrapes(), 3U);
  EXPECT_EQ(statistics_.full_scrape_bytes(), 3 * body_of(old).size());
}

TEST_F(FullScrapesTest, ClosesAnHttp10ConnectionThatWantedToStay) {
  const auto& reader = ask(1, kPlain, HttpVersion::v1_0, Persistence::keep_and_say);
  ASSERT_TRUE(until([&] { return reader.ended.has_value(); }));
  EXPECT_EQ(reader.ended, ReplyPort::End::close);
  EXPECT_NE(reader.received.find("Connection: close\r\n"), std::string::npos);
}

TEST_F(FullScrapesTest, OfDifferentKindsAreDifferentRuns) {
  fill(5000);
  close_gate();
  const auto& plain = ask(1);
  const auto& gzip = ask(2, kGzip, HttpVersion::v1_1);
  const auto& gzip_too = ask(3, kGzip);
  const auto& plain_too = ask(4);
  EXPECT_EQ(scrapes_->status().waiting, 4U);
  open_gate();
  ASSERT_TRUE(
      until([&] { return plain.ended && gzip.ended && gzip_too.ended && plain_too.ended; }));
  EXPECT_EQ(scrapes_->status().counters.runs, 2U);
  EXPECT_EQ(plain_too.received, plain.received);
  EXPECT_EQ(gunzip(body_of(gzip_too)), body_of(plain));
  EXPECT_EQ(gunzip(joined(body_of(gzip))), body_of(plain));
}

TEST_F(FullScrapesTest, WaitForTheNextRunIfTheirsHasBegun) {
  fill(30'000);
  auto& first = ask(1);
  first.appetite = 0;
  ASSERT_TRUE(until([&] { return scrapes_->status().readers == 1; }));
  const auto& second = ask(2);
  pass();
  EXPECT_EQ(scrapes_->status().waiting, 1U);
  EXPECT_EQ(second.received, "");
  first.appetite = SIZE_MAX;
  ASSERT_TRUE(until([&] { return second.ended.has_value(); }));
  EXPECT_EQ(second.received, first.received);
  EXPECT_EQ(scrapes_->status().counters.runs, 2U);
}

TEST_F(FullScrapesTest, AreMadeNoFasterThanTheFastestReads) {
  fill(100'000);
  auto& reader = ask(1);
  reader.appetite = 0;
  ASSERT_TRUE(until([&] { return reader.received.size() >= DumpLimits().low_water; }));
  pass();
  const size_t ahead = reader.received.size();
  EXPECT_LT(ahead, DumpLimits().low_water + DumpBody::kPieceText + 1000);
  EXPECT_GT(scrapes_->status().shards_done, 100U);
  EXPECT_LT(scrapes_->status().shards_done, 400U);
  reader.appetite = SIZE_MAX;
  ASSERT_TRUE(until([&] { return reader.ended.has_value(); }));
  EXPECT_EQ(files_in(body_of(reader)), 100'000U);
}

TEST_F(FullScrapesTest, ResetReadersThatFallTooFarBehind) {
  fill(40'000);
  limit({.low_water = 100'000, .max_lag = 1'000'000});
  const auto& fast = ask(1);
  auto& slow = ask(2);
  slow.appetite = 1000;
  ASSERT_TRUE(until([&] { return fast.ended.has_value() && slow.was_reset; }));
  EXPECT_LT(slow.received.size(), 1'600'000U);
  EXPECT_EQ(files_in(body_of(fast)), 40'000U);
  EXPECT_EQ(scrapes_->status().counters.reset, 1U);
}

TEST_F(FullScrapesTest, DelayNobodyWhileTheLastOneDrains) {
  fill(5000);
  limit({.max_draining = 2});
  for (uint32_t slow = 1; slow <= 3; ++slow) {
    ask(10 * slow).appetite = 1;
    const auto& fast = ask(10 * slow + 1);
    ASSERT_TRUE(until([&] { return fast.ended.has_value(); }));
  }
  ASSERT_TRUE(until([&] { return port_.all[10].was_reset; })) << "the oldest of three";
  EXPECT_EQ(scrapes_->status().readers, 2U);
  port_.all[20].appetite = SIZE_MAX;
  EXPECT_TRUE(until([&] { return port_.all[20].ended.has_value(); }));
  EXPECT_FALSE(port_.all[30].is_over());
}

TEST_F(FullScrapesTest, DrainAsManyAtOnceAsFitInMemory) {
  fill(5000);
  const auto add_slow_reader = [this](uint32_t index) {
    ask(index).appetite = 1;
    const auto& fast = ask(index + 1);
    ASSERT_TRUE(until([&] { return fast.ended.has_value(); }));
    pass();
  };
  for (uint32_t index = 10; index <= 90; index += 10) add_slow_reader(index);
  EXPECT_EQ(scrapes_->status().readers, 9U) << "since they are small";
  limit({.max_held = 5 * port_.all[10].received.size() / 2});
  for (uint32_t index = 110; index <= 120; index += 10) add_slow_reader(index);
  ++port_.all[110].appetite;
  pass();
  add_slow_reader(130);
  EXPECT_TRUE(port_.all[120].was_reset) << "without progress for longest";
  EXPECT_EQ(scrapes_->status().readers, 2U);
}

TEST_F(FullScrapesTest, EndEarlyIfTheirFastestReaderIsSlowWhileOthersWait) {
  fill(40'000);
  limit({.low_water = 100'000, .least_taken = 1000});
  auto& trickle = ask(1);
  trickle.appetite = 0;
  ASSERT_TRUE(until([&] { return scrapes_->status().readers == 1; }));
  clock_.advance(std::chrono::seconds(31));
  pass();
  EXPECT_FALSE(trickle.was_reset) << "nobody waits";
  const auto& waiting = ask(2);
  clock_.advance(std::chrono::seconds(31));
  ASSERT_TRUE(until([&] { return waiting.ended.has_value(); }));
  EXPECT_TRUE(trickle.was_reset);
}

TEST_F(FullScrapesTest, GoOnIfTheirFastestReaderKeepsThePace) {
  fill(40'000);
  limit({.low_water = 100'000, .least_taken = 1000});
  auto& slow = ask(1);
  slow.appetite = 0;
  ASSERT_TRUE(until([&] { return scrapes_->status().readers == 1; }));
  ask(2);
  for (int i = 0; i < 5; ++i) {
    slow.appetite += 2000;
    clock_.advance(std::chrono::seconds(31));
    pass();
    EXPECT_FALSE(slow.is_over());
  }
}

TEST_F(FullScrapesTest, DoNotHoldAgainstReadersThatAPieceTakesLong) {
  fill(40'000);
  limit({.low_water = 100'000});
  auto& reader = ask(1);
  reader.appetite = 0;
  ASSERT_TRUE(until([&] { return reader.received.size() >= 100'000; }));
  ask(2);
  close_gate();
  const size_t before = reader.received.size();
  reader.appetite = before;
  pass();
  clock_.advance(std::chrono::seconds(60));
  pass();
  EXPECT_EQ(reader.received.size(), before);
  open_gate();
  ASSERT_TRUE(until([&] { return reader.received.size() > before; }));
  pass();
  EXPECT_FALSE(reader.is_over());
  clock_.advance(std::chrono::seconds(30));
  pass();
  EXPECT_TRUE(reader.was_reset) << "this time it had something to take";
}

TEST_F(FullScrapesTest, EndEarlyIfOnlySlowReadersAreLeft) {
  fill(100'000);
  limit({.low_water = 100'000, .least_taken = 1000});
  auto& fast = ask(1);
  auto& slow = ask(2);
  fast.appetite = 1'000'000;
  slow.appetite = 10;
  ASSERT_TRUE(until([&] { return fast.received.size() > 1'050'000; }));
  ask(3);
  clock_.advance(std::chrono::seconds(31));
  pass();
  EXPECT_FALSE(fast.is_over());
  fast.gone = true;
  clock_.advance(std::chrono::seconds(31));
  pass();
  EXPECT_TRUE(slow.was_reset);
}

TEST_F(FullScrapesTest, GoOnHoweverFastRequestsCome) {
  fill(30'000);
  limit({.max_waiting = 1000, .low_water = 100'000});
  auto& first = ask(1);
  first.appetite = 0;
  ASSERT_TRUE(until([&] { return first.received.size() >= 100'000; }));
  pass();
  first.appetite = SIZE_MAX;
  for (uint32_t i = 0; i < 900 && !first.ended; ++i) {
    ask(100 + i);
    clock_.advance(std::chrono::milliseconds(1));
    loop_->run_once(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(first.ended.has_value());
}

TEST_F(FullScrapesTest, HaveRoomForABoundedNumberThatWait) {
  close_gate();
  for (uint32_t i = 0; i < DumpLimits().max_waiting; ++i) ask(i, i % 2 == 0 ? kPlain : kGzip);
  EXPECT_FALSE(has_room());
  EXPECT_FALSE(has_room());
  EXPECT_EQ(scrapes_->status().counters.refused, 2U);
  port_.all[7].gone = true;
  EXPECT_TRUE(has_room()) << "a client that leaves frees a place";
  ask(100);
  EXPECT_FALSE(has_room());
  port_.all[9].hung_up = true;
  EXPECT_FALSE(has_room());
  EXPECT_EQ(port_.asked_for_hang_ups, DumpLimits().max_waiting) << "once each, not every time";
  pass();
  EXPECT_TRUE(has_room()) << "as does one that seems to have left";
  EXPECT_TRUE(port_.all[9].was_reset);
  open_gate();
  EXPECT_TRUE(until([&] { return port_.all[100].ended && port_.all[63].ended; }));
}

TEST_F(FullScrapesTest, ServeAClientThatHasOnlyShutDownItsSide) {
  close_gate();
  const auto& half_closed = ask(1);
  port_.all[1].hung_up = true;
  open_gate();
  EXPECT_TRUE(until([&] { return half_closed.ended.has_value(); }));
}

TEST_F(FullScrapesTest, EndWhenAllHaveLeft) {
  fill(100'000);
  auto& leaver = ask(1);
  leaver.appetite = 0;
  ASSERT_TRUE(until([&] { return scrapes_->status().readers == 1; }));
  leaver.gone = true;
  ASSERT_TRUE(until([&] { return scrapes_->status().readers == 0; }));
  const auto& next = ask(2);
  EXPECT_TRUE(until([&] { return next.ended.has_value(); }));
}

TEST_F(FullScrapesTest, MayGoWhileAPieceIsBeingMade) {
  fill(1000);
  close_gate();
  ask(1);
  scrapes_.reset();
  open_gate();
  pass();
  EXPECT_EQ(port_.all[1].received, "");
}

}  // namespace
}  // namespace ot
