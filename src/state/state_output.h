// Puts a state file on disk so that a good one is there at every moment: its names, its lock, and
// the file being written.
//
// PATH.new is written and synced, then PATH is renamed to PATH.old and PATH.new to PATH, so PATH or
// PATH.old is always a complete file. Last, the directory is synced, so that a power loss does not
// undo the renames. After a failure PATH is unchanged and PATH.new is gone; only if that last sync
// fails is the new PATH in place but possibly not on disk yet. A PATH.new left behind by a killed
// process is replaced. Files have mode 0600 because they hold the addresses of all peers.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/durable_file.h"
#include "base/posix.h"

namespace ot {

// The files around PATH (`current`).
struct StateNames {
  explicit StateNames(std::string path)
      : current(std::move(path)),
        fresh(current + ".new"),
        old(current + ".old"),
        damaged(current + ".damaged"),
        too_old(current + ".toold"),
        lock(current + ".lock") {}

  std::string current;
  std::string fresh;    // being written
  std::string old;      // the previous generation
  std::string damaged;  // set aside because it is damaged
  std::string too_old;  // set aside because every peer in it was too old
  std::string lock;     // locked by the process that writes the others
};

// One new generation of the file. Any thread, one at a time; every call may wait for the disk.
class StateOutput {
 public:
  explicit StateOutput(const StateNames& names) : names_(names) {}
  StateOutput(const StateOutput&) = delete;
  StateOutput& operator=(const StateOutput&) = delete;
  ~StateOutput() { abandon(); }

  using Done = Result<void, SystemError>;
  // In this order, each once, except that write() may be repeated. After an error only abandon() is
  // allowed.
  [[nodiscard]] Done open();
  [[nodiscard]] Done write(ByteView bytes);
  [[nodiscard]] Done sync();
  [[nodiscard]] Done commit();

  // Removes PATH.new, unless it was committed. Allowed at any time.
  void abandon();

  // True once PATH is the new file, even if commit() then failed to sync the directory.
  [[nodiscard]] bool is_in_place() const { return is_in_place_; }

 private:
  [[nodiscard]] Done rename_both() const;

  const StateNames names_;
  UniqueFd fd_;
  // Opened before anything is renamed, so that no file is put in place that could not be synced.
  UniqueFd folder_;
  bool is_in_place_ = false;
};

}  // namespace ot
