// For tests that would ruin their process: they give up root, change its root, or end it.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

namespace ot {

// Runs `report` in a forked child and returns its result. Nothing it does to its process reaches
// the caller.
inline std::string report_of_child(const std::function<std::string()>& report) {
  int pipe_ends[2];
  if (::pipe(pipe_ends) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child < 0) return "no child";
  if (child == 0) {
    const int out = ::fcntl(pipe_ends[1], F_DUPFD, 200);  // low numbers are for the child to use
    const std::string text = report();
    const ssize_t written = ::write(out, text.data(), text.size());
    ::_exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  ::close(pipe_ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t size = 0; (size = ::read(pipe_ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<size_t>(size));
  ::close(pipe_ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0 ? text : "the child died: " + text;
}

}  // namespace ot
