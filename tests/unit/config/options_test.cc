#include "config/options.h"

#include <gtest/gtest.h>

#include "base/features.h"

namespace ot {
namespace {

constexpr std::string_view kLetters = "fipPdurAwblstvh";
constexpr size_t kWithoutLetter = 2;

using Words = std::vector<const char*>;
using Lines = std::vector<std::string>;

// "listen.tcp *:80", "file a.conf": the items of the command line in order.
Lines items(const Words& words) {
  Lines text;
  const CommandLine line = parse_command_line(words);
  for (const CommandLine::Item& item : line.items)
    text.push_back(std::string(item.key == nullptr ? "file" : item.key->name) + " " + item.value);
  for (const std::string& fault : line.faults) text.push_back(fault);
  return text;
}

Lines faults(const Words& words) { return parse_command_line(words).faults; }

TEST(Options, AreEmptyWithoutArguments) {
  const CommandLine line = parse_command_line({});
  EXPECT_TRUE(line.items.empty() && line.faults.empty() && !line.address);
  EXPECT_FALSE(line.show_help || line.show_version || line.check);
}

TEST(Options, GiveEachPortTheAddressBeforeIt) {
  EXPECT_EQ(items({"-p", "80", "-i", "192.0.2.1", "-P", "81", "-p", "82"}),
            (Lines{"listen.tcp *:80", "listen.udp 192.0.2.1:81", "listen.tcp 192.0.2.1:82"}));
  EXPECT_EQ(items({"-i", "2001:db8::1", "-P", "83"}), (Lines{"listen.udp [2001:db8::1]:83"}));
}

TEST(Options, RememberTheLastAddressForTheDefaultPort) {
  const CommandLine line = parse_command_line(Words{"-i", "192.0.2.1", "--address", "192.0.2.2"});
  EXPECT_EQ(line.address, IpAddress::parse("192.0.2.2"));
  EXPECT_EQ(line.address_flag, "--address");
}

TEST(Options, PutLiveSyncOnTheLastAddress) {
  EXPECT_EQ(items({"-i", "192.0.2.1", "-s", "97"}),
            (Lines{"livesync.cluster.listen 192.0.2.1:97"}));
  EXPECT_EQ(items({"-s", "97"}), (Lines{"livesync.cluster.listen 0.0.0.0:97"}));
}

struct FlagCase {
  const char* letter;
  const char* name;
  const char* value;
  std::string item;
};

TEST(Options, SetTheirKeyInAllThreeForms) {
  const std::vector<FlagCase> cases{
      {"-d", "--rootdir", "/srv", "tracker.rootdir /srv"},
      {"-u", "--user", "maria", "tracker.user maria"},
      {"-r", "--redirect-url", "http://h/", "tracker.redirect_url http://h/"},
      {"-A", "--bless", "192.0.2.0/24", "access.bless 192.0.2.0/24"},
      {"-w", "--whitelist", "white", "access.whitelist white"},
      {"-b", "--blacklist", "black", "access.blacklist black"},
      {"-l", "--load-statedump", "dump", "tracker.load_statedump dump"},
      {"-f", "--config", "a.conf", "file a.conf"},
      {"-p", "--tcp-port", "80", "listen.tcp *:80"},
      {"-P", "--udp-port", "80", "listen.udp *:80"},
  };
  for (const FlagCase& row : cases) {
    const std::string attached = row.letter + std::string(row.value);
    const std::string equals = row.name + ("=" + std::string(row.value));
    EXPECT_EQ(items({row.letter, row.value}), Lines{row.item});
    EXPECT_EQ(items({attached.c_str()}), Lines{row.item});
    EXPECT_EQ(items({row.name, row.value}), Lines{row.item});
    EXPECT_EQ(items({equals.c_str()}), Lines{row.item});
    EXPECT_EQ(parse_command_line(Words{row.name, row.value}).items[0].flag, row.name);
  }
}

TEST(Options, KeepTheOrderOfFilesAndFlags) {
  EXPECT_EQ(items({"-u", "a", "-f", "x", "-u", "b", "--config=y"}),
            (Lines{"tracker.user a", "file x", "tracker.user b", "file y"}));
}

TEST(Options, AcceptGroupedFlags) {
  const CommandLine both = parse_command_line(Words{"-vht"});
  EXPECT_TRUE(both.show_version && both.show_help && both.check);
  EXPECT_EQ(items({"-vp", "80"}), (Lines{"listen.tcp *:80"}));
  EXPECT_EQ(items({"-vp80"}), (Lines{"listen.tcp *:80"}));
}

TEST(Options, AcceptLongFormsOfFlagsWithoutArgument) {
  const CommandLine line = parse_command_line(Words{"--version", "--help", "--check"});
  EXPECT_TRUE(line.show_version && line.show_help && line.check && line.faults.empty());
}

TEST(Options, SetAKeyToYesWithAFlagThatTakesNoArgument) {
  EXPECT_EQ(items({"--skip-bad-lines"}), (Lines{"tracker.skip_bad_lines yes"}));
  EXPECT_EQ(faults({"--skip-bad-lines=no"}).at(0), "--skip-bad-lines: takes no argument");
}

TEST(Options, TakeTheNextWordAsTheArgumentEvenIfItLooksLikeAFlag) {
  EXPECT_EQ(items({"-d", "-h"}), (Lines{"tracker.rootdir -h"}));
  EXPECT_EQ(items({"--rootdir", "--"}), (Lines{"tracker.rootdir --"}));
  EXPECT_EQ(items({"--rootdir=a=b"}), (Lines{"tracker.rootdir a=b"}));
}

struct FaultCase {
  Words words;
  std::string message;
};

TEST(Options, ExplainEachFault) {
  const std::vector<FaultCase> cases{
      {{"-p", "0"}, "-p: '0' is not a port (1 to 65535)"},
      {{"-P", "70000"}, "-P: '70000' is not a port (1 to 65535)"},
      {{"-p", "80x"}, "-p: '80x' is not a port (1 to 65535)"},
      {{"-p", "-1"}, "-p: '-1' is not a port (1 to 65535)"},
      {{"-p", ""}, "-p: '' is not a port (1 to 65535)"},
      {{"--tcp-port="}, "--tcp-port: '' is not a port (1 to 65535)"},
      {{"-s", "18446744073709551697"}, "-s: '18446744073709551697' is not a port (1 to 65535)"},
      {{"-i", "localhost"},
       "-i: 'localhost' is not an IPv4 or IPv6 address; write 192.0.2.1 or 2001:db8::1"},
      {{"-p"}, "-p: needs an argument: PORT"},
      {{"--config"}, "--config: needs an argument: FILE"},
      {{"-vu"}, "-u: needs an argument: USER"},
      {{"-f", ""}, "-f: the name of the file is empty"},
      {{"--help=yes"}, "--help: takes no argument"},
      {{"-x"}, "unknown flag -x"},
      {{"-v\x1b"}, "unknown flag -\\x1B"},
      {{"--bogus"}, "unknown flag --bogus"},
      {{"--confg", "x"}, "unknown flag --confg; did you mean --config?"},
      {{"--conf"}, "unknown flag --conf; did you mean --config?"},
      {{"--"}, "unknown flag --"},
      {{"-check"}, "unknown flag -check; did you mean --check?"},
      {{"my.conf"}, "'my.conf' is not a flag; did you mean -f my.conf?"},
      {{"80"}, "'80' is not a flag"},
      {{"-"}, "'-' is not a flag"},
      {{""}, "'' is not a flag"},
  };
  for (const FaultCase& row : cases) EXPECT_EQ(faults(row.words).at(0), row.message);
}

TEST(Options, ReportAllFaults) {
  EXPECT_EQ(faults({"-p", "0", "-xv", "--nothing", "stray"}),
            (Lines{"-p: '0' is not a port (1 to 65535)", "unknown flag -x",
                   "unknown flag --nothing", "'stray' is not a flag"}));
}

TEST(Options, KnowOnlyTheLettersOfTheirTable) {
  for (int c = '!'; c <= '~'; ++c) {
    const std::string flag{'-', static_cast<char>(c)};
    const bool known = kLetters.find(static_cast<char>(c)) != std::string_view::npos;
    const Lines said = faults({flag.c_str(), "1"});
    EXPECT_EQ(!said.empty() && said[0] == "unknown flag " + flag, !known) << flag;
  }
}

TEST(Options, AskWhetherAnAddressEndsInAPort) {
  if (features::kV4Only) return;
  const std::array<const char*, 2> words{"-i", "2001:db8::1:6969"};
  const auto warnings = parse_command_line(words).warnings;
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].flag, "-i");
  EXPECT_EQ(warnings[0].text,
            "2001:db8::1:6969 is an address; did you mean -i 2001:db8::1 and port 6969?");
}

TEST(Options, UsageHasALineForEachFlag) {
  const std::string text = usage();
  EXPECT_EQ(text.find("usage: opentracker"), 0U);
  EXPECT_EQ(static_cast<size_t>(std::count(text.begin(), text.end(), '\n')),
            1 + kLetters.size() + kWithoutLetter);
  EXPECT_NE(text.find("\n      --skip-bad-lines "), std::string::npos);
  for (const char letter : kLetters) {
    const size_t at = text.find(std::string("\n  -") + letter + ", --");
    ASSERT_NE(at, std::string::npos) << letter;
    const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    EXPECT_LE(line.size(), 99U) << line;
    const std::string name = line.substr(6, line.find(' ', 6) - 6);
    const bool takes_argument = !faults({name.c_str()}).empty();
    EXPECT_EQ(line[6 + name.size() + 1] != ' ', takes_argument) << line;
  }
}

TEST(Options, UsageMarksWhatThisVersionLacks) {
  const std::string text = usage();
  const Key& key = *find_key("access.whitelist");
  const std::string line = text.substr(text.find("--whitelist"), 100);
  const std::string end = line.substr(0, line.find('\n'));
  EXPECT_EQ(end.ends_with("(not built in)"), !key.is_built_in()) << end;
  EXPECT_EQ(end.ends_with("(not yet)"), key.is_built_in() && key.effect != Effect::in_effect)
      << end;
  EXPECT_NE(text.find("started as root; default: nobody\n"), std::string::npos);
}

TEST(Options, AcceptAddressesOfTheFamiliesThisBuildServes) {
  EXPECT_EQ(faults({"-i", "192.0.2.1"}).empty(), !features::kV6Only);
  EXPECT_EQ(faults({"-i", "::1"}).empty(), !features::kV4Only);
}

TEST(Options, HealthMayHaveAUrl) {
  const auto parse = [](std::vector<const char*> words) { return parse_command_line(words); };
  EXPECT_FALSE(parse({}).health);
  const CommandLine bare = parse({"--health", "-f", "x"});
  EXPECT_TRUE(bare.health && !bare.health_url && bare.faults.empty());
  EXPECT_EQ(bare.items.size(), 1U);
  EXPECT_TRUE(parse({"-f", "x", "--health"}).health);
  for (const auto& words : {std::vector<const char*>{"--health", "udp://[::1]:80"},
                            std::vector<const char*>{"--health=udp://[::1]:80"}}) {
    const CommandLine line = parse(words);
    ASSERT_TRUE(line.health && line.health_url);
    EXPECT_EQ(line.health_url->endpoint.to_string(), "[::1]:80");
  }
  const CommandLine bad = parse({"--health", "example.org"});
  ASSERT_EQ(bad.faults.size(), 1U);
  EXPECT_EQ(bad.faults[0].rfind("--health: 'example.org' is not a URL to ask", 0), 0U);
}

}  // namespace
}  // namespace ot
