#include "protocol/udp_packet.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace ot {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint64_t kMagic = 0x41727101980;
constexpr uint64_t kId = 0x0123456789abcdef;
constexpr TransactionId kTransaction = 0xcafe0001;

// Builds a datagram field by field.
class Packet {
 public:
  template <std::unsigned_integral T>
  Packet& add(T value) {
    Bytes field(sizeof(T));
    ByteWriter(field).write(value);
    return add(ByteView(field));
  }
  Packet& add(ByteView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  Packet& text(std::string_view text) { return add(as_bytes(text)); }
  operator ByteView() const { return bytes_; }  // NOLINT(google-explicit-constructor)
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

Packet header(uint64_t id, uint32_t action) {
  return Packet().add(id).add(action).add(kTransaction);
}

struct AnnounceFields {
  uint64_t left = 700;
  uint32_t event = 2;
  uint32_t ip = 0;
  uint32_t numwant = 30;
  uint16_t port = 6881;
};

Packet announce(const AnnounceFields& fields = {}) {
  return header(kId, 1)
      .text("HHHHHHHHHHHHHHHHHHHH")
      .text("-XX0000-peer-id-here")
      .add(uint64_t{1})
      .add(fields.left)
      .add(uint64_t{2})
      .add(fields.event)
      .add(fields.ip)
      .add(uint32_t{0x4b455921})
      .add(fields.numwant)
      .add(fields.port);
}

Packet scrape(size_t hashes) {
  Packet packet = header(kId, 2);
  for (size_t i = 0; i < hashes; ++i) packet.add(Bytes(20, static_cast<uint8_t>(i)));
  return packet;
}

const IpAddress kV4 = IpAddress::parse("192.0.2.1").value();
const IpAddress kV6 = IpAddress::parse("2001:db8::1").value();

Result<UdpRequest, UdpError> parse(ByteView packet, const IpAddress& source) {
  UdpRequest request;
  if (const auto parsed = parse_udp_request(packet, source, request); !parsed)
    return Unexpected(parsed.error());
  return request;
}

UdpAnnounce parse_announce(ByteView packet, const IpAddress& source = kV4) {
  return std::get<UdpAnnounce>(parse(packet, source).value());
}

UdpFault fault_of(ByteView packet) {
  const auto parsed = parse(packet, kV4);
  EXPECT_FALSE(parsed.has_value());
  return parsed.has_value() ? UdpFault::drop : parsed.error().fault;
}

TEST(UdpPacketTest, ReadsAConnect) {
  const auto parsed = parse(header(kMagic, 0), kV4);
  EXPECT_EQ(std::get<UdpConnect>(*parsed).transaction, kTransaction);
}

TEST(UdpPacketTest, AcceptsAConnectWithTrailingBytes) {
  EXPECT_TRUE(parse(header(kMagic, 0).add(uint64_t{0}), kV4).has_value());
}

TEST(UdpPacketTest, DropsAConnectWithTheWrongMagic) {
  EXPECT_EQ(fault_of(header(kMagic ^ 1U, 0)), UdpFault::drop);
  EXPECT_EQ(fault_of(header(0, 0)), UdpFault::drop);
}

TEST(UdpPacketTest, DropsDatagramsShorterThanAHeader) {
  for (const uint32_t action : {0U, 1U, 2U}) {
    const Packet packet = header(kMagic, action);
    for (size_t size = 0; size < kUdpMinRequest; ++size) {
      EXPECT_EQ(fault_of(ByteView(packet).first(size)), UdpFault::drop) << size;
    }
  }
}

TEST(UdpPacketTest, DropsUnknownActions) {
  for (const uint32_t action : {3U, 4U, 255U, 256U, 0x01000000U, UINT32_MAX}) {
    EXPECT_EQ(fault_of(header(kId, action).add(Bytes(100))), UdpFault::drop) << action;
  }
}

TEST(UdpPacketTest, ReadsAnAnnounce) {
  const UdpAnnounce parsed = parse_announce(announce());
  EXPECT_EQ(parsed.connection_id, kId);
  EXPECT_EQ(parsed.transaction, kTransaction);
  EXPECT_EQ(as_text(parsed.request.info_hash.bytes), "HHHHHHHHHHHHHHHHHHHH");
  EXPECT_EQ(parsed.request.peer, (Endpoint{kV4, 6881}));
  EXPECT_EQ(parsed.request.event, AnnounceEvent::started);
  EXPECT_EQ(parsed.request.numwant, 30U);
  EXPECT_FALSE(parsed.request.seeding);
  EXPECT_TRUE(parsed.options.empty());
}

TEST(UdpPacketTest, UsesTheSourceAsThePeersAddress) {
  EXPECT_EQ(parse_announce(announce(), kV4).request.peer.address, kV4);
  EXPECT_EQ(parse_announce(announce(), kV6).request.peer.address, kV6);
}

TEST(UdpPacketTest, CountsOnlyAPeerWithNothingLeftAsASeeder) {
  EXPECT_TRUE(parse_announce(announce({.left = 0})).request.seeding);
  EXPECT_FALSE(parse_announce(announce({.left = 1})).request.seeding);
  EXPECT_FALSE(parse_announce(announce({.left = uint64_t{1} << 32U})).request.seeding);
  EXPECT_FALSE(parse_announce(announce({.left = UINT64_MAX})).request.seeding);
}

TEST(UdpPacketTest, ReadsUnknownEventsAsNone) {
  const auto event = [](uint32_t wire) {
    return parse_announce(announce({.event = wire})).request.event;
  };
  EXPECT_EQ(event(0), AnnounceEvent::none);
  EXPECT_EQ(event(1), AnnounceEvent::completed);
  EXPECT_EQ(event(2), AnnounceEvent::started);
  EXPECT_EQ(event(3), AnnounceEvent::stopped);
  EXPECT_EQ(event(4), AnnounceEvent::paused);
  EXPECT_EQ(event(5), AnnounceEvent::none);
  EXPECT_EQ(event(0x01000000), AnnounceEvent::none);
  EXPECT_EQ(event(UINT32_MAX), AnnounceEvent::none);
}

TEST(UdpPacketTest, ReadsNumwantAsSigned) {
  const auto numwant = [](uint32_t wire) {
    return parse_announce(announce({.numwant = wire})).request.numwant;
  };
  EXPECT_EQ(numwant(0), 0U);
  EXPECT_EQ(numwant(0x7fffffff), 0x7fffffffU);
  EXPECT_EQ(numwant(0x80000000), std::nullopt);
  EXPECT_EQ(numwant(UINT32_MAX), std::nullopt);
}

TEST(UdpPacketTest, RefusesPortZeroUnlessThePeerLeaves) {
  EXPECT_EQ(fault_of(announce({.port = 0})), UdpFault::zero_port);
  EXPECT_EQ(fault_of(announce({.event = 0, .port = 0})), UdpFault::zero_port);
  EXPECT_EQ(parse_announce(announce({.event = 3, .port = 0})).request.peer.port, 0);
}

TEST(UdpPacketTest, RefusesAShortAnnounceOfAnyLength) {
  const Packet packet = announce();
  ASSERT_EQ(packet.bytes().size(), kUdpAnnounceRequest);
  for (size_t size = kUdpMinRequest; size < kUdpAnnounceRequest; ++size) {
    EXPECT_EQ(fault_of(ByteView(packet).first(size)), UdpFault::short_announce) << size;
  }
}

TEST(UdpPacketTest, AnswersTheIdsOfARefusedRequest) {
  const auto parsed = parse(announce({.port = 0}), kV4);
  EXPECT_EQ(parsed.error().transaction, kTransaction);
  EXPECT_EQ(parsed.error().connection_id, kId);
}

TEST(UdpPacketTest, KeepsTheClaimedAddressSeparate) {
  const UdpAnnounce parsed = parse_announce(announce({.ip = 0x0a010203}));
  EXPECT_EQ(parsed.request.peer.address, kV4);
  EXPECT_EQ(parsed.claimed_address(), IpAddress::parse("10.1.2.3"));
  EXPECT_EQ(parse_announce(announce({.ip = 0})).claimed_address(), std::nullopt);
  EXPECT_EQ(parse_announce(announce({.ip = 1}), kV6).claimed_address(), std::nullopt);
}

TEST(UdpPacketTest, AcceptsTheTwoExtraBytesOfAria2) {
  EXPECT_EQ(parse_announce(announce().add(uint16_t{0})).options.size(), 2U);
}

TEST(UdpPacketTest, ReadsAScrape) {
  const Packet packet = scrape(3);
  const auto parsed = parse(packet, kV4);
  const auto& request = std::get<UdpScrape>(*parsed);
  EXPECT_EQ(request.connection_id, kId);
  EXPECT_EQ(request.transaction, kTransaction);
  ASSERT_EQ(request.size(), 3U);
  EXPECT_EQ(request[0].bytes, InfoHash{}.bytes);
  EXPECT_EQ(as_text(request[2].bytes), std::string(20, 2));
}

TEST(UdpPacketTest, ReadsOnlyTheFirst74Hashes) {
  for (const size_t asked : {74U, 75U, 100U}) {
    const Packet packet = scrape(asked);
    const auto parsed = parse(packet, kV4);
    EXPECT_EQ(std::get<UdpScrape>(*parsed).size(), 74U);
  }
}

TEST(UdpPacketTest, ReadsTheFirst74HashesWhateverFollows) {
  for (const size_t tail : {1U, 19U, 20U, 21U, 557U, 60'000U}) {
    const Packet packet = scrape(74).add(Bytes(tail));
    const auto parsed = parse(packet, kV4);
    ASSERT_TRUE(parsed) << tail;
    EXPECT_EQ(std::get<UdpScrape>(*parsed).size(), 74U) << tail;
  }
}

TEST(UdpPacketTest, RefusesEmptyScrapesAndPartialHashes) {
  EXPECT_EQ(fault_of(scrape(0)), UdpFault::empty_scrape);
  EXPECT_EQ(fault_of(scrape(0).add(uint8_t{1})), UdpFault::partial_info_hash);
  EXPECT_EQ(fault_of(scrape(2).add(Bytes(19))), UdpFault::partial_info_hash);
  EXPECT_EQ(fault_of(scrape(73).add(Bytes(19))), UdpFault::partial_info_hash);
}

TEST(UdpPacketTest, DescribesOnlyFaultsThatAreAnswered) {
  EXPECT_TRUE(describe(UdpFault::drop).empty());
  for (const UdpFault fault : {UdpFault::short_announce, UdpFault::zero_port,
                               UdpFault::empty_scrape, UdpFault::partial_info_hash}) {
    EXPECT_FALSE(describe(fault).empty());
  }
}

// Places every prefix of every request directly before an unreadable page.
TEST(UdpPacketTest, NeverReadsPastTheDatagram) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* map = mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(map, MAP_FAILED);
  auto* const edge = static_cast<uint8_t*>(map) + page;
  ASSERT_EQ(mprotect(edge, page, PROT_NONE), 0);
  const Packet options = Packet().add(Bytes{1, 2, 5}).text("/path").add(Bytes{7, 1, 0, 2, 1, 'x'});
  for (const Packet& packet : {header(kMagic, 0), announce().add(options), scrape(80)}) {
    for (size_t size = 0; size <= packet.bytes().size(); ++size) {
      uint8_t* const start = edge - size;
      std::copy_n(packet.bytes().begin(), size, start);
      const auto parsed = parse({start, size}, kV4);
      if (!parsed || !std::holds_alternative<UdpAnnounce>(*parsed)) continue;
      std::array<uint8_t, 16> url{};
      EXPECT_LE(join_url_data(std::get<UdpAnnounce>(*parsed).options, url), 6U);
    }
  }
  munmap(map, 2 * page);
}

std::string url_of(const Bytes& options, size_t room = 600) {
  Bytes out(room);
  return std::string(as_text(ByteView(out).first(join_url_data(options, out))));
}

TEST(UdpOptionsTest, ReadsTheUrl) { EXPECT_EQ(url_of({2, 3, '/', 'a', 'b'}), "/ab"); }

TEST(UdpOptionsTest, JoinsAUrlThatComesInParts) {
  EXPECT_EQ(url_of({2, 2, '/', 'a', 1, 1, 2, 0, 2, 1, 'b'}), "/ab");
}

TEST(UdpOptionsTest, StopsAtTheEndOfOptions) { EXPECT_EQ(url_of({2, 1, '/', 0, 2, 1, 'x'}), "/"); }

TEST(UdpOptionsTest, SkipsUnknownOptionsByTheirLength) {
  EXPECT_EQ(url_of({9, 2, 2, 1, 2, 1, '/'}), "/");
  EXPECT_EQ(url_of({255, 0, 2, 1, '/'}), "/");
}

TEST(UdpOptionsTest, KeepsTheOptionsBeforeAMalformedOne) {
  EXPECT_EQ(url_of({2, 1, '/', 2, 5, 'a', 'b'}), "/");
  EXPECT_EQ(url_of({2, 1, '/', 2}), "/");
  EXPECT_EQ(url_of({2}), "");
  EXPECT_EQ(url_of({}), "");
}

TEST(UdpOptionsTest, CutsAUrlThatDoesNotFit) {
  EXPECT_EQ(url_of({2, 3, 'a', 'b', 'c', 2, 2, 'd', 'e'}, 4), "abcd");
  EXPECT_EQ(url_of({2, 3, 'a', 'b', 'c'}, 0), "");
}

class UdpReplyTest : public ::testing::Test {
 protected:
  Bytes memory_ = Bytes(64);
  ByteWriter out_{memory_};

  [[nodiscard]] Bytes written() const { return {out_.written().begin(), out_.written().end()}; }
};

TEST_F(UdpReplyTest, WritesAConnect) {
  write_connect_reply(out_, kTransaction, kId);
  EXPECT_EQ(written(), Packet().add(0U).add(kTransaction).add(kId).bytes());
  EXPECT_EQ(out_.size(), kUdpConnectReply);
}

TEST_F(UdpReplyTest, WritesAnAnnounceHeaderWithLeechersBeforeSeeders) {
  AnnounceReply reply;
  reply.interval = std::chrono::seconds(1800);
  reply.swarm = {.seeders = 5, .leechers = 7, .downloaded = 9};
  write_announce_header(out_, kTransaction, reply);
  EXPECT_EQ(written(), Packet().add(1U).add(kTransaction).add(1800U).add(7U).add(5U).bytes());
  EXPECT_EQ(out_.size(), kUdpAnnounceHeader);
}

TEST_F(UdpReplyTest, WritesAScrapeWithDownloadsInTheMiddle) {
  write_scrape_header(out_, kTransaction);
  EXPECT_EQ(out_.size(), kUdpScrapeHeader);
  write_scrape_entry(out_, {.seeders = 5, .leechers = 7, .downloaded = 9});
  write_scrape_entry(out_, {});
  EXPECT_EQ(written(),
            Packet().add(2U).add(kTransaction).add(5U).add(9U).add(7U).add(Bytes(12)).bytes());
  EXPECT_EQ(out_.size(), kUdpScrapeHeader + 2 * kUdpScrapeEntry);
}

TEST_F(UdpReplyTest, WritesAnErrorWithTheTextAsItIs) {
  write_error(out_, kTransaction, "No.");
  EXPECT_EQ(written(), Packet().add(3U).add(kTransaction).text("No.").bytes());
}

TEST_F(UdpReplyTest, SpellsTheMismatchAsDeployedClientsKnowIt) {
  write_error(out_, kTransaction, kConnectionIdMismatch);
  EXPECT_EQ(out_.size(), kUdpErrorHeader + 25);
  EXPECT_EQ(written().back(), 0);
  EXPECT_EQ(kConnectionIdMismatch.substr(0, 24), "Connection ID missmatch.");
}

TEST_F(UdpReplyTest, FailsIfThereIsNoRoom) {
  ByteWriter narrow(ByteSpan(memory_).first(19));
  write_announce_header(narrow, kTransaction, {});
  EXPECT_TRUE(narrow.failed());
  EXPECT_LE(narrow.size(), 19U);
}

}  // namespace
}  // namespace ot
