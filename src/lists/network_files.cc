#include "lists/network_files.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ot {

NetworkFiles::NetworkFiles(const NetworkFileOptions& options, EventLoop& loop, Worker& worker,
                           ReloadedNetworks& denied, ReloadedNetworks& proxies, const Clock& clock,
                           Log& log, std::function<void()> on_reloaded)
    : on_reloaded_(std::move(on_reloaded)) {
  const auto keeper = [&](NetworkKeeper::Options of, ReloadedNetworks& networks) {
    if (of.path.empty()) return std::unique_ptr<NetworkKeeper>();
    const auto use = [&networks, &worker](std::shared_ptr<const Networks> fresh) {
      if (auto before = networks.replace(std::move(fresh))) worker.discard(std::move(before));
    };
    return std::make_unique<NetworkKeeper>(loop, worker, std::move(of), use, clock, log,
                                           [this] { on_one_reloaded(); });
  };
  deny_ = keeper({.key = "access.deny",
                  .path = options.deny,
                  .watch = options.watch,
                  .everybody = kDeniesEverybody},
                 denied);
  proxy_file_ = keeper({.key = "access.proxy_file",
                        .path = options.proxy_file,
                        .watch = options.watch,
                        .fixed = options.proxy,
                        .everybody = kTrustsEverybody},
                       proxies);
}

Result<void, std::string> NetworkFiles::load(PlaceOf place_of) {
  for (const auto* keeper : {&deny_, &proxy_file_}) {
    if (!*keeper) continue;
    if (auto loaded = (*keeper)->load_first(); !loaded)
      return Unexpected(place_of((*keeper)->key()) + loaded.error());
  }
  return {};
}

void NetworkFiles::reload() {
  const auto keepers = {deny_.get(), proxy_file_.get()};
  reloading_ = static_cast<size_t>(std::count_if(keepers.begin(), keepers.end(),
                                                 [](const auto* one) { return one != nullptr; }));
  if (reloading_ == 0) return on_reloaded_();
  for (NetworkKeeper* keeper : keepers) {
    if (keeper != nullptr) keeper->reload();
  }
}

void NetworkFiles::on_one_reloaded() {
  assert(reloading_ > 0);
  if (--reloading_ == 0) on_reloaded_();
}

NetworkFilesStatus NetworkFiles::status() const {
  NetworkFilesStatus status;
  if (deny_) status.deny = deny_->status();
  if (proxy_file_) status.proxy_file = proxy_file_->status();
  return status;
}

}  // namespace ot
