// The argument of --health: the URL of a tracker to ask. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/ip_address.h"
#include "config/values.h"

namespace ot {

struct HealthUrl {
  bool is_udp = false;
  Endpoint endpoint;
  std::string target;  // path and query of an http URL, as written
};

// "http://192.0.2.1:6969/announce", "udp://[2001:db8::1]:6969", "http://localhost/". The port is 80
// for http if none is given, and 6969 for udp. Names other than localhost, which is 127.0.0.1, are
// refused: looking them up may take longer than the check may, and a static program cannot.
[[nodiscard]] Parsed<HealthUrl> parse_health_url(std::string_view text);

}  // namespace ot
