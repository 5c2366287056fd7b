// Reads a file of networks, one a line, on the worker's thread.
//
// A file is refused, with its path and the reason, if it is missing or unreadable, not a regular
// file, larger than kMaxNetworkFile, or has lines but not a single valid one. An empty file (zero
// bytes, or a byte order mark alone) is valid only where the caller says so; a file that holds only
// comments is valid and empty. A UTF-8 byte order mark is skipped. A file that is overwritten in
// place may be read half written: `is_settled` says whether that can be ruled out.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "access/line_splitter.h"
#include "access/network_line.h"
#include "access/text_encoding.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/function_ref.h"

namespace ot {

inline constexpr uint64_t kMaxNetworkFile = uint64_t{64} << 20U;
// Completes "PATH: " for a file of zero bytes where it is accepted.
inline constexpr std::string_view kNamesNoNetworks = "is empty, so it names no networks";
// A file younger than this may still be in the hands of its writer.
inline constexpr std::chrono::seconds kNetworkFileSettles{2};

struct NetworkFileTotals {
  // At most this many lines of a kind are reported one by one.
  static constexpr size_t kReported = 5;

  struct Faulty {
    uint64_t number;  // from 1
    NetworkLineFault fault;
  };
  struct Widened {
    uint64_t number;
    Network network;
  };

  uint64_t lines = 0;
  uint64_t faulty = 0;
  uint64_t widened = 0;  // lines with bits set after the prefix; they count as the whole network
  std::vector<Faulty> first_faulty;
  std::vector<Widened> first_widened;
};

// The text of the file, given in chunks: its networks, and what is wrong with its other lines. Not
// thread-safe.
class NetworkText {
 public:
  void add(ByteView chunk);
  // Ends the text, and with it the last line, which may lack its line feed.
  void finish();

  [[nodiscard]] std::vector<Network> take_networks() { return std::move(networks_); }
  [[nodiscard]] std::span<const Network> networks() const { return networks_; }
  [[nodiscard]] const NetworkFileTotals& totals() const { return totals_; }
  // The encoding of the text if it is one that such files cannot have. Otherwise empty.
  [[nodiscard]] std::string_view wide_encoding() const { return beginning_.wide_encoding(); }

 private:
  void take(TextLine line);

  LineSplitter splitter_;
  TextBeginning beginning_;
  std::vector<Network> networks_;
  NetworkFileTotals totals_;
};

struct NetworkFileReading {
  std::vector<Network> networks;
  NetworkFileTotals totals;
  // Why it cannot be used: "deny.txt: is a directory; it must be a regular file of networks". Empty
  // if it can.
  std::string reason;
  // Nobody wrote to it while it was read, nor shortly before.
  bool is_settled = true;
};

// What is valid and probably not meant, each completing "PATH: ". `everybody` says what a network
// of all addresses means.
[[nodiscard]] std::vector<std::string> doubts_about(const NetworkFileReading& reading,
                                                    std::string_view everybody);

enum class EmptyFile : uint8_t { accepted, refused };

// `now` is the time of the call. Once is_cancelled() returns true it stops soon, with a reason.
[[nodiscard]] NetworkFileReading read_network_file(const std::string& path, EmptyFile empty,
                                                   WallTime now, FunctionRef<bool()> is_cancelled);

}  // namespace ot
