#include "swarm/sole_writer.h"

namespace ot {

SoleWriter::SoleWriter(TorrentTable& table) : table_(table) {
  [[maybe_unused]] const SoleWriter* other = table.sole_writer_.exchange(this);
  assert(other == nullptr);
}

SoleWriter::~SoleWriter() {
  assert(may_change_table());
  table_.sole_writer_.store(nullptr);
}

bool SoleWriter::prefetch_peers(const AnnounceRequest& request, TorrentPlace place) {
  assert(std::this_thread::get_id() == thread_);
  return table_.shards_[place.shard].prefetch_peers(request, place);
}

AnnounceOutcome SoleWriter::announce_ahead(const AnnounceRequest& request, TorrentPlace place,
                                           size_t numwant, Minute now, PeerBuffers out,
                                           Random& random) {
  assert(std::this_thread::get_id() == thread_);
  // This announce may move the peers that wait to be copied.
  if (place.shard == waiting_shard_) finish();
  Shard& shard = table_.shards_[place.shard];
  AnnounceOutcome outcome;
  {
    const MutexLock lock(shard.mutex);
    outcome = shard.announce(request, place, numwant, now, out, copies_[current_], random);
  }
  current_ ^= 1U;
  copies_[current_].write();
  waiting_shard_ = place.shard;
  return outcome;
}

void SoleWriter::finish() {
  copies_[current_ ^ 1U].write();
  waiting_shard_ = kNone;
}

}  // namespace ot
