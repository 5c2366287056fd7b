// The names of transports, families, actions and HTTP errors in JSON, in the metrics for
// Prometheus, and in the pages that scripts have parsed for years.
//
// Names are stable: one may be added, none is renamed or taken away.
#pragma once

#include <array>
#include <string_view>

#include "tracker/statistics.h"

namespace ot {

struct TransportLabel {
  Transport transport;
  std::string_view name;
};
inline constexpr std::array<TransportLabel, 2> kTransportLabels{
    {{Transport::tcp, "tcp"}, {Transport::udp, "udp"}}};

struct FamilyLabel {
  Family family;
  std::string_view name;
};
inline constexpr std::array<FamilyLabel, 2> kFamilyLabels{{{Family::v4, "v4"}, {Family::v6, "v6"}}};

struct ActionLabel {
  Action action;
  std::string_view name;
  bool udp_only;

  [[nodiscard]] constexpr bool happens_on(Transport transport) const {
    return transport == Transport::udp || !udp_only;
  }
};
inline constexpr std::array<ActionLabel, kActions> kActionLabels{{
    {Action::contact, "contact", false},
    {Action::connect, "connect", true},
    {Action::announce, "announce", false},
    {Action::scrape, "scrape", false},
    {Action::mismatch, "mismatch", true},
    {Action::refused, "refused", false},
}};

struct HttpErrorLabel {
  HttpError error;
  std::string_view code;
  std::string_view reason;
  std::string_view element;  // in mode=everything
  std::string_view line;     // in mode=herr; empty: that page does not have this error
};
inline constexpr std::array<HttpErrorLabel, kHttpErrors> kHttpErrorLabels{{
    {HttpError::redirect, "302", "redirect", "302 Redirect", "302 RED"},
    {HttpError::parse_error, "400", "parse_error", "400 Parse Error", "400 ..."},
    {HttpError::invalid_parameter, "400", "invalid_parameter", "400 Invalid Parameter", "400 PAR"},
    {HttpError::compact_required, "400", "compact_required", "400 Invalid Parameter (compact=0)",
     "400 COM"},
    {HttpError::not_modest, "400", "not_modest", "400 Not Modest", ""},
    {HttpError::payment_required, "402", "payment_required", "402 Payment Required", ""},
    {HttpError::access_denied, "403", "access_denied", "403 Access Denied", "403 IP "},
    {HttpError::not_found, "404", "not_found", "404 Not found", "404 INV"},
    {HttpError::internal_error, "500", "internal_error", "500 Internal Server Error", "500 SRV"},
}};

}  // namespace ot
