// Any text as a query. Its pairs must lie inside it, in order, and decoding must not make text
// longer.
#include <array>
#include <cstdlib>

#include "protocol/url_query.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ot;
  const std::string_view query = as_text({data, size});
  const char* seen = query.data();
  QueryReader reader(query);
  for (QueryParameter parameter; reader.next(parameter);) {
    if (parameter.key.data() < seen || parameter.value.data() < parameter.key.data()) abort();
    seen = parameter.value.data() + parameter.value.size();
    if (seen > query.data() + size) abort();
    std::array<uint8_t, 32> out{};
    const auto decoded = percent_decode(parameter.value, out);
    if (decoded && (*decoded > parameter.value.size() || *decoded * 3 < parameter.value.size()))
      abort();
    if (key_is(parameter.key, "info_hash") && !find_parameter(query, "info_hash")) abort();
  }
  return 0;
}
