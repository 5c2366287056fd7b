#include "config/values.h"

#include <gtest/gtest.h>

#include "base/features.h"
#include "base/text.h"

namespace ot {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Range kAny{0, UINT64_MAX / 2};

template <typename T>
std::string fault(const Parsed<T>& parsed) {
  return parsed ? "none" : parsed.error();
}

TEST(Values, DurationsHaveAUnit) {
  EXPECT_EQ(*parse_duration("90s", kAny), seconds(90));
  EXPECT_EQ(*parse_duration("30m", kAny), minutes(30));
  EXPECT_EQ(*parse_duration("24h", kAny), hours(24));
  EXPECT_EQ(*parse_duration("7d", kAny), hours(7 * 24));
  EXPECT_EQ(*parse_duration("0", kAny), seconds(0));
}

TEST(Values, AnInvalidDurationIsAnErrorThatShowsAValidOne) {
  for (const char* text : {"", "m", "-1s", "+5m", "1.5h", "30 m", "30x", "1h30m", "30M", "0x10"}) {
    EXPECT_EQ(fault(parse_duration(text, kAny)),
              "'" + std::string(text) +
                  "' is not a duration; write a number followed by s, m, h or d, as in 30m");
  }
}

TEST(Values, ADurationWithoutAUnitIsAnErrorThatShowsTheUnits) {
  EXPECT_EQ(fault(parse_duration("30", kAny)),
            "'30' has no unit; give a unit: 30s, 30m, 30h or 30d");
  EXPECT_EQ(fault(parse_duration("99999999999999999999", kAny)),
            "'99999999999999999999' has no unit; give a unit: 30s, 30m, 30h or 30d");
  EXPECT_NE(fault(parse_minutes("45", kAny)).find("give a unit: 45s, 45m"), std::string::npos);
  EXPECT_EQ(*parse_minutes("0", kAny), minutes(0));
}

TEST(Values, AnAddressThatEndsLikeAPortIsRecognized) {
  EXPECT_EQ(endpoint_meant_by("2001:db8::1:6969")->to_string(), "[2001:db8::1]:6969");
  EXPECT_EQ(endpoint_meant_by("::1:80")->to_string(), "[::1]:80");
  for (const char* text : {"2001:db8::1", "2001:db8::6969", "::1:25", "[2001:db8::1:6969]",
                           "2001:db8:0:0:0:0:0:6969", "2001:db8::1:69af", "192.0.2.1:6969", ""})
    EXPECT_FALSE(endpoint_meant_by(text)) << text;
}

TEST(Values, ADurationOutOfRangeIsAnErrorThatNamesTheRange) {
  const Range range{10, 12000};
  EXPECT_EQ(fault(parse_duration("9s", range)), "'9s' is out of range: 10s to 200m");
  EXPECT_EQ(fault(parse_duration("12001s", range)), "'12001s' is out of range: 10s to 200m");
  EXPECT_EQ(*parse_duration("10s", range), seconds(10));
  EXPECT_EQ(*parse_duration("200m", range), minutes(200));
}

TEST(Values, ANumberThatOverflowsIsOutOfRange) {
  const Range range{0, 100};
  for (const char* text :
       {"18446744073709551616s", "99999999999999999999999d", "307445734561825861m"})
    EXPECT_EQ(fault(parse_duration(text, range)), in_quotes(text) + " is out of range: 0s to 100s");
}

TEST(Values, MinutesMustBeWhole) {
  EXPECT_EQ(*parse_minutes("45m", kAny), minutes(45));
  EXPECT_EQ(*parse_minutes("180s", kAny), minutes(3));
  EXPECT_EQ(fault(parse_minutes("90s", kAny)),
            "'90s' is not a whole number of minutes; write a number followed by m, as in 45m");
  EXPECT_EQ(fault(parse_minutes("x", kAny)).find("'x' is not a duration"), 0U);
}

TEST(Values, YesAndNoMustBeWrittenOut) {
  EXPECT_TRUE(*parse_on_off("on", {}));
  EXPECT_FALSE(*parse_on_off("off", {}));
  EXPECT_EQ(fault(parse_on_off("yes", {})), in_quotes("yes") + " is not valid; write on or off");
  EXPECT_TRUE(*parse_yes_no("yes", {}));
  EXPECT_FALSE(*parse_yes_no("no", {}));
  for (const char* text : {"", "y", "Yes", "true", "1", "yes "})
    EXPECT_EQ(fault(parse_yes_no(text, {})), in_quotes(text) + " is not valid; write yes or no");
}

TEST(Values, SizesCountInPowersOf1024) {
  EXPECT_EQ(*parse_size("512", kAny), 512U);
  EXPECT_EQ(*parse_size("64K", kAny), 64U << 10U);
  EXPECT_EQ(*parse_size("512M", kAny), 512U << 20U);
  EXPECT_EQ(*parse_size("3G", kAny), uint64_t{3} << 30U);
  EXPECT_EQ(fault(parse_size("1T", kAny)),
            "'1T' is not a size; write bytes, or a number followed by K, M or G, as in 2G");
}

TEST(Values, ZeroMayTurnAThingOff) {
  const Range range{16 << 20, UINT64_MAX, true};
  EXPECT_EQ(*parse_size("0", range), 0U);
  EXPECT_EQ(*parse_size("16M", range), 16U << 20U);
  EXPECT_EQ(fault(parse_size("1M", range)), "'1M' is out of range: 0 (off), or 16M or more");
}

TEST(Values, CountsAreDigits) {
  EXPECT_EQ(*parse_count("200", kAny), 200U);
  EXPECT_EQ(fault(parse_count("2K", kAny)), "'2K' is not a number; write only digits, as in 200");
  EXPECT_EQ(fault(parse_count("201", {1, 200})), "'201' is out of range: 1 to 200");
}

TEST(Values, PathsMayContainBlanksAndNonAsciiBytes) {
  EXPECT_EQ(*parse_path("my lists/wei\xc3\x9f.txt", {0, 100}), "my lists/wei\xc3\x9f.txt");
  EXPECT_EQ(fault(parse_path("", {0, 100})), "'' is not a path; write at least one character");
  EXPECT_EQ(fault(parse_path("abcd", {0, 3})), "'abcd' is 4 bytes long; the maximum is 3");
}

TEST(Values, AUserIsOneWord) {
  EXPECT_EQ(*parse_user("_opentracker", {0, 64}), "_opentracker");
  for (const char* text : {"", "a b", "a:b", "../a", "nob\xc3\xb6"})
    EXPECT_NE(fault(parse_user(text, {0, 64})), "none") << text;
}

TEST(Values, AUserMayBeANumberOfItsOwn) {
  for (const char* text : {"65534", "1000:1000", "1", "4294967294"})
    EXPECT_EQ(*parse_user(text, {0, 64}), text);
  EXPECT_EQ(fault(parse_user("0", {0, 64})),
            "'0' is root; write the number of another user, as in 65534");
  EXPECT_EQ(fault(parse_user("7:0", {0, 64})),
            "'7:0' has root's group; write the number of another group, as in 1000:1000");
  for (const char* text : {"4294967295", "99999999999999999999", "-1", "+1", "1:", ":1", "1:2:3",
                           "nobody:1", "1:nogroup"})
    EXPECT_NE(fault(parse_user(text, {0, 64})), "none") << text;
}

TEST(Values, AUrlIsSafeInALocationHeader) {
  const Range range{0, 256};
  EXPECT_EQ(*parse_url("https://your.tracker.local/", range), "https://your.tracker.local/");
  EXPECT_EQ(*parse_url("http://h/a?b#c", range), "http://h/a?b#c");
  for (const char* text : {"", "ftp://h/", "//h/", "h", "HTTP://h/", "http://", "https://"}) {
    EXPECT_EQ(fault(parse_url(text, range)),
              in_quotes(text) + " is not a URL; write http://HOST/ or https://HOST/");
  }
  for (const char* text : {"http://h/a b", "http://h/\r\nX: y", "http://h/\x7f", "http://h/\xff"})
    EXPECT_NE(fault(parse_url(text, range)).find("contains a blank or a byte"), std::string::npos);
  EXPECT_TRUE(parse_url("http://" + std::string(249, 'h'), range));
  EXPECT_FALSE(parse_url("http://" + std::string(250, 'h'), range));
}

TEST(Values, APathUnderTheUrlLosesItsSlash) {
  EXPECT_EQ(*parse_url_path("stats", {0, 9}), "stats");
  EXPECT_EQ(*parse_url_path("//a/b", {0, 9}), "a/b");
  for (const char* text : {"", "/", "a?b", "a%20", "a b", "a#b", "1234567890"})
    EXPECT_NE(fault(parse_url_path(text, {0, 9})), "none") << text;
}

TEST(Values, AProxyHeaderIsRecognizedInAnyCase) {
  EXPECT_EQ(*parse_proxy_header_name("cf-connecting-ip", {}), "CF-Connecting-IP");
  EXPECT_EQ(*parse_proxy_header_name("X-Real-IP", {}), "X-Real-IP");
  EXPECT_EQ(*parse_proxy_header_name("forwarded", {}), "Forwarded");
  EXPECT_EQ(*parse_proxy_header_name("TRUE-CLIENT-IP", {}), "True-Client-IP");
  for (const char* text : {"", "Forwarded-For", "X-Forwarded-For:", "X-Forwarded", "X\r\n"})
    EXPECT_NE(fault(parse_proxy_header_name(text, {})), "none") << text;
}

TEST(Values, ANetworkIsAnAddressOrCidr) {
  EXPECT_EQ(parse_network("192.0.2.0/24", {})->to_string(), "192.0.2.0/24");
  EXPECT_EQ(parse_network("2001:db8::1", {})->to_string(), "2001:db8::1/128");
  EXPECT_EQ(fault(parse_network("192.0.2.0/33", {})),
            "'192.0.2.0/33' is not an address or network; write 192.0.2.1, 192.0.2.0/24 or "
            "2001:db8::/32");
}

// "* 80", "192.0.2.1 6969", or the error.
std::string where(const Parsed<ListenAddress>& parsed) {
  if (!parsed) return parsed.error();
  return (parsed->address ? parsed->address->to_string() : "*") + " " +
         std::to_string(parsed->port);
}

TEST(Values, AListenAddressHasADefaultPort) {
  EXPECT_EQ(where(parse_listen_address("*")), "* 6969");
  EXPECT_EQ(where(parse_listen_address("*:80")), "* 80");
  if (!features::kV6Only) {
    EXPECT_EQ(where(parse_listen_address("0.0.0.0")), "0.0.0.0 6969");
    EXPECT_EQ(where(parse_listen_address("192.0.2.1:80")), "192.0.2.1 80");
  }
  if (!features::kV4Only) {
    EXPECT_EQ(where(parse_listen_address("2001:db8::1")), "2001:db8::1 6969");
    EXPECT_EQ(where(parse_listen_address("[::]:80")), ":: 80");
  }
}

TEST(Values, AListenAddressMustBeAnAddress) {
  for (const char* text : {"", "localhost", "192.0.2.1:", "192.0.2.1:0", "80", "[192.0.2.1]:80"})
    EXPECT_NE(where(parse_listen_address(text)).find("is not an address to listen on"),
              std::string::npos)
        << text;
  for (const char* text : {"*:", "*:0", "*:65536", "*:x"})
    EXPECT_NE(where(parse_listen_address(text)).find("is not a port"), std::string::npos) << text;
}

TEST(Values, OwnAddressesMustBeOfAFamilyThisBuildServes) {
  EXPECT_EQ(static_cast<bool>(parse_own_address("192.0.2.1")), !features::kV6Only);
  EXPECT_EQ(static_cast<bool>(parse_own_address("2001:db8::1")), !features::kV4Only);
  EXPECT_EQ(static_cast<bool>(parse_listen_address("192.0.2.1:80")), !features::kV6Only);
  EXPECT_EQ(static_cast<bool>(parse_sync_endpoint("[2001:db8::1]:80", {})), !features::kV4Only);
  EXPECT_NE(fault(parse_own_address("192.0.2")), "none");
}

TEST(Values, LiveSyncHasItsOwnDefaultPort) {
  if (features::kV6Only) return;
  EXPECT_EQ(parse_sync_endpoint("192.0.2.1", {})->port, 9696);
  EXPECT_EQ(parse_sync_endpoint("192.0.2.1:97", {})->port, 97);
  EXPECT_NE(fault(parse_sync_endpoint("9696", {})), "none");
}

TEST(Values, NumbersAreWrittenInTheLargestUnitThatDividesThem) {
  EXPECT_EQ(format_size(1352), "1352");
  EXPECT_EQ(format_size(16 << 20), "16M");
}

}  // namespace
}  // namespace ot
