#include "bench/load/udp_messages.h"

#include <algorithm>

namespace ot::bench {
namespace {

constexpr uint64_t kMagic = 0x41727101980;
constexpr uint32_t kActionConnect = 0;
constexpr uint32_t kActionAnnounce = 1;
constexpr uint32_t kActionScrape = 2;
constexpr size_t kAnnounceReplyHead = 20;
constexpr size_t kPeer4 = 6;
constexpr size_t kPeer6 = 18;
constexpr std::string_view kPeerId = "-LD0100-";

}  // namespace

void write_connect(ByteWriter& out, uint32_t transaction) {
  out.write(kMagic);
  out.write(kActionConnect);
  out.write(transaction);
}

void write_announce(ByteWriter& out, const Population& population,
                    const UdpAnnounceFields& fields) {
  const bool done = population.is_seeder(fields.peer) || fields.event == Event::completed;
  out.write(fields.connection_id);
  out.write(kActionAnnounce);
  out.write(fields.transaction);
  out.write(ByteView(population.info_hash(population.torrent_of(fields.peer)).bytes));
  out.text(kPeerId);
  out.write(uint64_t{fields.peer});
  out.write(uint32_t{0});
  out.write(uint64_t{0});                      // downloaded
  out.write(uint64_t{done ? 0U : 1U << 20U});  // left
  out.write(uint64_t{0});                      // uploaded
  out.write(static_cast<uint32_t>(fields.event));
  out.write(uint32_t{0});  // address: that of the datagram
  out.write(fields.peer);  // key
  out.write(fields.numwant);
  out.write(population.port_of(fields.peer));
}

void write_scrape_head(ByteWriter& out, uint64_t connection_id, uint32_t transaction) {
  out.write(connection_id);
  out.write(kActionScrape);
  out.write(transaction);
}

const char* find_fault(const Population& population, const AskedAnnounce& asked, ByteView reply,
                       Verify verify, bool thorough) {
  const bool v6 = population.is_ipv6(asked.peer);
  const size_t peer_size = v6 ? kPeer6 : kPeer4;
  if (reply.size() < kAnnounceReplyHead) return "a truncated announce reply";
  ByteReader reader(reply.subspan(8));
  const auto interval = reader.read<uint32_t>();
  const auto leechers = reader.read<uint32_t>();
  const auto seeders = reader.read<uint32_t>();
  const ByteView peers = reader.rest();
  if (interval == 0 || interval > 86400) return "an implausible interval";
  if (peers.size() % peer_size != 0) return "a truncated peer";
  const size_t count = peers.size() / peer_size;
  const size_t swarm = size_t{leechers} + seeders;
  if (count > asked.numwant) return "more peers than requested";
  if (count > swarm) return "more peers than the swarm has";
  if (asked.stopped) return nullptr;
  if (swarm == 0) return "a swarm that does not count the client";
  // With two families, the counts do not tell how many peers there are of this one.
  const size_t expected = std::min<size_t>(asked.numwant, swarm - 1);
  if (!population.has_ipv6() && count < expected) return "too few peers";
  if (!thorough || v6) return nullptr;
  return find_peer_fault(population, asked.peer, peers, verify);
}

const char* find_peer_fault(const Population& population, uint32_t asker, ByteView peers,
                            Verify verify) {
  std::array<uint32_t, 256> seen{};
  size_t count = 0;
  ByteReader reader(peers);
  while (!reader.rest().empty() && count < seen.size()) {
    const auto address = reader.read<uint32_t>();
    const auto peer = population.find(address, reader.read<uint16_t>());
    if (!peer || population.is_ipv6(*peer)) return "a peer that never announced";
    if (population.torrent_of(*peer) != population.torrent_of(asker))
      return "a peer from another swarm";
    if (verify == Verify::strict && *peer == asker) return "the client itself among the peers";
    const auto end = seen.begin() + static_cast<std::ptrdiff_t>(count);
    if (std::find(seen.begin(), end, *peer) != end) return "a duplicate peer";
    seen[count++] = *peer;
  }
  return nullptr;
}

}  // namespace ot::bench
