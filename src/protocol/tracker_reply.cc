#include "protocol/tracker_reply.h"

#include <algorithm>
#include <cassert>

#include "protocol/bencode.h"

namespace ot {
namespace {

// The keys before "peers", which are the same in both forms. `flatten` inlines the writer and
// std::to_chars; without it their inlining, worth 400 instructions a reply, depends on unrelated
// callers.
[[gnu::flatten]] void write_announce_keys(BencodeWriter& out, const AnnounceReply& reply,
                                          const IpAddress& client) {
  out.key("complete");
  out.integer(reply.swarm.seeders);
  out.key("downloaded");
  out.integer(reply.swarm.downloaded);
  out.key("external ip");
  out.string(client.bytes());
  out.key("incomplete");
  out.integer(reply.swarm.leechers);
  out.key("interval");
  out.integer(reply.interval.count());
  out.key("min interval");
  out.integer(reply.min_interval.count());
}

void write_peer(BencodeWriter& out, const IpAddress& address, uint16_t port) {
  AddressText text{};
  out.begin_dict();
  out.key("ip");
  out.text(address.format(text));
  out.key("port");
  out.integer(port);
  out.end();
}

void write_peers(BencodeWriter& out, ByteView v4, ByteView v6) {
  for (ByteReader reader(v4); reader.rest().size() >= kCompactPeer4;) {
    const IpAddress address = IpAddress::v4(reader.take(4).first<4>());
    write_peer(out, address, reader.read<uint16_t>());
  }
  for (ByteReader reader(v6); reader.rest().size() >= kCompactPeer6;) {
    const IpAddress address = IpAddress::v6(reader.take(16).first<16>());
    write_peer(out, address, reader.read<uint16_t>());
  }
}

// Completes the reply to a body that stands at kReplyHeadRoom in `out`.
ByteView prepend_head(ByteSpan out, const ByteWriter& body, Persistence persistence) {
  if (body.failed()) return {};
  return prepend_ok_head(out, kReplyHeadRoom, kReplyHeadRoom + body.size(), persistence);
}

ByteSpan after_head_room(ByteSpan out) { return out.subspan(std::min(kReplyHeadRoom, out.size())); }

}  // namespace

AnnounceReplyFrame::AnnounceReplyFrame(ByteSpan out, PeerForm form, size_t max_peers)
    : out_(out), form_(form) {
  assert(out.size() >= size_for(max_peers));
  const size_t v4_bytes = max_peers * kCompactPeer4;
  const size_t v6_bytes = max_peers * kCompactPeer6;
  // The text of dictionaries grows from the front. It is longer than the compact peers it is made
  // from, which therefore lie at the end of the buffer.
  const ByteSpan room = form == PeerForm::compact
                            ? out.subspan(kAnnounceHeadRoom, v4_bytes + kBetween + v6_bytes)
                            : out.last(v4_bytes + v6_bytes);
  peers_ = {.v4 = room.first(v4_bytes), .v6 = room.last(v6_bytes)};
}

ByteView AnnounceReplyFrame::finish(const AnnounceReply& reply, const IpAddress& client,
                                    Persistence persistence) {
  assert(!is_finished_);
  is_finished_ = true;
  assert(reply.v4_bytes <= peers_.v4.size() && reply.v4_bytes % kCompactPeer4 == 0);
  assert(reply.v6_bytes <= peers_.v6.size() && reply.v6_bytes % kCompactPeer6 == 0);
  return form_ == PeerForm::compact ? finish_compact(reply, client, persistence)
                                    : finish_dictionary(reply, client, persistence);
}

ByteView AnnounceReplyFrame::finish_compact(const AnnounceReply& reply, const IpAddress& client,
                                            Persistence persistence) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): written before it is read
  std::array<uint8_t, kAnnounceHeadRoom - kReplyHeadRoom> scratch;
  ByteWriter keys(scratch);
  BencodeWriter before(keys);
  before.begin_dict();
  write_announce_keys(before, reply, client);
  before.key("peers");
  before.string_head(reply.v4_bytes);
  assert(!keys.failed());
  const size_t begin = kAnnounceHeadRoom - keys.size();
  std::memcpy(out_.data() + begin, scratch.data(), keys.size());

  ByteWriter rest(out_.subspan(kAnnounceHeadRoom));
  rest.advance(reply.v4_bytes);
  if (reply.v6_bytes > 0) {
    rest.text("6:peers6");
    rest.decimal(reply.v6_bytes);
    rest.text(":");
    std::memmove(rest.rest().data(), peers_.v6.data(), reply.v6_bytes);
    rest.advance(reply.v6_bytes);
  }
  rest.text("e");
  return prepend_ok_head(out_, begin, kAnnounceHeadRoom + rest.size(), persistence);
}

ByteView AnnounceReplyFrame::finish_dictionary(const AnnounceReply& reply, const IpAddress& client,
                                               Persistence persistence) {
  const size_t peers_at = out_.size() - peers_.v4.size() - peers_.v6.size();
  ByteWriter body(out_.first(peers_at).subspan(kReplyHeadRoom));
  BencodeWriter bencode(body);
  bencode.begin_dict();
  write_announce_keys(bencode, reply, client);
  bencode.key("peers");
  bencode.begin_list();
  write_peers(bencode, peers_.v4.first(reply.v4_bytes), peers_.v6.first(reply.v6_bytes));
  bencode.end();
  bencode.end();
  return prepend_head(out_, body, persistence);
}

ByteView write_scrape_reply(ByteSpan out, std::span<const InfoHash> hashes,
                            std::span<const SwarmCounts> counts, Persistence persistence) {
  assert(hashes.size() == counts.size());
  ByteWriter body(after_head_room(out));
  BencodeWriter bencode(body);
  bencode.begin_dict();
  bencode.key("files");
  bencode.begin_dict();
  for (size_t i = 0; i < hashes.size(); ++i) write_scrape_entry(bencode, hashes[i], counts[i]);
  bencode.end();
  bencode.end();
  return prepend_head(out, body, persistence);
}

ByteView write_failure_reply(ByteSpan out, const FailureReply& failure, Persistence persistence) {
  ByteWriter body(after_head_room(out));
  BencodeWriter bencode(body);
  bencode.begin_dict();
  bencode.key("failure reason");
  bencode.text(failure.reason);
  bencode.key("interval");
  bencode.integer(failure.interval.count());
  bencode.key("retry in");
  std::array<uint8_t, 24> minutes{};
  ByteWriter number(minutes);
  if (failure.retry_in) number.decimal(failure.retry_in->count());
  bencode.string(failure.retry_in ? number.written() : as_bytes("never"));
  bencode.end();
  return prepend_head(out, body, persistence);
}

}  // namespace ot
