// Which torrents this tracker serves: everything, what a white list names, or what a black list
// does not name. The list is the file's with the FIFOs' changes on top.
//
// One per loop, on its thread; the AccessList behind it may be shared with others.
#pragma once

#include <cstdint>
#include <memory>

#include "access/access_list.h"
#include "access/dynamic_set.h"

namespace ot {

enum class AccessMode : uint8_t { open, white, black };

class AccessControl {
 public:
  // Until replace() gives it a list, the list is empty: white serves nothing, black everything. The
  // table must be empty, too.
  AccessControl(AccessMode mode, const SecretHash& hash)
      : mode_(mode), hash_(hash), changes_(std::make_shared<DynamicSet>(hash)) {}

  // `hash` is what the SecretHash of the lists gives for the info_hash; it serves the table as
  // well, so whoever asks both computes it once.
  [[nodiscard]] bool permits(const InfoHash& info_hash, uint64_t hash) const {
    return mode_ == AccessMode::open || lists(info_hash, hash) == (mode_ == AccessMode::white);
  }
  [[nodiscard]] bool permits(const InfoHash& info_hash) const {
    return permits(info_hash, hash_(info_hash.bytes));
  }
  // Asks the processor for what permits() will read.
  void prefetch(uint64_t hash) const {
    if (mode_ != AccessMode::open && list_) list_->prefetch(hash);
  }
  void prefetch(const InfoHash& info_hash) const { prefetch(hash_(info_hash.bytes)); }
  [[nodiscard]] AccessMode mode() const { return mode_; }

  // Whether the table holds nothing that is refused, so that what is found there need not be asked
  // about here. Not from replace() on until somebody has been through the table and says so.
  [[nodiscard]] bool is_carried_out() const { return is_carried_out_; }
  void note_carried_out() { is_carried_out_ = true; }

  // access.fifo_add and access.fifo_delete, on either kind of list. False: too many changes since
  // the list was read, and this one is not in force. What is refused by it must leave the table at
  // once, before anybody asks again.
  [[nodiscard]] bool add(const InfoHash& info_hash) {
    return changes_->note(info_hash, DynamicSet::Change::added);
  }
  [[nodiscard]] bool remove(const InfoHash& info_hash) {
    return changes_->note(info_hash, DynamicSet::Change::deleted);
  }
  // How many hashes the FIFOs have changed since.
  [[nodiscard]] size_t changes() const { return changes_->size(); }

  // Puts a list in force and forgets the FIFOs' changes, which the file is taken to hold. What was
  // in force before is handed back, to be let go of where that may take its time.
  [[nodiscard]] std::shared_ptr<const void> replace(std::shared_ptr<const AccessList> list);

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
