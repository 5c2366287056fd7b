#include "net/acceptor.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/socket.h"

namespace ot {
namespace {

// Any descriptor will do; an eventfd needs no file, which a chroot might not have.
UniqueFd open_reserve() { return UniqueFd(eventfd(0, EFD_CLOEXEC)); }

bool is_shortage(int code) {
  return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

}  // namespace

Acceptor::Acceptor(EventLoop& loop, int per_wake, OnAccepted on_accepted, MakeRoom make_room)
    : loop_(loop),
      per_wake_(per_wake),
      on_accepted_(std::move(on_accepted)),
      make_room_(std::move(make_room)),
      reserve_(open_reserve()),
      resume_(loop.timers(), [this] { resume(); }) {}

Acceptor::~Acceptor() { stop(); }

void Acceptor::stop() {
  for (Listener& listener : listeners_) loop_.unwatch(listener.watch);
  listeners_.clear();
}

Result<void, SystemError> Acceptor::add(UniqueFd listener, Introducer* introducer) {
  Listener& added = listeners_.emplace_back(*this, std::move(listener), introducer);
  auto watch = loop_.watch(added.socket.get(), EPOLLIN, added);
  if (!watch) {
    listeners_.pop_back();
    return Unexpected(watch.error());
  }
  added.watch = *watch;
  return {};
}

void Acceptor::Listener::on_events(uint32_t) { owner_.accept_from(*this); }

void Acceptor::accept_from(const Listener& listener) {
  for (int i = 0; i < per_wake_; ++i) {
    SocketAddress address;
    socklen_t size = sizeof address;
    UniqueFd socket(
        accept4(listener.socket.get(), &address.any, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket) {
      on_accepted_(std::move(socket), to_endpoint(address), listener.introducer);
    } else if (!survives(errno)) {
      return;
    }
  }
}

bool Acceptor::survives(int code) {
  if (code == EAGAIN || code == EWOULDBLOCK) return false;
  if (!is_shortage(code)) return true;  // that connection broke while it waited
  if (make_room_()) return true;
  pause();
  return false;
}

void Acceptor::pause() {
  paused_ = true;
  ++pauses_;
  for (Listener& listener : listeners_) loop_.unwatch(listener.watch);
  reserve_.reset();
  resume_.arm_after(kRetry);
}

void Acceptor::resume() {
  if (!reserve_) reserve_ = open_reserve();
  bool complete = static_cast<bool>(reserve_);
  for (Listener& listener : listeners_) {
    if (!complete || listener.watch) continue;
    if (auto watch = loop_.watch(listener.socket.get(), EPOLLIN, listener)) {
      listener.watch = *watch;
    } else {
      complete = false;
    }
  }
  paused_ = !complete;
  if (paused_) resume_.arm_after(kRetry);
}

}  // namespace ot
