// The files of networks with a real worker. The clock says 2020, so that a file counts as written
// just now only where a test wants it to.
#include "lists/network_files.h"

#include <sys/stat.h>
#include <sys/time.h>

#include "unit/net/loopback.h"
#include "unit/support/collected_log.h"
#include "unit/support/scratch_folder.h"

namespace ot {
namespace {

using std::chrono::seconds;

class NetworkFilesTest : public testing::Test {
 protected:
  // Written `age` before the clock's now.
  void write(std::string_view name, std::string_view text, Duration age = std::chrono::hours(1)) {
    const std::string fresh = folder_.write("fresh", text);
    const auto when = std::chrono::floor<seconds>((clock_.wall_time() - age).time_since_epoch());
    const std::array<timeval, 2> times{{{when.count(), 0}, {when.count(), 0}}};
    ASSERT_EQ(::utimes(fresh.c_str(), times.data()), 0);
    ASSERT_EQ(::rename(fresh.c_str(), folder_.path(name).c_str()), 0);
  }
  void make(const NetworkFileOptions& options) {
    files_ = std::make_unique<NetworkFiles>(options, *loop_, *worker_, denied_, proxies_, clock_,
                                            log_, [this] { ++reloaded_; });
  }
  void make_deny() { make({folder_.path("deny"), "", {}}); }
  bool pump(const std::function<bool()>& done) { return loopback::pump(*loop_, done); }
  Result<void, std::string> load() {
    return files_->load([](std::string_view key) { return "conf:7: " + std::string(key) + ": "; });
  }
  void reload() {
    const int before = reloaded_;
    files_->reload();
    ASSERT_TRUE(pump([&] { return reloaded_ > before; }));
  }
  [[nodiscard]] bool denies(std::string_view address) const {
    return denied_.contains(*IpAddress::parse(address));
  }
  [[nodiscard]] bool trusts(std::string_view address) const {
    return proxies_.contains(*IpAddress::parse(address));
  }
  [[nodiscard]] bool logged(std::string_view words) const {
    return log_.text().find(words) != std::string::npos;
  }

  ScratchFolder folder_;
  ManualClock clock_;
  CollectedLog log_;
  std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  std::unique_ptr<Worker> worker_ = std::move(Worker::create(clock_)).value();
  ReloadedNetworks denied_;
  ReloadedNetworks proxies_{Networks(std::array{*Network::parse("10.0.0.1")})};
  int reloaded_ = 0;
  std::unique_ptr<NetworkFiles> files_;
};

TEST_F(NetworkFilesTest, AreInForceWhenTheyAreLoaded) {
  write("deny", "192.0.2.0/24\n");
  write("proxies", "10.0.0.2\n");
  make({folder_.path("deny"), folder_.path("proxies"), {*Network::parse("10.0.0.1")}});
  ASSERT_TRUE(load());
  EXPECT_TRUE(denies("192.0.2.1") && !denies("10.0.0.2"));
  EXPECT_TRUE(trusts("10.0.0.1") && trusts("10.0.0.2") && !trusts("192.0.2.1"));
  EXPECT_TRUE(logged("1 network of access.deny in force")) << log_.text();
  EXPECT_TRUE(logged("1 network of access.proxy_file in force")) << log_.text();
}

TEST_F(NetworkFilesTest, AreReadAgainWithoutASignalIfTheyAreWatched) {
  write("deny", "192.0.2.1\n");
  write("proxies", "10.0.0.2\n");
  make({folder_.path("deny"), folder_.path("proxies"), {}, true});
  ASSERT_TRUE(load());
  const auto comes = [&](const std::function<bool()>& done) {
    return pump([&] {
      clock_.advance(std::chrono::milliseconds(10));
      return done();
    });
  };
  write("deny", "192.0.2.2\n");
  EXPECT_TRUE(comes([&] { return denies("192.0.2.2") && !denies("192.0.2.1"); }));
  write("proxies", "10.0.0.3\n");
  EXPECT_TRUE(comes([&] { return trusts("10.0.0.3") && !trusts("10.0.0.2"); }));
  EXPECT_EQ(reloaded_, 0) << "nobody asked";
}

TEST_F(NetworkFilesTest, DoNotFillTheLogWhileTheyAreWritten) {
  write("deny", "192.0.2.1\n");
  make({folder_.path("deny"), "", {}, true});
  ASSERT_TRUE(load());
  for (int i = 2; i < 12; ++i) {
    const std::string address = "192.0.2." + std::to_string(i);
    write("deny", address + "\n");
    EXPECT_TRUE(pump([&] {
      clock_.advance(std::chrono::milliseconds(10));
      return denies(address);
    }));
  }
  const std::string text = log_.text();
  int lines = 0;
  for (size_t at = 0; (at = text.find(" in force", at)) != std::string::npos; ++at) ++lines;
  EXPECT_EQ(lines, 1 + static_cast<int>(NetworkKeeper::kLinesPerMinute)) << text;
  EXPECT_EQ(files_->status().deny->loaded, 11U);
}

TEST_F(NetworkFilesTest, StopTheStartIfTheyCannotBeRead) {
  make_deny();
  EXPECT_EQ(load().error(),
            "conf:7: access.deny: " + folder_.path("deny") + ": No such file or directory");
  write("deny", "rubbish\n");
  EXPECT_NE(load().error().find("no valid line"), std::string::npos);
}

TEST_F(NetworkFilesTest, MayBeEmptyAtStartButNotOnAReload) {
  write("deny", "");
  make_deny();
  ASSERT_TRUE(load());
  EXPECT_TRUE(logged("is empty, so it names no networks")) << log_.text();
  write("deny", "192.0.2.1\n");
  reload();
  EXPECT_TRUE(denies("192.0.2.1"));
  write("deny", "");
  reload();
  EXPECT_TRUE(denies("192.0.2.1"));
  EXPECT_TRUE(logged("is empty; for an empty list, write a comment line")) << log_.text();
  write("deny", "# nobody\n");
  reload();
  EXPECT_FALSE(denies("192.0.2.1"));
}

TEST_F(NetworkFilesTest, StayInForceIfAReloadFails) {
  write("deny", "192.0.2.1\n");
  make_deny();
  ASSERT_TRUE(load());
  ASSERT_EQ(::unlink(folder_.path("deny").c_str()), 0);
  reload();
  EXPECT_TRUE(denies("192.0.2.1"));
  EXPECT_TRUE(logged("No such file or directory; the networks in force stay")) << log_.text();
  EXPECT_EQ(files_->status().deny->refused, 1U);
  EXPECT_EQ(files_->status().deny->loaded, 1U);
}

TEST_F(NetworkFilesTest, AReloadOfProxiesKeepsThoseOfTheConfiguration) {
  write("proxies", "10.0.0.2\n");
  make({"", folder_.path("proxies"), {*Network::parse("10.0.0.1")}});
  ASSERT_TRUE(load());
  write("proxies", "10.0.0.3\n");
  reload();
  EXPECT_TRUE(trusts("10.0.0.1") && !trusts("10.0.0.2") && trusts("10.0.0.3"));
  EXPECT_EQ(files_->status().proxy_file->networks, 1U);
}

TEST_F(NetworkFilesTest, AYoungFileIsInForceAtOnceAndReadAgain) {
  write("deny", "192.0.2.1\n");
  make_deny();
  ASSERT_TRUE(load());
  write("deny", "192.0.2.2\n", Duration(0));
  reload();
  EXPECT_TRUE(denies("192.0.2.2"));
  write("deny", "192.0.2.3\n");
  clock_.advance(kNetworkFileSettles);
  EXPECT_TRUE(pump([&] { return denies("192.0.2.3"); }));
  EXPECT_EQ(reloaded_, 1) << "the second look is nobody's reload";
}

TEST_F(NetworkFilesTest, ManyReloadsAreOneMore) {
  write("deny", "192.0.2.1\n");
  make_deny();
  ASSERT_TRUE(load());
  for (int i = 0; i < 50; ++i) files_->reload();
  ASSERT_TRUE(pump([&] { return reloaded_ > 0; }));
  loopback::settle(*loop_);
  EXPECT_EQ(reloaded_, 1);
  EXPECT_EQ(files_->status().deny->loaded, 3U);
}

TEST_F(NetworkFilesTest, WithoutAnyAReloadIsDoneAtOnce) {
  make({});
  ASSERT_TRUE(load());
  files_->reload();
  EXPECT_EQ(reloaded_, 1);
  EXPECT_FALSE(files_->status().deny || files_->status().proxy_file);
}

TEST_F(NetworkFilesTest, TheLogNamesWhatIsProbablyWrong) {
  write("deny", "10.0.0.5/8\nrubbish\n0.0.0.0/0\n");
  make_deny();
  ASSERT_TRUE(load());
  EXPECT_TRUE(logged("1 line skipped (line 2: not an address or network)")) << log_.text();
  EXPECT_TRUE(logged("counts as a whole (line 1: 10.0.0.5/8)")) << log_.text();
  EXPECT_TRUE(logged("every address of a family: nobody but access.bless")) << log_.text();
}

TEST_F(NetworkFilesTest, MayGoWhileTheyAreRead) {
  write("deny", "192.0.2.1\n");
  make_deny();
  ASSERT_TRUE(load());
  files_->reload();
  files_.reset();
  loopback::settle(*loop_);
  EXPECT_EQ(reloaded_, 0);
}

}  // namespace
}  // namespace ot
