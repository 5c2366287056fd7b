#include "base/unix_datagram.h"

#include <cerrno>

#include "unit/support/unix_receiver.h"

namespace ot {
namespace {

using Texts = std::vector<std::string>;
using Wait = UnixDatagram::Wait;

std::string abstract_name() { return "@opentracker-test-" + std::to_string(::getpid()); }

TEST(UnixDatagram, ReachesAPathAndAnAbstractName) {
  for (const std::string& address : {UnixReceiver::unused_path(), abstract_name()}) {
    UnixReceiver receiver(address);
    const auto socket = UnixDatagram::connect(address);
    ASSERT_TRUE(socket) << socket.error().message();
    EXPECT_TRUE(socket->send("one", Wait::no));
    EXPECT_TRUE(socket->send("two", Wait::one_second));
    EXPECT_EQ(receiver.received(), (Texts{"one", "two"}));
  }
}

TEST(UnixDatagram, NamesTheAddressIfNobodyListens) {
  const auto socket = UnixDatagram::connect("/no/such/socket");
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().message(), "connect /no/such/socket: No such file or directory");
}

TEST(UnixDatagram, RefusesAnAddressThatIsEmptyOrTooLong) {
  EXPECT_EQ(UnixDatagram::connect("").error().code, ENAMETOOLONG);
  EXPECT_EQ(UnixDatagram::connect("/" + std::string(107, 'x')).error().code, ENAMETOOLONG);
  EXPECT_EQ(UnixDatagram::connect("/" + std::string(106, 'x')).error().code, ENOENT);
}

TEST(UnixDatagram, ReconnectsToARestartedReceiver) {
  UnixReceiver receiver(UnixReceiver::unused_path());
  const auto socket = UnixDatagram::connect(UnixReceiver::unused_path());
  ASSERT_TRUE(socket);
  receiver.close();
  EXPECT_FALSE(socket->send("lost", Wait::no));
  receiver.open();
  EXPECT_TRUE(socket->send("found", Wait::no));
  EXPECT_EQ(receiver.received(), Texts{"found"});
}

TEST(UnixDatagram, DoesNotWaitForAReceiverThatIsFull) {
  UnixReceiver receiver(abstract_name());
  const auto socket = UnixDatagram::connect(abstract_name());
  ASSERT_TRUE(socket);
  size_t sent = 0;
  while (sent < 100'000 && socket->send("x", Wait::no)) ++sent;
  EXPECT_LT(sent, 100'000U);
  EXPECT_EQ(receiver.received().size(), sent);
  EXPECT_TRUE(socket->send("y", Wait::no));
}

}  // namespace
}  // namespace ot
