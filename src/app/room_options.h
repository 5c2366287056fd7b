// The settings as the options of each room: the one place that knows both.
//
// Pure. The rooms have defaults of their own, for tests; the configuration's agree with them (a
// test compares).
#pragma once

#include "access/access_control.h"
#include "config/settings.h"
#include "net/tcp_server.h"
#include "service/http_frontend.h"
#include "service/tracker.h"
#include "service/udp_frontend.h"
#include "swarm/torrent_table.h"

namespace ot {

struct RoomOptions {
  AccessMode access = AccessMode::open;
  TableOptions table;
  TrackerPolicy policy;
  UdpLimits udp;
  HttpOptions http;
  TcpOptions tcp;
};

[[nodiscard]] RoomOptions room_options(const Settings& settings);

}  // namespace ot
