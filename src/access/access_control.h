// Which torrents the tracker serves: all, those on a white list, or those not on a black list. The
// list is the file's with the changes of the FIFOs.
//
// One per loop, on its thread; loops may share an AccessList.
#pragma once

#include <cstdint>
#include <memory>

#include "access/access_list.h"
#include "access/dynamic_set.h"

namespace ot {

enum class AccessMode : uint8_t { open, white, black };

class AccessControl {
 public:
  // The list is empty until replace() gives it one: white serves nothing, black everything. The
  // table must be empty at this time. `hash` is also the hash of the lists for replace().
  AccessControl(AccessMode mode, const SecretHash& hash)
      : mode_(mode), hash_(hash), changes_(std::make_shared<DynamicSet>(hash)) {}

  // `hash` must be the SecretHash of the info_hash. The table uses the same hash, so that a caller
  // who needs both computes it once.
  [[nodiscard]] bool permits(const InfoHash& info_hash, uint64_t hash) const {
    return mode_ == AccessMode::open || lists(info_hash, hash) == (mode_ == AccessMode::white);
  }
  [[nodiscard]] bool permits(const InfoHash& info_hash) const {
    return permits(info_hash, hash_(info_hash.bytes));
  }
  // Fetches the memory that permits() will read.
  void prefetch(uint64_t hash) const {
    if (mode_ != AccessMode::open && list_) list_->prefetch(hash);
  }
  void prefetch(const InfoHash& info_hash) const { prefetch(hash_(info_hash.bytes)); }
  [[nodiscard]] AccessMode mode() const { return mode_; }

  // Whether the table holds no torrent that is refused, so that no torrent found there needs a
  // look-up here. replace() makes it false; call note_carried_out() when the refused torrents have
  // been removed from the table.
  [[nodiscard]] bool is_carried_out() const { return is_carried_out_; }
  void note_carried_out() { is_carried_out_ = true; }

  // A change by access.fifo_add or access.fifo_delete, to either kind of list. False if there were
  // too many since the list was read; the change is then not in force. If the torrent is refused
  // now, the caller must remove it from the table at once, or is_carried_out() is wrong.
  [[nodiscard]] bool add(const InfoHash& info_hash) {
    return changes_->note(info_hash, DynamicSet::Change::added);
  }
  [[nodiscard]] bool remove(const InfoHash& info_hash) {
    return changes_->note(info_hash, DynamicSet::Change::deleted);
  }
  // The same for a change of either kind.
  [[nodiscard]] bool note(const InfoHash& info_hash, DynamicSet::Change change) {
    return changes_->note(info_hash, change);
  }
  [[nodiscard]] DynamicSet::Change change_of(const InfoHash& info_hash) const {
    return changes_->find(info_hash);
  }
  // Forgets a change, so that the list alone decides. If the torrent is refused then, the caller
  // must remove it from the table, as above.
  void forget(const InfoHash& info_hash) { changes_->forget(info_hash); }
  // Makes look-ups faster again when many have been forgotten; a fraction of a millisecond.
  void tidy_changes() { changes_->tidy(); }
  // The list in force, without the changes; null: empty.
  [[nodiscard]] std::shared_ptr<const AccessList> list() const { return list_; }
  // The number of hashes the FIFOs have changed since the list was read.
  [[nodiscard]] size_t changes() const { return changes_->size(); }

  // Puts a list in force and forgets the changes of the FIFOs, which the file is assumed to
  // contain. `list` must use the SecretHash given to the constructor. Returns what was in force
  // before, so that it can be destroyed where that may take its time.
  [[nodiscard]] std::shared_ptr<const void> replace(std::shared_ptr<const AccessList> list);
  // The same, but the changes of the FIFOs stay in force on top of the new list.
  [[nodiscard]] std::shared_ptr<const void> replace_below_changes(
      std::shared_ptr<const AccessList> list);

 private:
  [[nodiscard]] bool lists(const InfoHash& info_hash, uint64_t hash) const {
    const auto change = changes_->find(info_hash, hash);
    if (change != DynamicSet::Change::none) return change == DynamicSet::Change::added;
    return list_ && list_->contains(info_hash, hash);
  }

  AccessMode mode_;
  SecretHash hash_;
  std::shared_ptr<const AccessList> list_;
  std::shared_ptr<DynamicSet> changes_;
  bool is_carried_out_ = true;
};

}  // namespace ot
