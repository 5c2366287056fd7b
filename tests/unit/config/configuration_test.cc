#include "config/configuration.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/features.h"

namespace ot {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

using Lines = std::vector<std::string>;

Configuration of(std::string_view text) { return configure(text, "o.conf"); }

Lines messages(const Configuration& configuration) {
  Lines text;
  for (const ConfigError& error : configuration.errors) text.push_back(error.message);
  return text;
}

Lines errors(std::string_view text) { return messages(of(text)); }

Configuration flags(const std::vector<const char*>& words) {
  return configure(parse_command_line(words));
}

// "tcp 192.0.2.1:80", "udp *:6969"
Lines listeners(const Configuration& configuration) {
  Lines text;
  for (const ListenOption& listen : configuration.settings.listen.sockets) {
    text.push_back((listen.protocol == ListenProtocol::tcp ? "tcp " : "udp ") +
                   (listen.address ? listen.address->to_string() : "*") + ":" +
                   std::to_string(listen.port));
  }
  return text;
}

// "20m from o.conf:1", or "" if the key has no value.
std::string origin(const Configuration& configuration, std::string_view key) {
  for (const ConfigEntry& entry : configuration.entries) {
    if (entry.key->name == key) return entry.value + " from " + entry.origin.text;
  }
  return "";
}

Lines warnings(const Configuration& configuration) {
  Lines texts;
  for (const ConfigWarning& warning : configuration.warnings) texts.push_back(warning.text());
  return texts;
}

TEST(Configuration, HasTheDefaultsOfTheTable) {
  const Configuration configuration = of("");
  EXPECT_TRUE(configuration.errors.empty());
  EXPECT_TRUE(configuration.warnings.empty());
  EXPECT_EQ(listeners(configuration), (Lines{"tcp *:6969", "udp *:6969"}));
  EXPECT_EQ(configuration.settings.tracker.interval, minutes(30));
  EXPECT_EQ(configuration.settings.tracker.min_interval, minutes(15));
  EXPECT_EQ(configuration.settings.tracker.user, "nobody");
  EXPECT_EQ(origin(configuration, "tracker.interval"), "30m from default");
}

TEST(Configuration, SetsTheValuesOfAFileAndRemembersTheirLines) {
  const Configuration configuration = of("# mine\ntracker.interval 20m\ntracker.user maria # me\n");
  EXPECT_EQ(messages(configuration), Lines{});
  EXPECT_EQ(configuration.settings.tracker.interval, minutes(20));
  EXPECT_EQ(origin(configuration, "tracker.interval"), "20m from o.conf:2");
  EXPECT_EQ(origin(configuration, "tracker.user"), "maria from o.conf:3");
}

TEST(Configuration, ListensOnlyWhereItIsTold) {
  const Configuration configuration =
      of("listen.tcp_udp 192.0.2.1\nlisten.tcp 192.0.2.1:80\nlisten.udp 192.0.2.2:81\n");
  EXPECT_EQ(listeners(configuration), (Lines{"tcp 192.0.2.1:6969", "udp 192.0.2.1:6969",
                                             "tcp 192.0.2.1:80", "udp 192.0.2.2:81"}));
}

TEST(Configuration, AppliesWorkersToTheListenersAfterThem) {
  const Configuration configuration =
      of("listen.udp *:1\nlisten.udp.workers 4\nlisten.udp *:2\nlisten.udp.workers 0\nlisten.udp "
         "*:3\n");
  std::vector<uint32_t> workers;
  for (const ListenOption& listen : configuration.settings.listen.sockets)
    workers.push_back(listen.workers);
  EXPECT_EQ(workers, (std::vector<uint32_t>{0, 4, 0}));
  EXPECT_EQ(warnings(configuration).at(0),
            "o.conf:2: listen.udp.workers: has no effect in this version");
}

TEST(Configuration, CollectsEveryErrorInTheOrderOfTheLines) {
  EXPECT_EQ(errors("tracker.intervall 30m\n"
                   "tracker.interval 30x\n"
                   "tracker.peer_timeout\n"
                   "tracker.user a\n"
                   "tracker.min_interval 40m\n"
                   "bogus\n"
                   "tracker.user b\n"
                   "tracker.numwant_max=5\n"),
            (Lines{"o.conf:1: tracker.intervall: unknown key; did you mean tracker.interval?",
                   "o.conf:2: tracker.interval: '30x' is not a duration; write a number "
                   "followed by s, m, h or d, as in 30m",
                   "o.conf:3: tracker.peer_timeout: the value is missing; write "
                   "tracker.peer_timeout DURATION",
                   "o.conf:6: bogus: unknown key; the manual, opentracker.conf(5), lists all keys",
                   "o.conf:7: tracker.user: given twice; the first is on line 4",
                   "o.conf:8: tracker.numwant_max=5: unknown key; write white space between key "
                   "and value: tracker.numwant_max N"}));
}

TEST(Configuration, SortsTheErrorsOfChecksByLineToo) {
  const Lines said = errors("tracker.min_interval 40m\nbogus 1\n");
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0],
            "o.conf:1: tracker.min_interval: tracker.min_interval (40m) must not be more than "
            "tracker.interval (30m)");
}

TEST(Configuration, EscapesInputInMessages) {
  EXPECT_EQ(errors("b\xc3\xb6se 1\n").at(0).find("o.conf:1: b\\xC3\\xB6se: unknown key"), 0U);
  EXPECT_EQ(messages(configure("x 1\n", "o\n.conf")).at(0).find("o\\x0A.conf:1: "), 0U);
}

TEST(Configuration, StopsListingErrorsAtTwoHundred) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "x\n";
  const Lines said = errors(text);
  EXPECT_EQ(said.size(), 201U);
  EXPECT_EQ(said.back(), "and 100 more errors");
}

TEST(Configuration, CollectsTheValuesOfRepeatableKeys) {
  const Configuration configuration =
      of("livesync.cluster.node_ip 192.0.2.4\nlivesync.cluster.node_ip 192.0.2.5/32\n");
  EXPECT_EQ(configuration.settings.livesync.nodes.size(), 2U);
  EXPECT_EQ(configuration.warnings.size(), 2U);
}

TEST(Configuration, ChecksFlagsLikeLinesOfAFile) {
  const Configuration configuration =
      flags({"-p", "80", "-i", "192.0.2.1", "-P", "81", "-u", "maria"});
  EXPECT_EQ(listeners(configuration), (Lines{"tcp *:80", "udp 192.0.2.1:81"}));
  EXPECT_EQ(origin(configuration, "tracker.user"), "maria from -u on the command line");
  const Configuration bad = flags({"-u", "a b", "-d", "x\ny"});
  EXPECT_EQ(
      messages(bad),
      (Lines{
          "-u: 'a b' is not a user; write a name as in nobody, or a number as in 65534 or "
          "1000:1000",
          "-d: 'x\\x0Ay' cannot be written in a configuration file: it must not have white space "
          "at either end, control characters, or a # after white space"}));
  EXPECT_TRUE(bad.errors[0].in_command_line);
}

TEST(Configuration, TellsTheStartWhereItsValuesWereWritten) {
  const Configuration file = of("listen.tcp_udp *:80\ntracker.user maria\nlisten.udp *:81\n");
  const auto& sockets = file.settings.listen.sockets;
  ASSERT_EQ(sockets.size(), 3U);
  EXPECT_EQ(sockets[0].place, "o.conf:1: listen.tcp_udp");
  EXPECT_EQ(sockets[1].place, "o.conf:1: listen.tcp_udp");
  EXPECT_EQ(sockets[2].place, "o.conf:3: listen.udp");
  EXPECT_EQ(file.settings.written_at("tracker.user"), "o.conf:2: tracker.user");
  EXPECT_EQ(file.settings.written_at("tracker.rootdir"), "");
  const Configuration line = flags({"-d", "/", "-p", "80"});
  EXPECT_EQ(line.settings.listen.sockets.at(0).place, "-p");
  EXPECT_EQ(line.settings.written_at("tracker.rootdir"), "-d");
  EXPECT_EQ(of("").settings.listen.sockets.at(0).place, "");
  EXPECT_EQ(flags({"-i", "::1"}).settings.listen.sockets.at(0).place, "-i");
}

TEST(Configuration, ListensOnTheLastAddressIfNoPortIsGiven) {
  EXPECT_EQ(listeners(flags({"-i", "192.0.2.1", "-i", "192.0.2.2"})),
            (Lines{"tcp 192.0.2.2:6969", "udp 192.0.2.2:6969"}));
  EXPECT_EQ(listeners(flags({"-i", "192.0.2.1", "-P", "80"})), (Lines{"udp 192.0.2.1:80"}));
}

TEST(Configuration, ReportsFaultsOfTheCommandLineFirst) {
  const Lines said = messages(flags({"-f", "/no/such", "-x"}));
  EXPECT_EQ(said, (Lines{"unknown flag -x", "-f: open /no/such: No such file or directory"}));
}

class ConfigurationFiles : public testing::Test {
 protected:
  ConfigurationFiles() : path_(testing::TempDir() + "ot_conf." + std::to_string(::getpid())) {}
  ~ConfigurationFiles() override { ::unlink(path_.c_str()); }

  const char* write(std::string_view text) {
    std::ofstream(path_) << text;
    return path_.c_str();
  }

  const std::string path_;
};

TEST_F(ConfigurationFiles, AreOverriddenByLaterFlagsAndOverrideEarlierOnes) {
  const char* file = write("tracker.user maria\n");
  EXPECT_EQ(flags({"-f", file, "-u", "emil"}).settings.tracker.user, "emil");
  const Configuration configuration = flags({"-u", "emil", "-f", file});
  EXPECT_EQ(configuration.settings.tracker.user, "maria");
  EXPECT_EQ(origin(configuration, "tracker.user"), "maria from " + path_ + ":1");
}

TEST_F(ConfigurationFiles, AddTheirListenersToThoseOfTheFlags) {
  const char* file = write("listen.tcp *:81\n");
  EXPECT_EQ(listeners(flags({"-p", "80", "-f", file})), (Lines{"tcp *:80", "tcp *:81"}));
}

TEST_F(ConfigurationFiles, AreAtFaultThemselvesNotTheirFlag) {
  const Configuration configuration = flags({"-f", write("bogus 1\n")});
  EXPECT_FALSE(configuration.errors.at(0).in_command_line);
  EXPECT_FALSE(flags({"-f", "/"}).errors.at(0).in_command_line);
}

TEST(Configuration, PrintsAFileThatGivesTheSameSettings) {
  for (const char* text :
       {"", "tracker.interval 20m\nlisten.udp.workers 0\nlisten.udp *:3\n",
        "listen.udp *:1\nlisten.udp.workers 4\nlisten.tcp_udp 192.0.2.1:2\n",
        "tracker.rootdir /srv/a b\ntracker.redirect_url http://h/#x\ntracker.max_memory 2G\n"}) {
    const Configuration first = of(text);
    ASSERT_EQ(messages(first), Lines{}) << text;
    const Configuration second = of(effective_configuration(first));
    EXPECT_EQ(messages(second), Lines{}) << text;
    EXPECT_EQ(listeners(second), listeners(first));
    Lines values[2];
    for (const ConfigEntry& e : first.entries)
      values[0].push_back(std::string(e.key->name) + e.value);
    for (const ConfigEntry& e : second.entries)
      values[1].push_back(std::string(e.key->name) + e.value);
    EXPECT_EQ(values[0], values[1]);
  }
}

TEST(Configuration, PrintsTheOriginOfEachValueAndWhatIsNotInEffect) {
  const std::string text =
      effective_configuration(of("tracker.user maria\nbatchsync.cluster.admin_ip 10.0.0.1\n"));
  EXPECT_NE(text.find("tracker.user maria                                # o.conf:1\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("# o.conf:2, no effect in this version\n"), std::string::npos) << text;
  EXPECT_NE(text.find("# default\n"), std::string::npos) << text;
}

// Follows the feature and the effect of each key, whatever this version has.
TEST(Configuration, RefusesWarnsOrObeysAsTheTableSays) {
  for (const Key& key : all_keys()) {
    if (key.default_text.empty()) continue;
    const std::string line = std::string(key.name) + " " + std::string(key.default_text);
    const Configuration configuration = of(line);
    if (!key.is_built_in()) {
      EXPECT_NE(errors(line).at(0).find(key.feature->name), std::string::npos) << line;
    } else {
      EXPECT_EQ(configuration.errors.empty(), key.effect != Effect::refuses) << line;
      EXPECT_EQ(configuration.warnings.empty(), key.effect != Effect::warns) << line;
    }
  }
}

TEST(Configuration, RefusesQuotesAroundAnyValue) {
  EXPECT_EQ(errors("tracker.rootdir \"/tmp\"\n").at(0),
            "o.conf:1: tracker.rootdir: the value is in quotes; write it without: /tmp");
  EXPECT_EQ(errors("tracker.interval '30m'\n").at(0),
            "o.conf:1: tracker.interval: the value is in quotes; write it without: 30m");
  EXPECT_EQ(messages(flags({"-d", "'x'"})).at(0),
            "-d: the value is in quotes; write it without: x");
  EXPECT_FALSE(of("tracker.rootdir \"/tmp\"\n").knows_where);
  EXPECT_EQ(messages(of("tracker.rootdir it's\n")), Lines{});
}

TEST(Configuration, TakesLaterFindingsInTheOrderOfTheLines) {
  Configuration configuration = of("bogus\ntracker.state_file a\nbogus\n");
  add_error(configuration, "tracker.state_file", "a: No such file");
  add_warning(configuration, "tracker.rootdir", "the chroot is /");
  EXPECT_EQ(messages(configuration).at(1), "o.conf:2: tracker.state_file: a: No such file");
  EXPECT_EQ(warnings(configuration), (Lines{"tracker.rootdir: the chroot is /"}));
}

TEST(Configuration, KnowsThePlaceOfEachValueThatWasGiven) {
  EXPECT_EQ(of("tracker.user a\n").settings.place("tracker.user"), "o.conf:1: tracker.user: ");
  EXPECT_EQ(of("").settings.place("tracker.user"), "tracker.user: ");
  EXPECT_EQ(flags({"-u", "a"}).settings.place("tracker.user"), "-u: ");
}

TEST(Configuration, NamesTheSwitchAFlagNeeds) {
  for (const char* flag : {"-w", "-b"}) {
    const Feature& feature = flag[1] == 'w' ? features::kWhitelist : features::kBlacklist;
    const Lines said = messages(flags({flag, "list"}));
    const std::string expected =
        std::string(flag) + ": not built in; needs a build with " + std::string(feature.name);
    EXPECT_EQ(!said.empty() && said[0].starts_with(expected), !feature.built_in);
  }
}

}  // namespace
}  // namespace ot
