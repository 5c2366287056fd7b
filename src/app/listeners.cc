#include "app/listeners.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "base/features.h"
#include "net/inherited_socket.h"
#include "net/socket.h"

namespace ot {
namespace {

// 0.0.0.0 and ::, or the one of them that this build serves.
std::vector<IpAddress> wildcards() {
  std::vector<IpAddress> addresses;
  if (!features::kV6Only) addresses.push_back(IpAddress::v4(std::array<uint8_t, 4>{}));
  if (!features::kV4Only) addresses.push_back(IpAddress::v6(std::array<uint8_t, 16>{}));
  return addresses;
}

struct Place {
  ListenProtocol protocol;
  Endpoint endpoint;
  bool proxied = false;

  friend bool operator==(const Place&, const Place&) = default;
};

std::string describe(const Place& place) {
  return (place.protocol == ListenProtocol::tcp ? "TCP " : "UDP ") + place.endpoint.to_string() +
         (place.proxied ? ", behind PROXY headers" : "");
}

std::vector<Place> places_of(const ListenOption& option) {
  const auto addresses = option.address ? std::vector{*option.address} : wildcards();
  std::vector<Place> places;
  places.reserve(addresses.size());
  for (const IpAddress& address : addresses)
    places.push_back({option.protocol, {address, option.port}, option.proxied});
  return places;
}

void add(Listeners& listeners, const Place& place, UniqueFd socket) {
  if (place.protocol == ListenProtocol::udp) {
    listeners.udp.push_back(std::move(socket));
  } else {
    (place.proxied ? listeners.proxied_tcp : listeners.tcp).push_back(std::move(socket));
  }
}

// What can be done about an error of bind().
std::string advice(const SystemError& error, const Place& place) {
  if (error.code == EADDRINUSE)
    return "; `ss -lnptu` shows which program uses the port, if it is not a listener of ours";
  if (error.code == EACCES) {
    return "; this port needs the capability CAP_NET_BIND_SERVICE, or the sysctl "
           "net.ipv4.ip_unprivileged_port_start=" +
           std::to_string(place.endpoint.port);
  }
  return {};
}

Result<UniqueFd, SystemError> open(const Place& place, bool free_bind) {
  if (place.protocol == ListenProtocol::tcp)
    return listen_tcp(place.endpoint, {.free_bind = free_bind});
  return bind_udp(place.endpoint, {.free_bind = free_bind});
}

// An address that is not there yet, as before DHCP or a failover, is bound all the same.
Result<void, SystemError> bind_one(Listeners& listeners, const Place& place,
                                   const std::string& written, Log& log) {
  auto socket = open(place, false);
  const bool is_late = !socket && socket.error().code == EADDRNOTAVAIL;
  if (is_late) socket = open(place, true);
  if (!socket) return Unexpected(socket.error());
  add(listeners, place, std::move(*socket));
  log.info("listening on " + describe(place));
  if (is_late) {
    log.warning((written.empty() ? "" : written + ": ") + place.endpoint.address.to_string() +
                " is not on this machine yet; bound anyway");
  }
  return {};
}

// Without an address, a family that the kernel lacks is skipped as long as the other one works.
Result<void, StartError> bind(Listeners& listeners, const ListenOption& option, Log& log) {
  const std::vector<Place> places = places_of(option);
  size_t skipped = 0;
  for (const Place& place : places) {
    auto bound = bind_one(listeners, place, option.place, log);
    if (bound) continue;
    if (option.address || !is_family_unsupported(bound.error()) || ++skipped == places.size()) {
      return Unexpected(StartError::system(bound.error().message() + advice(bound.error(), place))
                            .at(option.place));
    }
    log.warning("not listening on " + describe(place) + ": " + bound.error().message());
  }
  return {};
}

// The build switch that excludes the family of `address`, or nullptr.
const Feature* excluding(const IpAddress& address) {
  const Feature& other_family = address.is_v4() ? features::kV6Only : features::kV4Only;
  return other_family ? &other_family : nullptr;
}

bool is_proxied(const std::vector<ListenOption>& configured, const Endpoint& endpoint) {
  return std::any_of(configured.begin(), configured.end(), [&](const ListenOption& option) {
    const std::vector<Place> places = places_of(option);
    return std::find(places.begin(), places.end(), Place{ListenProtocol::tcp, endpoint, true}) !=
           places.end();
  });
}

Result<Place, StartError> take_over(Listeners& listeners, size_t index,
                                    const Environment& environment,
                                    const std::vector<ListenOption>& configured) {
  const int fd = Environment::kFirstSocket + static_cast<int>(index);
  const std::string& name = environment.sockets[index];
  const auto refusal = [&](const std::string& reason) {
    return Unexpected(StartError::configuration("descriptor " + std::to_string(fd) +
                                                (name.empty() ? "" : " (" + name + ")") +
                                                ", passed in by LISTEN_FDS: " + reason));
  };
  auto socket = inherit_socket(UniqueFd(fd));
  if (!socket) return refusal(socket.error());
  if (const Feature* feature = excluding(socket->local.address)) {
    return refusal(socket->local.to_string() + " is of a family this build does not serve (" +
                   std::string(feature->name) + ")");
  }
  const bool tcp = socket->kind == InheritedSocket::Kind::tcp_listener;
  const Place place{tcp ? ListenProtocol::tcp : ListenProtocol::udp, socket->local,
                    tcp && is_proxied(configured, socket->local)};
  add(listeners, place, std::move(socket->fd));
  return place;
}

void name_left_out(const std::vector<ListenOption>& configured, const std::vector<Place>& taken,
                   Log& log) {
  for (const ListenOption& option : configured) {
    for (const Place& place : places_of(option)) {
      if (std::find(taken.begin(), taken.end(), place) != taken.end()) continue;
      log.warning("not listening on " + describe(place) +
                  ": the sockets that were passed in replace the configured ones");
    }
  }
}

}  // namespace

Result<Listeners, StartError> Listeners::open(const ListenSettings& settings,
                                              const Environment& environment, Log& log) {
  Listeners listeners;
  std::vector<Place> taken;
  for (size_t i = 0; i < environment.sockets.size(); ++i) {
    const auto place = take_over(listeners, i, environment, settings.sockets);
    if (!place) return Unexpected(place.error());
    log.info("listening on " + describe(*place) + ", a socket that was passed in");
    taken.push_back(*place);
  }
  if (!taken.empty()) {
    if (!settings.by_default) name_left_out(settings.sockets, taken, log);
    return listeners;
  }
  for (const ListenOption& option : settings.sockets) {
    if (auto bound = bind(listeners, option, log); !bound) return Unexpected(bound.error());
  }
  return listeners;
}

}  // namespace ot
