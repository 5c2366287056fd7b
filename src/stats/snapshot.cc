#include "stats/snapshot.h"

namespace ot {

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
