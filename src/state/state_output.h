// A state file on its way to the disk, and the names its generations have.
//
// PATH.new is written, synced, and only then renamed to PATH, whose former file becomes PATH.old:
// at every moment PATH or PATH.old is a whole file, and at last the directory is synced, so that a
// loss of power does not undo it. Whatever fails, PATH stays as it was and PATH.new goes; but if
// that last sync fails, the new PATH is in place, and only not surely on disk.
// What a killed process left behind as PATH.new is replaced. Mode 0600: in it are the addresses of
// everybody served. Thread: any, one at a time; every call may wait for the disk.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/posix.h"

namespace ot {

struct StateNames {
  explicit StateNames(std::string path)
      : current(std::move(path)),
        fresh(current + ".new"),
        old(current + ".old"),
        damaged(current + ".damaged"),
        too_old(current + ".toold"),
        lock(current + ".lock") {}

  // The directory they are in; and it, opened so that it can be synced.
  [[nodiscard]] std::string directory() const;
  [[nodiscard]] Result<UniqueFd, SystemError> open_directory() const;

  std::string current;
  std::string fresh;    // being written
  std::string old;      // the generation before
  std::string damaged;  // set aside, since it is damaged
  std::string too_old;  // set aside, since nothing of it was young enough
  std::string lock;     // state_lock.h
};

class StateOutput {
 public:
  explicit StateOutput(const StateNames& names) : names_(names) {}
  StateOutput(const StateOutput&) = delete;
  StateOutput& operator=(const StateOutput&) = delete;
  ~StateOutput() { abandon(); }

  using Done = Result<void, SystemError>;
  // In this order, each once, write() as often as needed.
  [[nodiscard]] Done open();
  [[nodiscard]] Done write(ByteView bytes);
  [[nodiscard]] Done sync();
  [[nodiscard]] Done commit();

  // Removes what was written so far, unless it was committed.
  void abandon();

  // After commit(), failed or not: whether PATH is what was written.
  [[nodiscard]] bool is_in_place() const { return is_in_place_; }

 private:
  [[nodiscard]] Done rename_both() const;

  const StateNames names_;
  UniqueFd fd_;
  UniqueFd folder_;  // opened first of all, lest a file be in place that cannot be synced
  bool is_in_place_ = false;
};

}  // namespace ot
