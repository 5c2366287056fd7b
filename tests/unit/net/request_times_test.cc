// How long requests take, as the server sees it: it tells the handler of those that outlast a pass,
// and counts the others.
#include <string>

#include "line_server.h"

namespace ot {
namespace {

using loopback::Client;
using std::chrono::seconds;

class RequestTimesTest : public LineServer {
 protected:
  using Times = std::vector<Duration>;
};

TEST_F(RequestTimesTest, ARequestThatComesWholeIsAnsweredAtOnce) {
  Client client(at_);
  client.send("one\n");
  ASSERT_TRUE(until([&] { return client.has("one\n"); }));
  advance(seconds(3));
  client.send("two\nthree\n");
  ASSERT_TRUE(until([&] { return client.has("one\ntwo\nthree\n"); }));
  EXPECT_EQ(server_->answered_at_once(), 3U);
  EXPECT_EQ(handler_.deferred, Times{}) << "the time between requests is not theirs";
}

TEST_F(RequestTimesTest, ARequestThatComesInPartsTakesFromItsFirstByteOn) {
  Client client(at_);
  pass();
  advance(seconds(1));
  for (const char* part : {"h", "al", "f"}) {
    client.send(part);
    pass();
    advance(seconds(2));
  }
  client.send("\nat once\n");
  ASSERT_TRUE(until([&] { return client.has("half\nat once\n"); }));
  EXPECT_EQ(handler_.deferred, Times{seconds(6)});
  EXPECT_EQ(server_->answered_at_once(), 1U);
}

TEST_F(RequestTimesTest, EachRequestInPartsHasATimeOfItsOwn) {
  Client client(at_);
  client.send("first");
  pass();
  advance(seconds(2));
  client.send("\nsecond");
  ASSERT_TRUE(until([&] { return client.has("first\n"); }));
  advance(seconds(5));
  client.send("\n");
  ASSERT_TRUE(until([&] { return client.has("first\nsecond\n"); }));
  EXPECT_EQ(handler_.deferred, (Times{seconds(2), seconds(5)}));
  EXPECT_EQ(server_->answered_at_once(), 0U);
}

TEST_F(RequestTimesTest, PipelinedRequestsBeyondAPassAreDeferredToTheNext) {
  serve({.requests_per_wake = 2});
  Client client(at_);
  client.send("1\n2\n3\n4\n5\n");
  ASSERT_TRUE(until([&] { return client.has("1\n2\n3\n4\n5\n"); }));
  EXPECT_EQ(handler_.deferred.size(), 3U);
  EXPECT_EQ(server_->answered_at_once(), 2U);
}

}  // namespace
}  // namespace ot
