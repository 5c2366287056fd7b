#include "swarm/shard.h"

#include <algorithm>

#include "swarm/peer_handout.h"
#include "swarm/swarm_update.h"

namespace ot {
namespace {

// What one step of a resize counts in a sweep: it looks at a few dozen slots, in order.
constexpr size_t kWorkPerStep = 8;

template <typename Peer>
void expire_and_trim(PeerList<Peer>& list, uint32_t block, Minute now, unsigned timeout,
                     const SwarmContext& context, size_t& left, SweepResult& result) {
  left -= std::min(left, 1 + list.blocks()[block].size() / 8);
  result.peers_expired += list.expire_block(block, now, timeout, context);
  list.trim(context);
}

// Removes the stale peers of the blocks that the cursor has still to do, as far as `left` goes.
// From the last block to the first: trim() joins the last block to one before it, so none is
// missed.
void expire_peers(TorrentPeers& peers, SweepCursor& cursor, Minute now, unsigned timeout,
                  const SwarmContext& context, size_t& left, SweepResult& result) {
  const uint32_t all = peers.v4.block_count() + peers.v6.block_count();
  uint32_t blocks = cursor.blocks_left == 0 ? all : std::min(all, cursor.blocks_left);
  for (; blocks > 0 && left > 0; --blocks) {
    const uint32_t blocks4 = peers.v4.block_count();
    if (blocks > blocks4) {
      expire_and_trim(peers.v6, blocks - 1 - blocks4, now, timeout, context, left, result);
    } else {
      expire_and_trim(peers.v4, blocks - 1, now, timeout, context, left, result);
    }
  }
  cursor.blocks_left = blocks;
}

// The reply to a martian counts it, as if it were stored: a client that finds no sign of itself
// tells its user that something is wrong.
void count_martian(const AnnounceRequest& request, AnnounceOutcome& outcome) {
  if (outcome.change != PeerChange::refused) return;
  outcome.change = PeerChange::martian;
  ++(counts_as_seeder(request) ? outcome.swarm.seeders : outcome.swarm.leechers);
}

}  // namespace

uint64_t TableCommons::room_for(const TorrentPeers& present) const {
  const auto left = [](uint64_t limit, uint64_t used) {
    return limit == 0 ? UINT64_MAX : limit - std::min(limit, used);
  };
  return std::min(left(options.max_peers, peers.load(std::memory_order_relaxed)),
                  left(options.max_peers_per_torrent, present.size()));
}

void Shard::attach(TableCommons& commons, uint32_t number) {
  assert(commons_ == nullptr && number < kTableShards);
  commons_ = &commons;
  index_.set_pages(commons.pages, number);
}

// The slots go with their pages; peers outside the slots have memory of their own.
Shard::~Shard() {
  for (size_t at = 0; at < index_.length(); ++at) {
    if (!index_.slot(at).is_occupied()) continue;
    TorrentPeers peers = index_.slot(at).peers();
    peers.v4.release(commons_->memory);
    peers.v6.release(commons_->memory);
  }
}

bool Shard::prefetch_peers(const AnnounceRequest& request, TorrentPlace place) {
  const SwarmContext& swarm = commons_->context();
  Torrent* torrent = index_.find(request.info_hash, place.order());
  if (torrent == nullptr) return false;
  const TorrentPeers peers = torrent->peers();
  if (request.peer.address.is_v4()) {
    peers.v4.prefetch(make_peer<Peer4>(request.peer, 0, 0), swarm);
  } else {
    peers.v6.prefetch(make_peer<Peer6>(request.peer, 0, 0), swarm);
  }
  return true;
}

Torrent* Shard::find_clean(const InfoHash& info_hash, TorrentPlace place, Minute now) {
  Torrent* torrent = find(info_hash, place);
  return torrent != nullptr && clean(*torrent, now) ? nullptr : torrent;
}

// Only swarms of one block; larger ones await the sweep. True if nothing was left of the torrent.
bool Shard::clean(Torrent& torrent, Minute now) {
  if (torrent.cleaned == static_cast<uint8_t>(now)) return false;
  torrent.cleaned = static_cast<uint8_t>(now);
  const SwarmCounts before = torrent.counts();
  TorrentPeers peers = torrent.peers();
  const SwarmContext& swarm = commons_->context();
  if (peers.v4.block_count() == 1) peers.v4.expire_block(0, now, peer_timeout(), swarm);
  if (peers.v6.block_count() == 1) peers.v6.expire_block(0, now, peer_timeout(), swarm);
  return settle(torrent, before, peers);
}

Torrent* Shard::add(const InfoHash& info_hash, TorrentPlace place) {
  Torrent* torrent = index_.insert(info_hash, place.order());
  if (torrent != nullptr) commons_->torrents.fetch_add(1, std::memory_order_relaxed);
  return torrent;
}

bool Shard::settle(Torrent& torrent, SwarmCounts before, TorrentPeers& peers) {
  const uint64_t seeders = uint64_t{peers.seeders()} - before.seeders;
  const uint64_t change = uint64_t{peers.size()} - before.seeders - before.leechers;
  seeders_ += seeders;
  peers_ += change;
  if (change != 0) commons_->peers.fetch_add(change, std::memory_order_relaxed);
  const bool has_peers = peers.size() != 0;
  torrent.store(peers, commons_->memory);
  if (has_peers || torrent.downloaded != 0) return false;
  index_.erase(&torrent);
  commons_->torrents.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

// Others are chosen last: storing the peers may move them.
AnnounceOutcome Shard::announce(const AnnounceRequest& request, TorrentPlace place, size_t numwant,
                                Minute now, PeerBuffers out, PeerCopies& copies, Random& random) {
  AnnounceOutcome outcome;
  const bool stopped = request.event == AnnounceEvent::stopped;
  Torrent* torrent = find_clean(request.info_hash, place, now);
  const bool is_martian = request.peer.address.is_martian();
  if (torrent == nullptr && !stopped && !is_martian && !commons_->is_full())
    torrent = add(request.info_hash, place);
  if (torrent == nullptr) {
    outcome.change = stopped ? PeerChange::unknown : PeerChange::refused;
    if (is_martian) count_martian(request, outcome);
    return outcome;
  }
  torrent->minute = static_cast<uint16_t>(now);
  const SwarmCounts before = torrent->counts();
  TorrentPeers peers = torrent->peers();
  const bool may_add = !is_martian && commons_->may_add_to(peers);
  const auto asker = update_swarm(request, now, may_add, peers, commons_->context(), outcome);
  if (outcome.completed && torrent->downloaded != UINT32_MAX) ++torrent->downloaded;
  outcome.swarm = {peers.seeders(), peers.leechers(), torrent->downloaded};
  if (is_martian) count_martian(request, outcome);
  if (settle(*torrent, before, peers) || stopped || numwant == 0) return outcome;
  const HandoutBytes used =
      hand_out(torrent->peers(), request, numwant, asker, out, copies, random);
  outcome.v4_bytes = used.v4;
  outcome.v6_bytes = used.v6;
  return outcome;
}

SweepResult Shard::sweep(SweepCursor& cursor, Minute now, size_t budget) {
  SweepResult result;
  size_t left = budget;
  index_.step();
  for (; index_.is_resizing() && left > budget - budget / 2; left -= std::min(left, kWorkPerStep))
    index_.step();
  // At least one slot, however small the budget.
  left = std::max<size_t>(left, 1);
  const auto sweep_torrent = [&](Torrent& torrent) OT_REQUIRES(mutex) {
    const SwarmCounts before = torrent.counts();
    const uint64_t expired_before = result.peers_expired;
    TorrentPeers peers = torrent.peers();
    const bool may_trim = peers.v4.block_count() + peers.v6.block_count() > 2;
    expire_peers(peers, cursor, now, peer_timeout(), commons_->context(), left, result);
    const bool is_forgotten = peers.size() == 0 && static_cast<uint16_t>(now - torrent.minute) >
                                                       commons_->options.torrent_timeout.count();
    if (is_forgotten) torrent.downloaded = 0;
    const WalkStep step = cursor.blocks_left == 0 ? WalkStep::next : WalkStep::leave;
    // Leaves the line of a torrent that did not change clean.
    if (!may_trim && !is_forgotten && result.peers_expired == expired_before) return step;
    if (!settle(torrent, before, peers)) return step;
    ++result.torrents_expired;
    return WalkStep::erased;
  };
  if (walk(cursor, left, sweep_torrent)) index_.shrink_if_sparse();
  return result;
}

}  // namespace ot
