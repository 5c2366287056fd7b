// The journal on disk: the changes that came by FIFO, in the form of access/journal_text.
//
// append() returns when the disk has the changes; after an error the file is as before. compact()
// writes a new file beside it (PATH.new), syncs it and renames it, so PATH is whole at every
// moment. PATH.lock keeps other processes out. A PATH that another program has removed is written
// anew; one that it has changed or replaced is left alone, and every write fails until the tracker
// is started again. Thread: any, one at a time; every call may wait for the disk.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "access/access_list.h"
#include "access/journal_text.h"
#include "base/durable_file.h"
#include "base/function_ref.h"

namespace ot {

class JournalFile {
 public:
  // More than twice of what the longest journal has to be.
  static constexpr uint64_t kMaxBytes = uint64_t{1} << 28U;

  explicit JournalFile(std::string path) : path_(std::move(path)), fresh_(path_ + ".new") {}

  // Whether a journal may be used, or made, under that path, as far as one sees without changing
  // anything. The error begins with the path. Locks nothing.
  [[nodiscard]] static Result<void, std::string> judge(const std::string& path);

  using Done = Result<void, SystemError>;
  // Does not wait for another process; see FileLock.
  [[nodiscard]] Done lock() { return lock_.take(path_ + ".lock"); }

  struct Opened {
    bool is_new = false;
    uint64_t damaged_line = 0;  // from 1; 0: none
    uint64_t cut_bytes = 0;     // from there on, which are no longer in the file
  };
  // Once, after lock(). Reads the file, or makes one that is missing or empty. A damaged tail is
  // cut; a file that is no journal is refused and left as it is. The error begins with the path.
  [[nodiscard]] Result<Opened, std::string> open(JournalText::OnEntry on_entry);

  [[nodiscard]] Done append(std::span<const JournalEntry> entries);

  using Entries = std::vector<JournalEntry>;
  // Drops all but the last change of each hash, and those that `list` holds already, which it
  // returns; null: no list to compare with. Writes nothing if there is nothing to drop. Once
  // is_cancelled() returns true it stops soon, with ECANCELED.
  [[nodiscard]] Result<Entries, SystemError> compact(const AccessList* list,
                                                     FunctionRef<bool()> is_cancelled);

  // Entries in the file.
  [[nodiscard]] uint64_t lines() const { return lines_; }

 private:
  struct Numbered {
    JournalEntry entry;
    uint32_t number;  // in the order of the file
  };

  [[nodiscard]] static Result<UniqueFd, SystemError> open_existing(const std::string& path);
  [[nodiscard]] Done read(JournalText& text, JournalText::OnEntry on_entry,
                          FunctionRef<bool()> is_cancelled) const;
  [[nodiscard]] Result<std::vector<Numbered>, SystemError> read_last_changes(
      FunctionRef<bool()> is_cancelled) const;
  [[nodiscard]] Done prepare();
  [[nodiscard]] Done write(std::span<const JournalEntry> entries);
  [[nodiscard]] Done cut_tail();
  [[nodiscard]] Done sync_folder();
  // Puts a file of these entries in place.
  [[nodiscard]] Done replace(std::span<const JournalEntry> entries);
  [[nodiscard]] Done write_fresh(int fd, std::span<const JournalEntry> entries) const;

  const std::string path_;
  const std::string fresh_;
  FileLock lock_;
  UniqueFd fd_;
  uint64_t size_ = 0;  // bytes that are whole and on disk
  uint64_t lines_ = 0;
  bool has_tail_ = false;         // more may follow them, left by a failed write
  bool is_folder_synced_ = true;  // since the last rename
};

}  // namespace ot
