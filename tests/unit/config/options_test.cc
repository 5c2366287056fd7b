#include "config/options.h"

#include <gtest/gtest.h>

#include "base/features.h"

namespace ot {
namespace {

constexpr std::string_view kLetters = "ipPduvh";

Result<Options, UsageError> parse(std::vector<const char*> arguments) {
  return parse_options(arguments);
}

std::string fault(const std::vector<const char*>& arguments) {
  const auto options = parse(arguments);
  return options ? "none" : options.error().message;
}

// "tcp 192.0.2.1:80", "udp *:6969"
std::string describe(const ListenOption& listen) {
  const std::string address = listen.address ? listen.address->to_string() : "*";
  return (listen.protocol == ListenProtocol::tcp ? "tcp " : "udp ") + address + ":" +
         std::to_string(listen.port);
}

std::vector<std::string> listeners(const std::vector<const char*>& arguments) {
  std::vector<std::string> text;
  const auto options = parse(arguments);
  if (!options) return {options.error().message};
  for (const ListenOption& listen : options->listeners()) text.push_back(describe(listen));
  return text;
}

using Lines = std::vector<std::string>;

TEST(Options, ListenOnThePortOfTheTrackerOverBothProtocolsByDefault) {
  EXPECT_EQ(listeners({}), (Lines{"tcp *:6969", "udp *:6969"}));
}

TEST(Options, TakeTheLastAddressForTheDefaultPort) {
  EXPECT_EQ(listeners({"-i", "192.0.2.1", "-i", "192.0.2.2"}),
            (Lines{"tcp 192.0.2.2:6969", "udp 192.0.2.2:6969"}));
}

TEST(Options, TakePortsInTheirOrderEachWithTheAddressBeforeIt) {
  EXPECT_EQ(listeners({"-p", "80", "-i", "192.0.2.1", "-P", "81", "-p", "82", "-i", "2001:db8::1",
                       "-P", "83"}),
            (Lines{"tcp *:80", "udp 192.0.2.1:81", "tcp 192.0.2.1:82", "udp 2001:db8::1:83"}));
}

TEST(Options, AddNoDefaultOnceAPortIsGiven) {
  EXPECT_EQ(listeners({"-P", "80"}), (Lines{"udp *:80"}));
  EXPECT_EQ(listeners({"-p", "80", "-p", "80"}), (Lines{"tcp *:80", "tcp *:80"}));
}

TEST(Options, TakeAnArgumentThatIsAttached) {
  EXPECT_EQ(listeners({"-p80", "-i192.0.2.1", "-P81"}), (Lines{"tcp *:80", "udp 192.0.2.1:81"}));
  EXPECT_EQ(parse({"-d/srv", "-umaria"})->root_directory, "/srv");
  EXPECT_EQ(parse({"-d/srv", "-umaria"})->user, "maria");
}

TEST(Options, TakeFlagsThatAreGrouped) {
  const auto both = parse({"-vh"});
  ASSERT_TRUE(both);
  EXPECT_TRUE(both->show_version && both->show_help);
  const auto last_takes_next = parse({"-vp", "80"});
  ASSERT_TRUE(last_takes_next);
  EXPECT_TRUE(last_takes_next->show_version);
  EXPECT_EQ(last_takes_next->listen.size(), 1U);
  EXPECT_EQ(parse({"-vp80"})->listen.at(0).port, 80);
}

TEST(Options, HaveTheDefaultsOfTheContract) {
  const auto options = parse({});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->user, "nobody");
  EXPECT_EQ(options->root_directory, ".");
  EXPECT_FALSE(options->show_help);
  EXPECT_FALSE(options->show_version);
}

TEST(Options, TakeTheLastDirectoryAndUser) {
  const auto options = parse({"-d", "/a", "-u", "one", "-d", "/b", "-u", "two"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->root_directory, "/b");
  EXPECT_EQ(options->user, "two");
}

TEST(Options, TakeAWordThatLooksLikeAFlagForAnArgumentWhereOneIsDue) {
  EXPECT_EQ(parse({"-d", "-h"})->root_directory, "-h");
}

struct FaultCase {
  std::vector<const char*> arguments;
  std::string message;
};

TEST(Options, SayWhatIsWrong) {
  const std::vector<FaultCase> cases{
      {{"-p", "0"}, "-p: 0 is not a port (1 to 65535)"},
      {{"-p", "65536"}, "-p: 65536 is not a port (1 to 65535)"},
      {{"-P", "70000"}, "-P: 70000 is not a port (1 to 65535)"},
      {{"-p", "80x"}, "-p: 80x is not a port (1 to 65535)"},
      {{"-p", "-1"}, "-p: -1 is not a port (1 to 65535)"},
      {{"-p", "+1"}, "-p: +1 is not a port (1 to 65535)"},
      {{"-p", ""}, "-p:  is not a port (1 to 65535)"},
      {{"-p", "18446744073709551697"}, "-p: 18446744073709551697 is not a port (1 to 65535)"},
      {{"-i", "192.0.2"}, "-i: 192.0.2 is not an IPv4 or IPv6 address"},
      {{"-i", "[::1]"}, "-i: [::1] is not an IPv4 or IPv6 address"},
      {{"-i", "localhost"}, "-i: localhost is not an IPv4 or IPv6 address"},
      {{"-p"}, "-p: needs an argument: port"},
      {{"-v", "-d"}, "-d: needs an argument: dir"},
      {{"-vu"}, "-u: needs an argument: user"},
      {{"-x"}, "-x: no such flag"},
      {{"-vx"}, "-x: no such flag"},
      {{"--bogus"}, "--bogus: no such flag"},
      {{"--"}, "--: no such flag"},
      {{"80"}, "80: not a flag"},
      {{"-v", "80"}, "80: not a flag"},
      {{"-"}, "-: not a flag"},
      {{""}, ": not a flag"},
  };
  for (const FaultCase& row : cases) EXPECT_EQ(fault(row.arguments), row.message);
}

TEST(Options, StopAtTheFirstThingWrong) {
  EXPECT_EQ(fault({"-p", "0", "-x"}), "-p: 0 is not a port (1 to 65535)");
}

TEST(Options, KnowTheLettersOfTheirTableAndNoOther) {
  for (int c = '!'; c <= '~'; ++c) {
    const std::string flag{'-', static_cast<char>(c)};
    const bool known = kLetters.find(static_cast<char>(c)) != std::string_view::npos;
    EXPECT_EQ(fault({flag.c_str(), "1"}) == flag + ": no such flag", !known) << flag;
  }
}

TEST(Options, UsageHasALineForEachFlag) {
  const std::string text = usage();
  EXPECT_EQ(text.find("usage: opentracker"), 0U);
  EXPECT_EQ(static_cast<size_t>(std::count(text.begin(), text.end(), '\n')), 1 + kLetters.size());
  for (const char letter : kLetters) {
    const size_t at = text.find(std::string("\n  -") + letter + " ");
    ASSERT_NE(at, std::string::npos) << letter;
    const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    EXPECT_GT(line.size(), 20U) << line;
    const bool takes_argument = fault({("-" + std::string(1, letter)).c_str()}) != "none";
    EXPECT_EQ(line[5] != ' ', takes_argument) << line;
  }
}

TEST(Options, AcceptAddressesOfTheFamiliesThisBuildServes) {
  EXPECT_EQ(fault({"-i", "192.0.2.1"}) == "none", !features::kV6Only);
  EXPECT_EQ(fault({"-i", "::1"}) == "none", !features::kV4Only);
}

}  // namespace
}  // namespace ot
