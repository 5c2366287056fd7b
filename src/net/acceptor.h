// Accepts connections from listening sockets, a bounded number per pass.
//
// Out of descriptors, it asks its handler to make room; if there is none, the listeners leave epoll
// (a level-triggered listener would spin) until a connection is closed or a timer tries again, and
// those who wait stay in the kernel's backlog. It keeps one descriptor in reserve and gives it up
// while paused, so that the rest of the process can still open a file. Thread: that of the loop.
#pragma once

#include <cstdint>
#include <deque>

#include "base/ip_address.h"
#include "base/posix.h"
#include "base/result.h"
#include "net/event_loop.h"
#include "net/stream.h"
#include "net/timer.h"

namespace ot {

class AcceptHandler {
 public:
  // Owns the non-blocking socket from here on. `introducer` is that of its listener, or null.
  virtual void on_accepted(UniqueFd socket, const Endpoint& peer, Introducer* introducer) = 0;
  // Closes a connection that can be spared; false if there is none.
  virtual bool make_room() = 0;

 protected:
  ~AcceptHandler() = default;
};

class Acceptor {
 public:
  // Accepts at most `per_wake` connections of one listener in a pass.
  Acceptor(EventLoop& loop, int per_wake, AcceptHandler& handler);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;
  ~Acceptor();

  // Takes a socket of listen_tcp(). `introducer`, which outlives this, is handed on with each of
  // its connections.
  [[nodiscard]] Result<void, SystemError> add(UniqueFd listener, Introducer* introducer = nullptr);

  // Closes the listeners. Those who wait in the backlog of a socket that others hold too are left
  // to them.
  void stop();

  // A descriptor of this process was closed; cheap unless paused.
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
  AcceptHandler& handler_;
  std::deque<Listener> listeners_;
  UniqueFd reserve_;
  Timer resume_;
  bool paused_ = false;
  uint64_t pauses_ = 0;
};

}  // namespace ot
