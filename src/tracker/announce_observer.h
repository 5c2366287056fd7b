// Told of each announce that a Tracker has answered: the loop's statistics, and whatever passes
// announces on to others.
//
// Told on the loop's thread, after the shard's lock is gone, in the middle of a batch. So an
// observer copies what it needs and returns; it allocates nothing and does not call the Tracker. It
// hears only of announces by clients: peers that another node of a cluster has sent go straight to
// the table, so whatever is told here may be passed on without going round in circles. A Tracker
// has one observer, the price of one call; an observer that stands for several tells each of them.
#pragma once

#include "bittorrent/announce.h"

namespace ot {

class AnnounceObserver {
 public:
  // Announces that the access list refuses are not reported. Stops are, and so are peers for which
  // there was no room.
  virtual void on_announce(const AnnounceRequest& request, const AnnounceOutcome& outcome) = 0;

 protected:
  ~AnnounceObserver() = default;
};

}  // namespace ot
