// The settings as the options of each room: the one place that knows both.
//
// Pure. The rooms have defaults of their own, for tests; the configuration's agree with them (a
// test compares).
#pragma once

#include "config/settings.h"
#include "frontend/http.h"
#include "frontend/udp.h"
#include "lists/access_lists.h"
#include "net/tcp_server.h"
#include "state/dump_loader.h"
#include "swarm/torrent_table.h"
#include "tracker/tracker.h"

namespace ot {

struct RoomOptions {
  ListOptions lists;
  StateDumpOptions dump;
  TableOptions table;
  TrackerPolicy policy;
  UdpLimits udp;
  HttpOptions http;
  TcpOptions tcp;
};

[[nodiscard]] RoomOptions room_options(const Settings& settings);

}  // namespace ot
