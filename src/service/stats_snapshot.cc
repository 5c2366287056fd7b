#include "service/stats_snapshot.h"

#include <array>

namespace ot {
namespace {

constexpr std::array<std::string_view, kHttpErrors> kHttpErrorNames{
    "302 Redirect",
    "400 Parse Error",
    "400 Invalid Parameter",
    "400 Invalid Parameter (compact=0)",
    "400 Not Modest",
    "402 Payment Required",
    "403 Access Denied",
    "404 Not found",
    "500 Internal Server Error"};

}  // namespace

std::string_view http_error_name(size_t row) { return kHttpErrorNames[row]; }

uint64_t StatsSnapshot::actions(Transport transport, Action action) const {
  return sum([=](const Statistics& loop) { return loop.actions(transport, action); });
}

uint64_t StatsSnapshot::actions(Transport transport, Family family, Action action) const {
  return sum([=](const Statistics& loop) { return loop.actions(transport, family, action); });
}

uint64_t StatsSnapshot::successes(Transport transport, Family family) const {
  return actions(transport, family, Action::announce) + actions(transport, family, Action::connect);
}

uint64_t StatsSnapshot::http_errors(HttpError error) const {
  return sum([=](const Statistics& loop) { return loop.http_errors(error); });
}

uint64_t StatsSnapshot::renewed(size_t row) const {
  return sum([=](const Statistics& loop) { return loop.renewed(row); });
}

uint64_t StatsSnapshot::completed() const {
  return sum([](const Statistics& loop) { return loop.completed(); });
}

}  // namespace ot
