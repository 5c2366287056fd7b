#include "config/keys.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace ot {
namespace {

// Longer than any key: a longer text is not a misspelt key.
constexpr size_t kLongestGuess = 64;

std::string_view last_part(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

}  // namespace

const Key* find_key(std::string_view name) {
  const std::span<const Key> keys = all_keys();
  const auto key =
      std::find_if(keys.begin(), keys.end(), [name](const Key& row) { return row.name == name; });
  return key == keys.end() ? nullptr : &*key;
}

// Three rows of the usual matrix are enough, because a swap looks back two rows.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  const size_t longer = std::max(a.size(), b.size());
  if (longer - std::min(a.size(), b.size()) >= limit) return limit;

  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> above(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = to_lower(a[i - 1]) == to_lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && to_lower(a[i - 1]) == to_lower(b[j - 2]) &&
                           to_lower(a[i - 2]) == to_lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    // Later rows cannot be less than the minimum of this row and, because of swaps, of the one
    // above.
    const auto least = [](const std::vector<size_t>& r) {
      return *std::min_element(r.begin(), r.end());
    };
    if (least(row) >= limit && least(above) >= limit) return limit;
  }
  return std::min(row[b.size()], limit);
}

const Key* nearest_key(std::string_view name) {
  if (name.empty() || name.size() > kLongestGuess) return nullptr;
  const Key* nearest = nullptr;
  size_t least = 1 + std::max<size_t>(1, name.size() / 5);
  for (const Key& key : all_keys()) {
    // `interval` and `access.interval` probably mean tracker.interval.
    const bool only_group_differs = last_part(key.name) == last_part(name);
    const size_t distance = only_group_differs ? 1 : edit_distance(name, key.name, least);
    if (distance >= least) continue;
    nearest = &key;
    least = distance;
  }
  return nearest;
}

}  // namespace ot
