// The daemon as a whole, in a child process on the loopback: it starts, answers over both protocols
// and stops when told to. tests/e2e tests the program around it.
#include "app/daemon.h"

#include <gtest/gtest.h>

#include "unit/app/child_process.h"
#include "unit/app/running_daemon.h"
#include "unit/frontend/datagrams.h"
#include "unit/support/scratch_folder.h"
#include "unit/support/unix_receiver.h"

namespace ot {
namespace {

using std::chrono::seconds;

constexpr std::string_view kStats = "GET /stats HTTP/1.1\r\nConnection: keep-alive\r\n\r\n";

TEST(Daemon, AnswersOverHttpAndUdpAndStopsWithExitCodeZero) {
  for (const int stop : {SIGTERM, SIGINT}) {
    RunningDaemon daemon;
    const std::string http =
        exchange(daemon.connect(SOCK_STREAM), "GET /stats?mode=version HTTP/1.1\r\n\r\n");
    EXPECT_EQ(http.find("HTTP/1.1 200 OK\r\n"), 0U) << http;
    EXPECT_NE(http.find("opentracker test"), std::string::npos);
    const Bytes request = udp_connect(99);
    EXPECT_EQ(exchange(daemon.connect(SOCK_DGRAM), as_text(request)).size(), kUdpConnectReply);
    daemon.signal(stop);
    EXPECT_EQ(daemon.wait_for_exit(seconds(2)), 0);
  }
}

TEST(Daemon, StopsAlthoughConnectionsAreOpen) {
  RunningDaemon daemon;
  const UniqueFd idle = daemon.connect(SOCK_STREAM);
  EXPECT_NE(exchange(idle, kStats), "");
  const UniqueFd half = daemon.connect(SOCK_STREAM);
  EXPECT_EQ(::send(half.get(), "GET /", 5, MSG_NOSIGNAL), 5);
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait_for_exit(seconds(2)), 0);
}

TEST(Daemon, KeepsServingAfterSighupAndSigpipe) {
  RunningDaemon daemon;
  const UniqueFd connection = daemon.connect(SOCK_STREAM);
  EXPECT_NE(exchange(connection, kStats), "");
  daemon.signal(SIGHUP);
  daemon.signal(SIGPIPE);
  EXPECT_EQ(daemon.wait_for_exit(seconds(0)), -1);
  EXPECT_NE(exchange(connection, kStats), "");
}

// Waits for `count` messages.
std::vector<std::string> messages(UnixReceiver& receiver, size_t count) {
  std::vector<std::string> all;
  const auto end = std::chrono::steady_clock::now() + seconds(10);
  while (all.size() < count && std::chrono::steady_clock::now() < end) {
    for (std::string& text : receiver.received()) all.push_back(std::move(text));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return all;
}

TEST(Daemon, ReportsStartReloadAndStopToTheServiceManager) {
  Environment environment;
  environment.notify_socket = "@opentracker-daemon-" + std::to_string(::getpid());
  UnixReceiver receiver(environment.notify_socket);
  RunningDaemon daemon(environment);
  const std::string ready = "READY=1\nSTATUS=serving 0 peers of 0 torrents";
  EXPECT_EQ(messages(receiver, 1), std::vector{ready});
  daemon.signal(SIGHUP);
  const auto reload = messages(receiver, 2);
  ASSERT_EQ(reload.size(), 2U);
  EXPECT_EQ(reload[0].find("RELOADING=1\nMONOTONIC_USEC="), 0U) << reload[0];
  EXPECT_EQ(reload[1], ready);
  daemon.signal(SIGTERM);
  EXPECT_EQ(messages(receiver, 1), std::vector{std::string("STOPPING=1\nSTATUS=stopping")});
  EXPECT_EQ(daemon.wait_for_exit(seconds(2)), 0);
}

TEST(Daemon, FeedsTheWatchdogInTime) {
  Environment environment;
  environment.notify_socket = "@opentracker-daemon-" + std::to_string(::getpid());
  environment.watchdog = std::chrono::milliseconds(20);
  UnixReceiver receiver(environment.notify_socket);
  const RunningDaemon daemon(environment);
  const auto seen = messages(receiver, 4);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), "WATCHDOG=1"), std::ssize(seen) - 1);
}

TEST(Daemon, AnswersARequestThatWasUnderWayWhenItWasStopped) {
  RunningDaemon daemon;
  const UniqueFd connection = daemon.connect(SOCK_STREAM);
  EXPECT_NE(exchange(connection, kStats), "");
  EXPECT_EQ(::send(connection.get(), kStats.data(), 7, MSG_NOSIGNAL), 7);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  daemon.signal(SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(exchange(connection, kStats.substr(7)).find("HTTP/1.1 200 OK"), 0U);
  EXPECT_EQ(daemon.wait_for_exit(std::chrono::seconds(1)), 0);
}

TEST(Daemon, EndsAtOnceOnASecondSignal) {
  RunningDaemon daemon;
  const UniqueFd half = daemon.connect(SOCK_STREAM);
  EXPECT_EQ(::send(half.get(), "GET /", 5, MSG_NOSIGNAL), 5);
  EXPECT_EQ(exchange(daemon.connect(SOCK_DGRAM), as_text(udp_connect(1))).size(), kUdpConnectReply);
  daemon.signal(SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto begin = std::chrono::steady_clock::now();
  daemon.signal(SIGINT);
  EXPECT_EQ(daemon.wait_for_exit(seconds(2)), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(500));
}

TEST(Daemon, WritesNoStateFileAfterASecondSignal) {
  const ScratchFolder folder;
  const std::string path = folder.path("peers");
  std::filesystem::permissions(folder.path(""), std::filesystem::perms::all);
  for (const bool is_second : {true, false}) {
    RunningDaemon daemon({}, [&](Settings& settings) { settings.tracker.state_file = path; });
    const UniqueFd half = daemon.connect(SOCK_STREAM);
    EXPECT_EQ(::send(half.get(), "GET /", 5, MSG_NOSIGNAL), 5);
    EXPECT_EQ(exchange(daemon.connect(SOCK_DGRAM), as_text(udp_connect(1))).size(),
              kUdpConnectReply);
    daemon.signal(SIGTERM);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (is_second) daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait_for_exit(seconds(2)), 0);
    EXPECT_EQ(std::filesystem::exists(path), !is_second);
  }
}

// The result of start() in a child process: "started" and the log, or its error.
std::string start(const Settings& settings) {
  return report_of_child([&] {
    const SystemClock clock;
    CollectedLog log;
    const auto daemon = Daemon::start(settings, {}, {}, clock, log);
    return daemon ? "started\n" + log.text() : daemon.error().message();
  });
}

TEST(Daemon, NamesAnAddressInUse) {
  const auto taken = bind_udp({kLoopback, 0});
  ASSERT_TRUE(taken);
  const uint16_t port = local_endpoint(taken.value().get()).value().port;
  EXPECT_EQ(start(settings_for(port)),
            "bind UDP 127.0.0.1:" + std::to_string(port) +
                ": Address already in use; `ss -lnptu` shows which program uses the port, if it is "
                "not a listener of ours");
}

TEST(Daemon, NamesAMissingDirectory) {
  Settings settings = settings_for(free_port());
  settings.tracker.rootdir = "/no/such/directory";
  settings.places["tracker.rootdir"] = "-d: ";
  EXPECT_EQ(start(settings), "-d: chdir /no/such/directory: No such file or directory");
}

TEST(Daemon, LogsItsUserAndWhichTorrentsItServes) {
  const std::string log = start(settings_for(free_port()));
  EXPECT_NE(log.find("\nrunning as "), std::string::npos) << log;
  EXPECT_NE(log.find("\nserving every torrent: "), std::string::npos) << log;
}

TEST(Daemon, LogsWhereItListensWithoutAnAddressOnBothFamilies) {
  const uint16_t free = free_port();
  Settings settings = settings_for(free);
  settings.listen.sockets = {{ListenProtocol::udp, free, std::nullopt}};
  const std::string port = std::to_string(free);
  const std::string log = start(settings);
  EXPECT_EQ(log.find("started\n"), 0U) << log;
  EXPECT_NE(log.find("listening on UDP 0.0.0.0:" + port), std::string::npos) << log;
  const bool v6 = log.find("listening on UDP [::]:" + port) != std::string::npos;
  const bool skipped = log.find("not listening on UDP [::]:" + port) != std::string::npos;
  EXPECT_TRUE(v6 || skipped) << log;
}

}  // namespace
}  // namespace ot
