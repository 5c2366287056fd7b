// The numbers of an access list: of its file, of its FIFOs, and of the torrents it removed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "access/access_control.h"
#include "base/clock.h"

namespace ot {

// Of the file. The read at start counts like any other.
struct ListFileStatus {
  uint64_t loaded = 0;     // reads that put a list in force
  uint64_t refused = 0;    // that left the one in force where it was
  uint64_t unsettled = 0;  // of both, that may have found half a file and are followed by another
  size_t hashes = 0;       // of the list in force
  size_t bytes = 0;        // of memory it takes
  std::optional<WallTime> loaded_at;
  Duration took{0};  // for reading the list in force
};

// Of the file of access.journal.
struct JournalStatus {
  uint64_t lines = 0;          // in the file
  uint64_t waiting = 0;        // changes that are not in the file yet
  uint64_t failed_writes = 0;  // each is tried again
  uint64_t left_out = 0;       // changes that never will be, because too many were waiting
};

struct ListStatus {
  AccessMode mode = AccessMode::open;
  ListFileStatus file;
  // Hashes the FIFOs have changed since the file was read, or that the journal keeps.
  size_t changed = 0;
  uint64_t fifo_added = 0;  // lines of the FIFOs that took effect
  uint64_t fifo_deleted = 0;
  uint64_t fifo_ignored = 0;             // and those that did not: no hash, or no room
  std::optional<JournalStatus> journal;  // nothing if there is none
  uint64_t evicted = 0;  // torrents that left the table because the list refuses them
};

}  // namespace ot
