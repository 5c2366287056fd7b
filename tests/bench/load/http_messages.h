// HTTP announces from the client's side: writes requests, frames and checks replies. Independent of
// the tracker's own codec, so that a mistake there is not repeated here.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "bench/load/options.h"
#include "bench/load/population.h"

namespace ot::bench {

// Room for any request.
inline constexpr size_t kHttpRequestSize = 512;

// "GET /announce?… HTTP/1.1" with the headers clients send.
void write_http_announce(ByteWriter& out, const Population& population, uint32_t peer,
                         uint32_t numwant, bool close);

struct HttpReply {
  enum class Status : uint8_t { incomplete, bad, complete };

  Status status = Status::incomplete;
  size_t size = 0;  // head and body
  unsigned code = 0;
  ByteView body;
};

// The reply at the beginning of what has arrived.
[[nodiscard]] HttpReply frame_reply(ByteView bytes);

struct HttpAnnounceReply {
  uint64_t complete = 0;
  uint64_t incomplete = 0;
  uint64_t interval = 0;
  ByteView peers;
  ByteView peers6;
  bool has_peers = false;
  bool is_failure = false;
};

// Reads the bencoded dictionary; false if it is not one or its keys are not sorted.
[[nodiscard]] bool read_announce(ByteView body, HttpAnnounceReply& out);

// Null if the reply is correct, otherwise what is wrong with it.
[[nodiscard]] const char* find_http_fault(const Population& population, uint32_t peer,
                                          uint32_t numwant, const HttpAnnounceReply& reply,
                                          Verify verify, bool thorough);

}  // namespace ot::bench
