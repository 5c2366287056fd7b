#include "access/network_line.h"

#include <gtest/gtest.h>

#include <string>

namespace ot {
namespace {

using Kind = NetworkLine::Kind;

// The network of the line, or what else it is.
std::string read(std::string_view line) {
  const NetworkLine parsed = parse_network_line(line);
  if (parsed.kind == Kind::comment) return "comment";
  if (parsed.kind == Kind::faulty) return std::string(describe(parsed.fault));
  return parsed.network->to_string();
}

constexpr std::string_view kNotOne = "not an address or network";
constexpr std::string_view kTwo =
    "a range, or two addresses; write one network a line, such as 192.0.2.0/24";

TEST(NetworkLine, IsAnAddressOrANetworkOfEitherFamily) {
  EXPECT_EQ(read("192.0.2.1"), "192.0.2.1/32");
  EXPECT_EQ(read("192.0.2.0/24"), "192.0.2.0/24");
  EXPECT_EQ(read("2001:db8::1"), "2001:db8::1/128");
  EXPECT_EQ(read("2001:DB8::/32"), "2001:db8::/32");
  EXPECT_EQ(read("::/0"), "::/0");
  EXPECT_EQ(read("::"), "::/128");
}

TEST(NetworkLine, MayBeAnIPv4MappedForm) {
  EXPECT_EQ(read("::ffff:192.0.2.1"), "192.0.2.1/32");
  EXPECT_EQ(read("::ffff:10.0.0.0/104"), "10.0.0.0/8");
}

TEST(NetworkLine, KeepsBitsAfterThePrefixForTheWarning) {
  EXPECT_EQ(read("10.0.0.5/8"), "10.0.0.5/8");
}

TEST(NetworkLine, MayHaveBlanksAroundAndACarriageReturn) {
  EXPECT_EQ(read("  192.0.2.1  "), "192.0.2.1/32");
  EXPECT_EQ(read("\t192.0.2.0/24\r"), "192.0.2.0/24");
}

TEST(NetworkLine, MayGoOnWithAComment) {
  for (const char* rest :
       {" a neighbour", "\t#", "#c", ", office", ";", "|x", "-office", ": office", " 2026-11-30",
        "\"", " # 192.0.2.9", " seen at 192.0.2.9", "%eth0"}) {
    EXPECT_EQ(read("192.0.2.1" + std::string(rest)), "192.0.2.1/32") << rest;
    EXPECT_EQ(read("2001:db8::1" + std::string(rest)), "2001:db8::1/128") << rest;
    EXPECT_EQ(read("192.0.2.0/24" + std::string(rest)), "192.0.2.0/24") << rest;
  }
  EXPECT_EQ(read("192.0.2.1:6969"), "192.0.2.1/32");
}

TEST(NetworkLine, IsACommentIfItHoldsNothing) {
  for (const char* line : {"", " ", "\t\r", "#", "  # 192.0.2.1", "#192.0.2.1"})
    EXPECT_EQ(read(line), "comment") << line;
}

TEST(NetworkLine, IsFaultyIfItBeginsWithSomethingElse) {
  for (const char* line : {"localhost", "bad.example", "192.0.2", "192.0.2.256", "192.0.2.1/33",
                           "192.0.2.1/", "192.0.2.0/255.255.255.0", "192.0.2.01", "[2001:db8::1]",
                           "2001:db8::/129", "1:2", "deny all", "192.0.2.1a", "*"})
    EXPECT_EQ(read(line), kNotOne) << line;
}

TEST(NetworkLine, IsFaultyIfASecondAddressFollows) {
  for (const char* line : {"10.0.0.0-10.0.0.255", "10.0.0.0 - 10.0.0.255", "10.0.0.0 255.255.255.0",
                           "192.0.2.1, 192.0.2.2", "2001:db8::-2001:db8::ff", "10.0.0.0/8 ; ::1"})
    EXPECT_EQ(read(line), kTwo) << line;
}

}  // namespace
}  // namespace ot
