// A tracker without sockets, full of a crowd's peers, and that crowd's requests ready to be served:
// they measure the tracker's own work from request to reply and nothing else. Everything is drawn
// from one seed and repeats exactly.
#pragma once

#include <vector>

#include "bench/load/http_messages.h"
#include "bench/load/udp_messages.h"
#include "unit/frontend/offline_tracker.h"

namespace ot::bench {

class OfflineCrowd {
 public:
  // Every peer has announced once; `requests` renewals of random peers are ready.
  OfflineCrowd(const PopulationOptions& options, uint32_t requests)
      : population_(options), ids_(connect_all()) {
    for (uint32_t peer = 0; peer < population_.size(); peer += UdpServer::kBatch) {
      udp_.clear();
      const auto end = std::min<uint32_t>(peer + UdpServer::kBatch, population_.size());
      for (uint32_t next = peer; next < end; ++next) add_udp(next);
      serve_udp(udp_.size());
    }
    udp_.clear();
    settle();
    Random random(options.seed);
    for (uint32_t i = 0; i < requests; ++i) {
      const uint32_t peer = random.below(population_.size());
      add_udp(peer);
      add_http(peer);
    }
  }

  // Serves the first `count` UDP requests in full batches; returns how many bytes came back.
  size_t serve_udp(size_t count) {
    std::array<Datagram, UdpServer::kBatch> in;
    std::array<UdpReply, UdpServer::kBatch> out;
    size_t bytes = 0;
    for (size_t first = 0; first < count; first += in.size()) {
      const size_t size = std::min(in.size(), count - first);
      for (size_t i = 0; i < size; ++i) {
        in[i] = {udp_[first + i].source, udp_[first + i].bytes};
        out[i] = {replies_[i], 0};
      }
      tracker_.udp_frontend.on_batch(std::span(in).first(size), std::span(out).first(size));
      for (size_t i = 0; i < size; ++i) bytes += out[i].size;
    }
    return bytes;
  }

  // The same over HTTP, one request at a time, the replies of 16 leaving together.
  size_t serve_http(size_t count) {
    constexpr size_t kTogether = 16;
    CountingSink sink;
    OutputBuffer out(output_, sink);
    for (size_t i = 0; i < count; ++i) {
      tracker_.http_frontend.on_bytes({udp_[i].source}, http_[i], 0, out);
      if (i % kTogether == kTogether - 1) out.flush(false);
    }
    out.flush(true);
    return sink.bytes;
  }

  [[nodiscard]] OfflineTracker& tracker() { return tracker_; }
  [[nodiscard]] const Population& population() const { return population_; }

 private:
  struct Request {
    Endpoint source;
    std::array<uint8_t, kUdpAnnounceSize> bytes;
  };
  struct CountingSink final : OutputSink {
    void write(ByteView written, bool) override { bytes += written.size(); }
    size_t bytes = 0;
  };

  static constexpr uint32_t kNumwant = 30;

  // What the daemon does within seconds of growing.
  void settle() {
    while (tracker_.table.wants_slab()) {
      tracker_.table.add_slab(Slab::map(SlabKind::settled));
      while (tracker_.table.settle_slots(1024)) continue;
    }
  }

  [[nodiscard]] Endpoint source_of(uint32_t source) const {
    std::array<uint8_t, 4> bytes{};
    ByteWriter(bytes).write(Population::source_address(source));
    return {IpAddress::v4(bytes), 6881};
  }

  [[nodiscard]] std::vector<uint64_t> connect_all() {
    std::vector<uint64_t> ids;
    for (uint32_t source = 0; source < population_.sources(); ++source)
      ids.push_back(tracker_.udp_connection_id(source_of(source)));
    return ids;
  }

  void add_udp(uint32_t peer) {
    Request request{source_of(population_.source_of(peer)), {}};
    ByteWriter writer(request.bytes);
    write_announce(writer, population_,
                   {ids_[population_.source_of(peer)], peer, peer, kNumwant, Event::none});
    udp_.push_back(request);
  }

  void add_http(uint32_t peer) {
    Bytes request(kHttpRequestSize);
    ByteWriter writer(request);
    write_http_announce(writer, population_, peer, kNumwant, false);
    request.resize(writer.size());
    http_.push_back(std::move(request));
  }

  const Population population_;
  OfflineTracker tracker_;
  const std::vector<uint64_t> ids_;
  std::vector<Request> udp_;
  std::vector<Bytes> http_;
  std::array<std::array<uint8_t, UdpServer::kMaxDatagram>, UdpServer::kBatch> replies_{};
  Bytes output_ = Bytes(64 << 10);
};

}  // namespace ot::bench
