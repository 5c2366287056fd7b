// Accepts connections from listening sockets, a bounded number per pass.
//
// When descriptors run out, it asks its owner to close a connection. If none can be spared, the
// listeners leave epoll (a level-triggered listener would spin) until a connection is closed or a
// timer tries again; clients wait in the kernel's backlog. One descriptor is kept in reserve and
// given up while paused, so that the rest of the process can still open a file. Thread: the loop's.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>

#include "base/ip_address.h"
#include "base/posix.h"
#include "base/result.h"
#include "net/event_loop.h"
#include "net/stream.h"
#include "net/timer.h"

namespace ot {

class Acceptor {
 public:
  // Takes a non-blocking socket. `introducer` is that of its listener, or null.
  using OnAccepted =
      std::function<void(UniqueFd socket, const Endpoint& peer, Introducer* introducer)>;
  // Closes a connection that can be spared; false if there is none.
  using MakeRoom = std::function<bool()>;

  // Accepts at most `per_wake` connections of one listener in a pass.
  Acceptor(EventLoop& loop, int per_wake, OnAccepted on_accepted, MakeRoom make_room);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;
  ~Acceptor();

  // Takes a socket of listen_tcp(). `introducer`, which outlives this, is passed on with each of
  // its connections.
  [[nodiscard]] Result<void, SystemError> add(UniqueFd listener, Introducer* introducer = nullptr);

  // Closes the listeners. Clients in the backlog of a socket that another process holds too are
  // served by that one.
  void stop();

  // Told that this process has closed a descriptor; cheap unless paused.
  void on_descriptor_closed() {
    if (paused_) resume_.arm(loop_.now());
  }

  [[nodiscard]] bool paused() const { return paused_; }
  // How often the listeners had to be paused.
  [[nodiscard]] uint64_t pauses() const { return pauses_; }

 private:
  static constexpr Duration kRetry = std::chrono::milliseconds(500);

  class Listener final : public EventHandler {
   public:
    Listener(Acceptor& owner, UniqueFd listening, Introducer* theirs)
        : socket(std::move(listening)), introducer(theirs), owner_(owner) {}
    void on_events(uint32_t events) override;

    const UniqueFd socket;
    Introducer* const introducer;
    Watch watch;

   private:
    Acceptor& owner_;
  };

  void accept_from(const Listener& listener);
  // Whether accepting may go on after accept4 failed with `code`.
  [[nodiscard]] bool survives(int code);
  void pause();
  void resume();

  EventLoop& loop_;
  const int per_wake_;
  const OnAccepted on_accepted_;
  const MakeRoom make_room_;
  std::deque<Listener> listeners_;
  UniqueFd reserve_;
  Timer resume_;
  bool paused_ = false;
  uint64_t pauses_ = 0;
};

}  // namespace ot
