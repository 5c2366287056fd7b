// Turns the settings into the options of each room: the one place that knows both.
//
// Pure. The rooms have defaults of their own, for tests; a test compares them with those of the
// configuration.
#pragma once

#include <chrono>
#include <string>

#include "config/settings.h"
#include "frontend/client_address.h"
#include "frontend/http.h"
#include "frontend/udp.h"
#include "lists/access_lists.h"
#include "lists/network_files.h"
#include "net/tcp_server.h"
#include "state/dump_loader.h"
#include "swarm/torrent_table.h"
#include "tracker/tracker.h"

namespace ot {

struct RoomOptions {
  ListOptions lists;
  NetworkFileOptions network_files;
  AddressRules addresses;  // without what the files name
  std::string state_file;  // empty: not configured
  std::chrono::seconds state_interval{};
  StateDumpOptions dump;
  TableOptions table;
  TrackerPolicy policy;
  UdpLimits udp;
  HttpOptions http;
  TcpOptions tcp;
};

// `settings` come from configure(): empty ones have no defaults.
[[nodiscard]] RoomOptions room_options(const Settings& settings);

}  // namespace ot
