#include "tracker/statistics.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

TEST(Statistics, StartsAtZero) {
  const Statistics statistics;
  for (size_t action = 0; action < kActions; ++action) {
    EXPECT_EQ(statistics.actions(Transport::tcp, static_cast<Action>(action)), 0U);
    EXPECT_EQ(statistics.actions(Transport::udp, static_cast<Action>(action)), 0U);
  }
  for (size_t row = 0; row < Statistics::kRenewRows; ++row) EXPECT_EQ(statistics.renewed(row), 0U);
  EXPECT_EQ(statistics.completed(), 0U);
  EXPECT_EQ(statistics.not_stored(), 0U);
}

TEST(Statistics, CountsEachActionByTransportAndFamily) {
  Statistics statistics;
  uint64_t times = 0;
  for (const Transport transport : {Transport::tcp, Transport::udp}) {
    for (const Family family : {Family::v4, Family::v6}) {
      for (size_t action = 0; action < kActions; ++action) {
        ++times;
        for (uint64_t i = 0; i < times; ++i)
          statistics.record(transport, family, static_cast<Action>(action));
      }
    }
  }
  times = 0;
  for (const Transport transport : {Transport::tcp, Transport::udp}) {
    for (const Family family : {Family::v4, Family::v6}) {
      for (size_t action = 0; action < kActions; ++action)
        EXPECT_EQ(statistics.actions(transport, family, static_cast<Action>(action)), ++times);
    }
  }
}

TEST(Statistics, AddsUpBothFamiliesOfATransport) {
  Statistics statistics;
  statistics.record(Transport::udp, Family::v4, Action::announce);
  statistics.record(Transport::udp, Family::v6, Action::announce);
  statistics.record(Transport::tcp, Family::v6, Action::announce);
  EXPECT_EQ(statistics.actions(Transport::udp, Action::announce), 2U);
  EXPECT_EQ(statistics.actions(Transport::tcp, Action::announce), 1U);
}

TEST(Statistics, CountsRenewalsByTheMinutesSinceTheLastAnnounce) {
  Statistics statistics;
  for (const int minutes : {0, 30, 30, 44, 45, 200}) {
    AnnounceOutcome outcome;
    outcome.change = PeerChange::renewed;
    outcome.minutes_silent = static_cast<uint8_t>(minutes);
    statistics.record(outcome);
  }
  EXPECT_EQ(statistics.renewed(0), 1U);
  EXPECT_EQ(statistics.renewed(30), 2U);
  EXPECT_EQ(statistics.renewed(44), 3U) << "the last row is for all older ones";
}

TEST(Statistics, CountsNoRenewalForAPeerThatIsNewGoneOrRefused) {
  Statistics statistics;
  for (const PeerChange change : {PeerChange::unknown, PeerChange::added, PeerChange::removed,
                                  PeerChange::refused, PeerChange::martian}) {
    AnnounceOutcome outcome;
    outcome.change = change;
    statistics.record(outcome);
  }
  EXPECT_EQ(statistics.renewed(0), 0U);
  EXPECT_EQ(statistics.not_stored(), 1U);
  EXPECT_EQ(statistics.martians(), 1U);
}

TEST(Statistics, CountsCompletionsOfNewAndOldPeers) {
  Statistics statistics;
  AnnounceOutcome outcome;
  outcome.completed = true;
  outcome.change = PeerChange::added;
  statistics.record(outcome);
  outcome.change = PeerChange::renewed;
  statistics.record(outcome);
  EXPECT_EQ(statistics.completed(), 2U);
}

TEST(Statistics, CountsHttpErrorsByTheirRow) {
  Statistics statistics;
  statistics.record(HttpError::not_found);
  statistics.record(HttpError::not_found);
  statistics.record(HttpError::redirect);
  EXPECT_EQ(statistics.http_errors(HttpError::not_found), 2U);
  EXPECT_EQ(statistics.http_errors(HttpError::redirect), 1U);
  EXPECT_EQ(statistics.http_errors(HttpError::internal_error), 0U);
}

}  // namespace
}  // namespace ot
