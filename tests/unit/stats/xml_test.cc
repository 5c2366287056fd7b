#include "stats/xml.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/stats/two_loops.h"

namespace ot {
namespace {

using StatsXmlTest = TwoLoops;

constexpr std::string_view kEverythingBegins =
    R"xml(<?xml version="1.0" encoding="UTF-8"?>
<stats>
  <tracker_id>42</tracker_id>
  <version>
opentracker 1.2.3 (abc) SWITCH_A SWITCH_B
  </version>
  <uptime>7210</uptime>
  <torrents>
    <count_mutex>8</count_mutex>
    <count_iterator>9</count_iterator>
  </torrents>
  <peers>
    <count>20</count>
  </peers>
  <seeds>
    <count>5</count>
  </seeds>
  <completed>
    <count>1</count>
  </completed>
  <connections>
    <tcp>
      <accept>24300</accept>
      <announce>10050</announce>
      <scrape>6002</scrape>
    </tcp>
    <udp>
      <overall>25300</overall>
      <connect>10</connect>
      <announce>11050</announce>
      <scrape>9000</scrape>
      <missmatch>11</missmatch>
    </udp>
    <livesync>
      <count>0</count>
    </livesync>
  </connections>
  <debug>
    <renew>
      <count interval="00">0</count>
)xml";

constexpr std::string_view kEverythingEnds =
    R"xml(      <count interval="44">1</count>
    </renew>
    <http_error>
      <count code="302 Redirect">0</count>
      <count code="400 Parse Error">0</count>
      <count code="400 Invalid Parameter">0</count>
      <count code="400 Invalid Parameter (compact=0)">0</count>
      <count code="400 Not Modest">0</count>
      <count code="402 Payment Required">0</count>
      <count code="403 Access Denied">0</count>
      <count code="404 Not found">2</count>
      <count code="500 Internal Server Error">0</count>
    </http_error>
    <mutex_stall>
      <count>0</count>
    </mutex_stall>
  </debug>
</stats>)xml";

TEST_F(StatsXmlTest, IsTheReferencesDocumentByteForByte) {
  record_some();
  AnnounceOutcome late;
  late.change = PeerChange::renewed;
  late.minutes_silent = 90;
  late.completed = true;
  second_.record(late);
  first_.record(HttpError::not_found);
  second_.record(HttpError::not_found);
  const std::string document = report("everything");
  EXPECT_EQ(document.substr(0, kEverythingBegins.size()), kEverythingBegins);
  ASSERT_GE(document.size(), kEverythingEnds.size());
  EXPECT_EQ(document.substr(document.size() - kEverythingEnds.size()), kEverythingEnds);
  EXPECT_EQ(std::count(document.begin(), document.end(), '\n'), 100);
}

TEST_F(StatsXmlTest, HasARowForEachMinuteOfRenewals) {
  for (uint8_t minutes = 0; minutes < Statistics::kRenewRows; ++minutes) {
    AnnounceOutcome outcome;
    outcome.change = PeerChange::renewed;
    outcome.minutes_silent = minutes;
    for (int i = 0; i <= minutes; ++i) first_.record(outcome);
  }
  const std::string document = report("everything");
  for (size_t row = 0; row < Statistics::kRenewRows; ++row) {
    const std::string minutes = (row < 10 ? "0" : "") + std::to_string(row);
    const std::string line =
        "\n      <count interval=\"" + minutes + "\">" + std::to_string(row + 1) + "</count>\n";
    EXPECT_NE(document.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace ot
