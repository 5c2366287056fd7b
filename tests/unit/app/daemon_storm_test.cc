// All jobs of the worker at the same time as announces: full scrapes, dumps, walks, writing the
// state file and reloading the access list. The thread sanitizer checks with it what loop and
// worker share.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "unit/app/running_daemon.h"
#include "unit/frontend/datagrams.h"
#include "unit/support/scratch_folder.h"

namespace ot {
namespace {

constexpr uint32_t kTorrents = 2000;
constexpr auto kStorm = std::chrono::seconds(3);

std::string list_of_torrents() {
  std::string text;
  for (uint32_t i = 0; i < kTorrents; ++i) {
    for (const uint8_t byte : numbered_hash(i).bytes) {
      text += "0123456789abcdef"[byte >> 4U];
      text += "0123456789abcdef"[byte & 15U];
    }
    text += '\n';
  }
  return text;
}

// A UDP client with a connection id that announces one peer after the other.
class Announcer {
 public:
  explicit Announcer(const RunningDaemon& daemon) : socket_(daemon.connect(SOCK_DGRAM)) {
    const Bytes request = udp_connect(1);
    const std::string reply = exchange(socket_, as_text(request));
    if (reply.size() == kUdpConnectReply)
      id_ = ByteReader(as_bytes(reply).subspan(8)).read<uint64_t>();
  }
  // Whether it was answered as an announce.
  bool announce() {
    UdpAnnounceFields fields;
    fields.info_hash = numbered_hash(next_ % kTorrents);
    fields.port = static_cast<uint16_t>(1 + next_ % 50'000);
    fields.left = next_ % 2;
    fields.event = next_ % 7 == 0 ? AnnounceEvent::stopped : AnnounceEvent::none;
    ++next_;
    const std::string reply = exchange(socket_, as_text(udp_announce(id_, 2, fields)));
    return reply.size() >= 20 && reply[3] == kUdpAnnounce;
  }

 private:
  const UniqueFd socket_;
  uint64_t id_ = 0;
  uint32_t next_ = 0;
};

// Opens a connection for each; some are closed before their reply is there.
class Readers {
 public:
  explicit Readers(const RunningDaemon& daemon) : daemon_(daemon) {}

  void ask_for_everything() {
    for (const char* path : {"/scrape", "/stats?mode=statedump", "/stats?mode=everything",
                             "/stats?mode=top10", "/metrics"}) {
      UniqueFd connection = daemon_.connect(SOCK_STREAM);
      const std::string request = std::string("GET ") + path + " HTTP/1.0\r\n\r\n";
      if (::send(connection.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) continue;
      if (++asked_ % 3 != 0) open_.push_back(std::move(connection));
    }
  }
  // Reads every open connection to its end. Returns how many replies had a body.
  size_t read_all() {
    size_t whole = 0;
    for (const UniqueFd& connection : open_) whole += read_to_end(connection) > 100 ? 1U : 0U;
    open_.clear();
    return whole;
  }

 private:
  static size_t read_to_end(const UniqueFd& connection) {
    std::array<char, 4096> buffer{};
    for (size_t total = 0;;) {
      pollfd ready{connection.get(), POLLIN, 0};
      if (::poll(&ready, 1, 10'000) != 1) return 0;
      const ssize_t size = ::recv(connection.get(), buffer.data(), buffer.size(), 0);
      if (size <= 0) return total;
      total += static_cast<size_t>(size);
    }
  }

  const RunningDaemon& daemon_;
  std::vector<UniqueFd> open_;
  uint32_t asked_ = 0;
};

TEST(DaemonStorm, AnswersEveryClientWhileTheWorkerIsBusy) {
  const ScratchFolder folder;
  std::filesystem::permissions(folder.path(""), std::filesystem::perms::all);
  const std::string list = folder.write("list", list_of_torrents());
  std::filesystem::last_write_time(
      list, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  RunningDaemon daemon({}, [&](Settings& settings) {
    settings.access.whitelist = list;
    settings.tracker.state_file = folder.path("state");
    settings.tracker.state_interval = std::chrono::seconds(1);
  });
  ASSERT_NE(exchange(daemon.connect(SOCK_STREAM), "GET /stats HTTP/1.0\r\n\r\n"), "");
  Announcer announcer(daemon);
  Readers readers(daemon);
  size_t whole = 0;
  const auto end = std::chrono::steady_clock::now() + kStorm;
  for (int round = 0; std::chrono::steady_clock::now() < end; ++round) {
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(announcer.announce());
    if (round % 3 == 0) daemon.signal(SIGHUP);
    readers.ask_for_everything();
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(announcer.announce());
    whole += readers.read_all();
  }
  EXPECT_GT(whole, 5U);
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait_for_exit(std::chrono::seconds(20)), 0);
  EXPECT_GT(std::filesystem::file_size(folder.path("state")), 1000U);
}

}  // namespace
}  // namespace ot
