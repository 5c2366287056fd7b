// The command line of the load generator: a table with one row for each option.
//
// Pure: parsing reads nothing and prints nothing.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "bench/load/population.h"

namespace ot::bench {

enum class Command : uint8_t { help, udp, http, hashes, count, null_server, spin };
enum class Connections : uint8_t { close, keep };
// The checks that replies must pass.
enum class Verify : uint8_t {
  none,     // only transaction and kind, for servers with canned replies
  lenient,  // what any tracker must do: counts, sizes, peers of the swarm
  strict,   // also our own rule: never the client itself
};

struct Options {
  Command command = Command::help;
  Endpoint target{IpAddress(), 6969};
  std::optional<Endpoint> target6;
  PopulationOptions population;
  pid_t pid = 0;
  std::string label = "-";

  // The kind of load: fill, bursts, an open loop at `rate`, or otherwise a closed loop.
  bool fill = false;
  uint32_t first = 0;  // --fill begins with this peer
  uint32_t burst = 0;
  uint32_t repeat = 1;
  double rate = 0;
  uint32_t window = 192;
  Duration seconds = std::chrono::seconds(5);
  Duration warm_up = std::chrono::milliseconds(500);

  // The mix: shares of all requests, and of the events of announces.
  double scrape_share = 1.0 / 101;
  double connect_share = 0;
  double forged_share = 0;
  double malformed_share = 0;
  double started_share = 0;
  double completed_share = 0;
  double stopped_share = 0;
  uint32_t numwant = 30;
  uint32_t scrape_hashes = 5;
  Verify verify = Verify::strict;
  // How many announce replies there are for each one whose peers are all looked up.
  uint32_t verify_every = 8;

  // HTTP only.
  Connections connections_mode = Connections::keep;
  uint32_t connections = 64;
  uint32_t pipeline = 1;
};

struct UsageError {
  std::string message;
};

// `arguments` are those after the program's name: a command, then --name value pairs.
[[nodiscard]] Result<Options, UsageError> parse_options(std::span<const char* const> arguments);

[[nodiscard]] std::string usage();
[[nodiscard]] std::string_view name_of(Law law);

}  // namespace ot::bench
