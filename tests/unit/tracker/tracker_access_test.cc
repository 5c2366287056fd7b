// A torrent that the access list refuses reaches neither the table nor a client.
#include <gtest/gtest.h>

#include "protocol/tracker_reply.h"
#include "unit/frontend/offline_tracker.h"

namespace ot {
namespace {

const Endpoint kClient = endpoint("192.0.2.1:4000");

class TrackerAccess : public testing::TestWithParam<AccessMode> {
 protected:
  TrackerAccess() : tracker_(settings()) {
    const std::array<InfoHash, 1> listed{numbered_hash(1)};
    (void)tracker_.access.replace(
        std::make_shared<const AccessList>(listed, SecretHash({1, 2, 3, 4, 5, 6})));
  }
  static OfflineSettings settings() {
    OfflineSettings settings;
    settings.access = GetParam();
    return settings;
  }
  [[nodiscard]] static InfoHash served() {
    return numbered_hash(GetParam() == AccessMode::white ? 1 : 2);
  }
  [[nodiscard]] static InfoHash refused() {
    return numbered_hash(GetParam() == AccessMode::white ? 2 : 1);
  }
  [[nodiscard]] std::optional<AnnounceReply> announce(const InfoHash& info_hash) {
    AnnounceRequest request;
    request.info_hash = info_hash;
    request.peer = kClient;
    Bytes room(600);
    return tracker_.tracker.announce(request, tracker_.tracker.prepare(info_hash), 50,
                                     tracker_.clock.now(), {room, {}});
  }

  OfflineTracker tracker_;
};

TEST_P(TrackerAccess, ServesOnlyTheTorrentsThatTheListPermits) {
  EXPECT_TRUE(announce(served()));
  EXPECT_FALSE(announce(refused()));
  EXPECT_EQ(tracker_.table.torrents(), 1U);
}

TEST_P(TrackerAccess, ScrapesARefusedTorrentAsUnknownEvenWhileItIsInTheTable) {
  ASSERT_TRUE(announce(served()));
  EXPECT_EQ(tracker_.tracker.scrape(served(), tracker_.clock.now()).leechers, 1U);
  const bool noted = GetParam() == AccessMode::white ? tracker_.access.remove(served())
                                                     : tracker_.access.add(served());
  ASSERT_TRUE(noted);
  EXPECT_EQ(tracker_.table.torrents(), 1U);
  EXPECT_EQ(tracker_.tracker.scrape(served(), tracker_.clock.now()), SwarmCounts{});
}

TEST_P(TrackerAccess, TellsTheReasonOverHttpAndUdpAndCountsARefusal) {
  const std::string hash(as_text(refused().bytes));
  std::string query;
  for (const char c : hash) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto byte = static_cast<uint8_t>(c);
    query += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  const HttpReply http =
      tracker_.http(kClient, "GET /announce?info_hash=" + query + "&port=6881 HTTP/1.1\r\n\r\n");
  EXPECT_NE(http.body.find(kNotAuthorized), std::string::npos) << http.body;
  UdpAnnounceFields fields;
  fields.info_hash = refused();
  const uint64_t id = tracker_.udp_connection_id(kClient);
  const Bytes udp = tracker_.udp(kClient, udp_announce(id, 7, fields));
  EXPECT_NE(as_text(udp).find(kNotAuthorized), std::string_view::npos);
  for (const Transport transport : {Transport::tcp, Transport::udp}) {
    EXPECT_EQ(tracker_.statistics.actions(transport, Action::announce), 0U);
    EXPECT_EQ(tracker_.statistics.actions(transport, Action::refused), 1U);
  }
  EXPECT_EQ(tracker_.table.torrents(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Modes, TrackerAccess,
                         testing::Values(AccessMode::white, AccessMode::black));

}  // namespace
}  // namespace ot
