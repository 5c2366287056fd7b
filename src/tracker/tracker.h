// The use cases of a tracker, announce and scrape, whatever the wire: policy on top of the table.
//
// The access list is asked first: what it refuses never reaches the table. So it need not be asked
// about torrents that are there already, once the eviction has taken out what a new list refuses.
// List and table find a torrent by the same hash, so the list must have been made with the table's.
// One Tracker a loop, on the loop's thread.
#pragma once

#include <chrono>
#include <optional>

#include "access/access_control.h"
#include "base/random.h"
#include "swarm/sole_writer.h"
#include "tracker/announce_observer.h"

namespace ot {

struct TrackerPolicy {
  // The reply says interval ± half of the jitter at random, so that clients that came together do
  // not return together.
  std::chrono::seconds interval{30 * 60};
  std::chrono::seconds interval_jitter{6 * 60};
  std::chrono::seconds min_interval{15 * 60};
  uint32_t numwant_default = 50;
  uint32_t numwant_max = 200;
};

class Tracker {
 public:
  // All of them outlive the Tracker.
  Tracker(SoleWriter& writer, const AccessControl& access, const TrackerPolicy& policy,
          AnnounceObserver& observer, Random random)
      : writer_(writer),
        table_(writer.table()),
        access_(access),
        policy_(policy),
        observer_(observer),
        random_(random) {
    assert(policy.interval_jitter.count() >= 0);
  }

  // A torrent that is about to be announced; valid until the list changes.
  struct Target {
    TorrentPlace place;
    bool is_permitted = false;  // if not, the access list decides
  };

  // Finds the torrent's place and prefetches its slot, and its line of the access list if that will
  // be asked. Best done some time before the announce.
  [[nodiscard]] Target prepare(const InfoHash& info_hash) const {
    const TorrentPlace place = table_.locate(info_hash);
    if (!access_.is_carried_out()) access_.prefetch(place.hash);
    table_.prefetch(place);
    return {place};
  }

  // How many peers this announce is answered with at most, both families together.
  [[nodiscard]] uint32_t numwant(const AnnounceRequest& request) const {
    return std::min(request.numwant.value_or(policy_.numwant_default), policy_.numwant_max);
  }

  // Writes up to `numwant` peers into `out` in compact form; the reply says how many bytes.
  // Nothing if the access list refuses the torrent: tell the client kNotAuthorized.
  [[nodiscard]] std::optional<AnnounceReply> announce(const AnnounceRequest& request, Target target,
                                                      size_t numwant, MonotonicTime now,
                                                      PeerBuffers out);

  // The same for a batch, in four passes, each of which finds in the cache what the one before
  // prefetched: prepare() for all, prefetch() for all, announce_ahead() for all, finish(). The
  // peers are in `out` only after the next call of announce_ahead(), or after any other call that
  // goes to the table.
  void prefetch(const AnnounceRequest& request, Target& target) {
    const bool is_there = writer_.prefetch_peers(request, target.place);
    if (!access_.is_carried_out()) return;
    target.is_permitted = is_there;
    if (!is_there) access_.prefetch(target.place.hash);
  }
  [[nodiscard]] std::optional<AnnounceReply> announce_ahead(const AnnounceRequest& request,
                                                            const Target& target, MonotonicTime now,
                                                            PeerBuffers out);
  void finish() { writer_.finish(); }

  // Zeros for an unknown torrent and for one that the access list refuses.
  [[nodiscard]] SwarmCounts scrape(const InfoHash& info_hash, MonotonicTime now) {
    finish();
    const TorrentPlace place = table_.locate(info_hash);
    if (!access_.is_carried_out() && !access_.permits(info_hash, place.hash)) return {};
    return table_.scrape(info_hash, place, minute_of(now));
  }

  // Whether the access list permits the torrent.
  [[nodiscard]] bool serves(const InfoHash& info_hash) const {
    return access_.permits(info_hash, table_.locate(info_hash).hash);
  }
  [[nodiscard]] AccessMode access_mode() const { return access_.mode(); }

  [[nodiscard]] const TrackerPolicy& policy() const { return policy_; }

 private:
  [[nodiscard]] bool refuses(const AnnounceRequest& request, const Target& target) const {
    return !target.is_permitted && !access_.permits(request.info_hash, target.place.hash);
  }
  // Optional so that the reply is made where the caller wants it.
  [[nodiscard]] std::optional<AnnounceReply> reply_to(const AnnounceRequest& request,
                                                      const AnnounceOutcome& outcome);

  SoleWriter& writer_;
  TorrentTable& table_;
  const AccessControl& access_;
  const TrackerPolicy policy_;
  AnnounceObserver& observer_;
  Random random_;
};

}  // namespace ot
