// The program: says its version. The tracker itself stands in app/ and is built from there.
#include <cstdio>
#include <string_view>

namespace {

constexpr const char* kVersionLine = "opentracker " OT_VERSION " (" OT_COMMIT ")";

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "-v") return std::puts(kVersionLine) < 0 ? 1 : 0;
  std::fputs("usage: opentracker -v\n", stderr);
  return 1;
}
