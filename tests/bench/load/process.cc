#include "bench/load/process.h"

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

namespace ot::bench {

ProcessUsage usage_of(pid_t pid) {
  ProcessUsage usage;
  if (pid == 0) return usage;
  const std::string folder = "/proc/" + std::to_string(pid);
  std::error_code gone;
  for (const auto& thread : std::filesystem::directory_iterator(folder + "/task", gone)) {
    int64_t ran = 0;
    std::ifstream(thread.path() / "schedstat") >> ran;
    usage.cpu += Duration(ran);
  }
  uint64_t total = 0;
  uint64_t resident = 0;
  std::ifstream(folder + "/statm") >> total >> resident;
  usage.rss_bytes = resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return usage;
}

Duration own_cpu() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace ot::bench
