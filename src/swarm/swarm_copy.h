// Torrents with their peers as they leave the table and come back to it: copies, for walks, dumps
// and a state file.
//
// Times are ages, so that a copy means the same to another process. A torrent larger than the room
// of a step comes in several parts, one after the other. A SwarmCopy takes what one step copies and
// allocates nothing once it is made. Not thread-safe.
#pragma once

#include <array>
#include <cassert>
#include <memory>
#include <span>
#include <utility>

#include "swarm/peers/peer.h"

namespace ot {

// A torrent without its peers.
struct TorrentCopy {
  InfoHash info_hash;
  SwarmCounts counts;
  uint16_t minute = 0;  // of the last announce, modulo 65536; not an age
};

// What a dump knows of a torrent from before a restart.
struct TorrentPast {
  uint32_t downloaded = 0;
  uint32_t minutes_silent = 0;  // since its last announce
};

enum class Restored : uint8_t {
  added,
  // It was there already; it keeps the larger count and the later announce of the two.
  merged,
  too_old,   // silent for longer than torrent_timeout; not taken
  no_memory  // not taken
};

// A torrent, or a part of one. In its peers, `minute` is how many minutes ago they were last heard
// of.
struct SwarmPart {
  InfoHash info_hash;
  uint32_t downloaded = 0;
  // Minutes since its last announce.
  uint16_t silent = 0;
  // How many of the copy's peers belong to this part, after those of the parts before it.
  uint16_t peers4 = 0;
  uint16_t peers6 = 0;
};

class SwarmCopy {
 public:
  // Room for a step. Peers: more than a block holds, and no more than 16 bits count.
  static constexpr size_t kParts = 512;
  static constexpr size_t kPeers4 = 4096;
  static constexpr size_t kPeers6 = 1024;

  [[nodiscard]] std::span<const SwarmPart> parts() const { return {room_->parts.data(), parts_}; }
  [[nodiscard]] std::span<const Peer4> peers4() const { return {room_->peers4.data(), peers4_}; }
  [[nodiscard]] std::span<const Peer6> peers6() const { return {room_->peers6.data(), peers6_}; }

  void clear() { parts_ = peers4_ = peers6_ = 0; }
  // Whether there is room for one more part, or for that many peers.
  [[nodiscard]] bool has_room() const { return parts_ < kParts; }
  [[nodiscard]] bool has_room4(size_t peers) const { return peers <= kPeers4 - peers4_; }
  [[nodiscard]] bool has_room6(size_t peers) const { return peers <= kPeers6 - peers6_; }

  // There must be room. A part counts the peers added after it.
  void begin(const SwarmPart& part) {
    assert(has_room());
    room_->parts[parts_++] = part;
  }
  void add(const Peer4& peer) {
    assert(parts_ != 0 && has_room4(1));
    room_->peers4[peers4_++] = peer;
    ++room_->parts[parts_ - 1].peers4;
  }
  void add(const Peer6& peer) {
    assert(parts_ != 0 && has_room6(1));
    room_->peers6[peers6_++] = peer;
    ++room_->parts[parts_ - 1].peers6;
  }

 private:
  struct Room {
    std::array<SwarmPart, kParts> parts;
    std::array<Peer4, kPeers4> peers4;
    std::array<Peer6, kPeers6> peers6;
  };

  std::unique_ptr<Room> room_ = std::make_unique_for_overwrite<Room>();
  size_t parts_ = 0;
  size_t peers4_ = 0;
  size_t peers6_ = 0;
};

// Deals the peers of a copy out to its parts: call for each part, in order.
class SwarmPeers {
 public:
  explicit SwarmPeers(const SwarmCopy& copy) : rest4_(copy.peers4()), rest6_(copy.peers6()) {}

  [[nodiscard]] std::span<const Peer4> next4(const SwarmPart& part) {
    return std::exchange(rest4_, rest4_.subspan(part.peers4)).first(part.peers4);
  }
  [[nodiscard]] std::span<const Peer6> next6(const SwarmPart& part) {
    return std::exchange(rest6_, rest6_.subspan(part.peers6)).first(part.peers6);
  }

 private:
  std::span<const Peer4> rest4_;
  std::span<const Peer6> rest6_;
};

// What became of a part that was given back to the table.
struct RestoreOutcome {
  bool new_torrent = false;
  uint32_t peers = 0;     // stored
  uint32_t too_old = 0;   // older than the table keeps them
  uint32_t refused = 0;   // no room: a limit, or no memory
  uint32_t unusable = 0;  // no peer can have that address or port

  RestoreOutcome& operator+=(const RestoreOutcome& other) {
    peers += other.peers;
    too_old += other.too_old;
    refused += other.refused;
    unusable += other.unusable;
    return *this;
  }
};

}  // namespace ot
