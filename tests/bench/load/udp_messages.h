// BEP 15 from the client's side: writes requests and checks replies. Independent of the tracker's
// own codec, so that a mistake there is not repeated here.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "bench/load/options.h"
#include "bench/load/population.h"

namespace ot::bench {

enum class RequestKind : uint8_t { none, connect, announce, scrape, forged };

// BEP 15's numbers.
enum class Event : uint8_t { none = 0, completed = 1, started = 2, stopped = 3 };

struct UdpAnnounceFields {
  uint64_t connection_id = 0;
  uint32_t transaction = 0;
  uint32_t peer = 0;
  uint32_t numwant = 0;
  Event event = Event::none;
};

inline constexpr size_t kUdpConnectSize = 16;
inline constexpr size_t kUdpAnnounceSize = 98;

void write_connect(ByteWriter& out, uint32_t transaction);
void write_announce(ByteWriter& out, const Population& population, const UdpAnnounceFields& fields);
void write_scrape_head(ByteWriter& out, uint64_t connection_id, uint32_t transaction);

// What was announced, for the check of the reply.
struct AskedAnnounce {
  uint32_t peer = 0;
  uint32_t numwant = 0;
  bool stopped = false;
};

// Null if the reply is correct, otherwise what is wrong with it. The caller has checked action and
// transaction. If `thorough`, every peer is looked up.
[[nodiscard]] const char* find_fault(const Population& population, const AskedAnnounce& asked,
                                     ByteView reply, Verify verify, bool thorough);

// The same for the compact IPv4 peers of any reply to `asker`: no duplicates, all of the same
// swarm, and with strict checks not the asker itself.
[[nodiscard]] const char* find_peer_fault(const Population& population, uint32_t asker,
                                          ByteView peers, Verify verify);

}  // namespace ot::bench
