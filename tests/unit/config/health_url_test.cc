#include "config/health_url.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

// "udp 127.0.0.1:6969 /target", or the error.
std::string read(std::string_view text) {
  const auto url = parse_health_url(text);
  if (!url) return url.error();
  return (url->is_udp ? "udp " : "http ") + url->endpoint.to_string() + " " + url->target;
}

TEST(HealthUrl, NamesAnAddressWithOrWithoutAPort) {
  EXPECT_EQ(read("http://192.0.2.1"), "http 192.0.2.1:80 ");
  EXPECT_EQ(read("http://192.0.2.1:6969/announce?a=/"), "http 192.0.2.1:6969 /announce?a=/");
  EXPECT_EQ(read("http://[2001:db8::1]:81?a"), "http [2001:db8::1]:81 ?a");
  EXPECT_EQ(read("udp://[::1]"), "udp [::1]:6969 ");
  EXPECT_EQ(read("udp://192.0.2.1:80/announce"), "udp 192.0.2.1:80 /announce");
  EXPECT_EQ(read("http://localhost:6969/"), "http 127.0.0.1:6969 /");
  EXPECT_EQ(read("udp://localhost"), "udp 127.0.0.1:6969 ");
}

TEST(HealthUrl, RefusesWhatIsNoUrlToAsk) {
  for (const char* text : {"", "x", "127.0.0.1", "https://127.0.0.1/", "HTTP://127.0.0.1/",
                           "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y", "udp:/127.0.0.1"})
    EXPECT_NE(read(text).find("is not a URL to ask; write http://"), std::string::npos) << text;
  EXPECT_NE(read("http://127.0.0.1/" + std::string(3000, 'x')).find("is not a URL"),
            std::string::npos);
}

TEST(HealthUrl, RefusesNamesAndOddAddresses) {
  for (const char* text : {"http://", "http:///", "http://tracker.example/", "http://localhosts/",
                           "http://::1/", "http://::1:80/", "http://127.0.0.1:0/",
                           "udp://127.0.0.1:70000", "http://user@127.0.0.1/", "http://127.1/"})
    EXPECT_NE(read(text).find("has no address to ask; write"), std::string::npos) << read(text);
}

}  // namespace
}  // namespace ot
