// A snapshot of two loops, and pages printed from it.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "stats/modes.h"

namespace ot {

class TwoLoops : public testing::Test {
 protected:
  TwoLoops() {
    snapshot_.loops = loops_;
    snapshot_.table.torrents = 7;
    snapshot_.table.peers = 20;
    snapshot_.table.seeders = 5;
    snapshot_.torrents_counted = 8;
    snapshot_.uptime = std::chrono::seconds(7210);
    snapshot_.tracker_id = 42;
    snapshot_.version = "opentracker 1.2.3 (abc)";
    snapshot_.features = "SWITCH_A SWITCH_B";
    findings_.torrents = 9;
    snapshot_.walk = &findings_;
  }

  static void record(Statistics& loop, Transport transport, Family family, Action action,
                     int times) {
    for (int i = 0; i < times; ++i) loop.record(transport, family, action);
  }
  // Both loops, both families, all different, so that no sum is right by accident.
  void record_some() {
    for (const Transport transport : {Transport::tcp, Transport::udp}) {
      const int more = transport == Transport::udp ? 1000 : 0;
      record(first_, transport, Family::v4, Action::contact, 20000 + more);
      record(second_, transport, Family::v4, Action::contact, 4000);
      record(second_, transport, Family::v6, Action::contact, 300);
      record(first_, transport, Family::v4, Action::announce, 10000 + more);
      record(second_, transport, Family::v6, Action::announce, 50);
    }
    record(first_, Transport::udp, Family::v4, Action::connect, 7);
    record(second_, Transport::udp, Family::v6, Action::connect, 3);
    record(first_, Transport::tcp, Family::v4, Action::scrape, 6000);
    record(second_, Transport::tcp, Family::v6, Action::scrape, 2);
    record(second_, Transport::udp, Family::v4, Action::scrape, 9000);
    record(first_, Transport::udp, Family::v4, Action::mismatch, 11);
  }
  std::string report(std::string_view mode) {
    return parse_stats_query("mode=" + std::string(mode))->print(snapshot_);
  }

  Statistics first_;
  Statistics second_;
  const std::array<const Statistics*, 2> loops_{&first_, &second_};
  WalkFindings findings_;
  StatsSnapshot snapshot_;
};

}  // namespace ot
