#include "state/state_format.h"

#include <algorithm>

namespace ot {
namespace {

constexpr size_t kPartSize = InfoHash::kSize + 4 + 2 + 2 + 2;
constexpr size_t kTotalsSize = 16;

template <typename Peer>
constexpr size_t kPeerSize = Peer::kCompact + 2;

static_assert(SwarmCopy::kParts * kPartSize + SwarmCopy::kPeers4 * kPeerSize<Peer4> +
                  SwarmCopy::kPeers6 * kPeerSize<Peer6> <=
              kMaxStatePayload);

template <typename Peer>
void write_peers(std::span<const Peer> peers, ByteWriter& out) {
  for (const Peer& peer : peers) {
    out.write(ByteView(peer.endpoint));
    out.write(peer.flags);
    out.write(peer.minute);
  }
}

template <typename Peer>
void read_peers(ByteView bytes, SwarmCopy& swarms) {
  for (ByteReader reader(bytes); !reader.rest().empty();) {
    Peer peer;
    reader.read_into(peer.endpoint);
    peer.flags = reader.read<uint8_t>();
    peer.minute = reader.read<uint8_t>();
    swarms.add(peer);
  }
}

bool read_part(ByteReader& reader, SwarmCopy& swarms) {
  SwarmPart part;
  reader.read_into(part.info_hash.bytes);
  part.downloaded = reader.read<uint32_t>();
  part.silent = reader.read<uint16_t>();
  const size_t peers4 = reader.read<uint16_t>();
  const size_t peers6 = reader.read<uint16_t>();
  const ByteView records4 = reader.take(peers4 * kPeerSize<Peer4>);
  const ByteView records6 = reader.take(peers6 * kPeerSize<Peer6>);
  if (reader.failed() || !swarms.has_room()) return false;
  if (!swarms.has_room4(peers4) || !swarms.has_room6(peers6)) return false;
  swarms.begin(part);
  read_peers<Peer4>(records4, swarms);
  read_peers<Peer6>(records6, swarms);
  return true;
}

}  // namespace

void encode_swarms(const SwarmCopy& swarms, std::vector<uint8_t>& out) {
  const size_t before = out.size();
  out.resize(before + swarms.parts().size() * kPartSize +
             swarms.peers4().size() * kPeerSize<Peer4> + swarms.peers6().size() * kPeerSize<Peer6>);
  ByteWriter writer(ByteSpan(out).subspan(before));
  SwarmPeers peers(swarms);
  for (const SwarmPart& part : swarms.parts()) {
    writer.write(ByteView(part.info_hash.bytes));
    writer.write(part.downloaded);
    writer.write(part.silent);
    writer.write(part.peers4);
    writer.write(part.peers6);
    write_peers(peers.next4(part), writer);
    write_peers(peers.next6(part), writer);
  }
}

void encode_totals(const StateTotals& totals, std::vector<uint8_t>& out) {
  const size_t before = out.size();
  out.resize(before + kTotalsSize);
  ByteWriter writer(ByteSpan(out).subspan(before));
  writer.write(totals.torrents);
  writer.write(totals.peers);
}

bool decode_swarms(ByteView payload, SwarmCopy& swarms) {
  swarms.clear();
  for (ByteReader reader(payload); !reader.rest().empty();) {
    if (!read_part(reader, swarms)) return false;
  }
  return true;
}

std::optional<StateTotals> decode_totals(ByteView payload) {
  if (payload.size() != kTotalsSize) return std::nullopt;
  ByteReader reader(payload);
  StateTotals totals;
  totals.torrents = reader.read<uint64_t>();
  totals.peers = reader.read<uint64_t>();
  return totals;
}

void StateCounter::count(const SwarmCopy& swarms) {
  for (const SwarmPart& part : swarms.parts()) {
    const bool is_first = totals_.torrents == 0;
    totals_.torrents += is_first || part.info_hash != last_ ? 1U : 0U;
    last_ = part.info_hash;
  }
  totals_.peers += swarms.peers4().size() + swarms.peers6().size();
}

}  // namespace ot
