// The files of networks: access.deny and access.proxy_file.
//
// load() runs before the first answer and inside the chroot, reload() on SIGHUP. Writes the sets
// that the front ends read. Thread: the loop's. Everything passed by reference outlives this.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "access/reloaded_networks.h"
#include "base/function_ref.h"
#include "lists/network_keeper.h"

namespace ot {

// What a network of all addresses means in access.deny, and in access.proxy_file.
inline constexpr std::string_view kDeniesEverybody = "nobody but access.bless is served";
inline constexpr std::string_view kTrustsEverybody = "any client can claim any address";

// Paths are opened by load(), relative to the working directory; empty: not configured.
struct NetworkFileOptions {
  std::string deny;
  std::string proxy_file;
  std::vector<Network> proxy;  // of access.proxy: trusted whatever the file says
  bool watch = false;          // whether a change of a file is noticed without reload()
};

struct NetworkFilesStatus {
  // Nothing for a file that is not configured.
  std::optional<NetworkFileStatus> deny;
  std::optional<NetworkFileStatus> proxy_file;
};

class NetworkFiles {
 public:
  // `denied` and `proxies` are what the files fill. `on_reloaded` is called when everything that
  // reload() asked for so far is done, successfully or not.
  NetworkFiles(const NetworkFileOptions& options, EventLoop& loop, Worker& worker,
               ReloadedNetworks& denied, ReloadedNetworks& proxies, const Clock& clock, Log& log,
               std::function<void()> on_reloaded);

  // Reads the files; once. The error says what is wrong with one of them. It begins with what
  // place_of() returns for its key, as in "opentracker.conf:12: access.deny: ".
  using PlaceOf = FunctionRef<std::string(std::string_view key)>;
  [[nodiscard]] Result<void, std::string> load(PlaceOf place_of);
  // Reads them again. Without any, on_reloaded is called at once.
  void reload();

  [[nodiscard]] NetworkFilesStatus status() const;

 private:
  void on_one_reloaded();

  const std::function<void()> on_reloaded_;
  size_t reloading_ = 0;                       // files whose reload is not done
  std::unique_ptr<NetworkKeeper> deny_;        // null: not configured
  std::unique_ptr<NetworkKeeper> proxy_file_;  // likewise
};

}  // namespace ot
