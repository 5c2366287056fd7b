// The use cases of a tracker, announce and scrape, whatever the wire: policy on top of the table.
//
// The access list is asked first: what it refuses never reaches the table. So it need not be asked
// about what is there already, once what a new list refuses has left. Both find their place by the
// same hash, so the list must have been made with the table's. One Tracker a loop, on the loop's
// thread, as its access list; the table behind it is shared.
#pragma once

#include <chrono>
#include <optional>

#include "access/access_control.h"
#include "base/random.h"
#include "swarm/torrent_table.h"
#include "tracker/statistics.h"

namespace ot {

struct TrackerPolicy {
  // Answered is interval ± half of jitter at random, so that clients who came together do not
  // return together.
  std::chrono::seconds interval{30 * 60};
  std::chrono::seconds interval_jitter{6 * 60};
  std::chrono::seconds min_interval{15 * 60};
  uint32_t numwant_default = 50;
  uint32_t numwant_max = 200;
};

class Tracker {
 public:
  Tracker(TorrentTable& table, const AccessControl& access, const TrackerPolicy& policy,
          Statistics& statistics, Random random)
      : table_(table), access_(access), policy_(policy), statistics_(statistics), random_(random) {}

  // A torrent that is to be announced; good until the list changes.
  struct Target {
    TorrentTable::Place place;
    bool is_permitted = false;  // if not, the access list is to be asked
  };

  // Computes where the torrent lives and asks the processor for it and for what the access list
  // says of it, if that will matter. Worth doing well before announce().
  [[nodiscard]] Target prepare(const InfoHash& info_hash) const {
    const TorrentTable::Place place = table_.locate(info_hash);
    if (!access_.is_carried_out()) access_.prefetch(place.hash);
    table_.prefetch(place);
    return {place};
  }

  // Asks for the peers the announce will look at, and sees whether the list is to be asked; between
  // prepare() and announce().
  void prefetch(const AnnounceRequest& request, Target& target) {
    const bool is_there = table_.prefetch_peers(request, target.place);
    if (!access_.is_carried_out()) return;
    target.is_permitted = is_there;
    if (!is_there) access_.prefetch(target.place.hash);
  }

  // How many peers this announce is answered with at most, both families together.
  [[nodiscard]] uint32_t numwant(const AnnounceRequest& request) const {
    return std::min(request.numwant.value_or(policy_.numwant_default), policy_.numwant_max);
  }

  // Peers go into `out` in compact form; the reply says how many bytes of it. Nothing if the access
  // list refuses the torrent: tell kNotAuthorized.
  [[nodiscard]] std::optional<AnnounceReply> announce(const AnnounceRequest& request,
                                                      const Target& target, MonotonicTime now,
                                                      PeerBuffers out);

  // The same, but the peers are in `out` only after the next call of the Tracker that goes to the
  // table, or after finish(), which must come before others change it. For batches: who copies a
  // little later waits less.
  [[nodiscard]] std::optional<AnnounceReply> announce_ahead(const AnnounceRequest& request,
                                                            const Target& target, MonotonicTime now,
                                                            PeerBuffers out);
  void finish() { handouts_.write(); }

  // Zeros for an unknown torrent and for one that the access list refuses.
  [[nodiscard]] SwarmCounts scrape(const InfoHash& info_hash, MonotonicTime now) {
    finish();
    const TorrentTable::Place place = table_.locate(info_hash);
    if (!access_.is_carried_out() && !access_.permits(info_hash, place.hash)) return {};
    return table_.scrape(info_hash, place, minute_of(now));
  }

  [[nodiscard]] const TrackerPolicy& policy() const { return policy_; }

 private:
  [[nodiscard]] bool refuses(const AnnounceRequest& request, const Target& target) const {
    return !target.is_permitted && !access_.permits(request.info_hash, target.place.hash);
  }
  [[nodiscard]] AnnounceReply reply_to(const AnnounceRequest& request,
                                       const AnnounceOutcome& outcome);
  [[nodiscard]] std::chrono::seconds next_interval();

  TorrentTable& table_;
  const AccessControl& access_;
  const TrackerPolicy policy_;
  Statistics& statistics_;
  Random random_;
  HandoutQueue handouts_;
};

}  // namespace ot
