// Answers BEP 15 datagrams, a batch at a time.
//
// A batch is served in passes: parse, check the connection id and ask for the torrent's cache line;
// ask for the lines of its peers; then look up, change and write, all but the peers told of, which
// are copied one announce behind. Each step finds what an earlier one asked for on its way from
// memory. Who has not proved his address (a wrong connection
// id) gets no more bytes than he sent, and few of those. Thread: that of the loop.
#pragma once

#include <array>

#include "base/rate_limit.h"
#include "frontend/client_address.h"
#include "net/udp_server.h"
#include "protocol/connection_id.h"
#include "protocol/udp_packet.h"
#include "tracker/statistics.h"
#include "tracker/tracker.h"

namespace ot {

struct UdpLimits {
  // Bytes of a reply, so that it is never fragmented on its way; 64 to UdpServer::kMaxDatagram.
  size_t max_reply_v4 = 1352;
  size_t max_reply_v6 = 1232;
  // Error packets a second, in all, for wrong connection ids.
  uint32_t mismatches_per_second = 1000;
};

class UdpFrontend final : public DatagramHandler {
 public:
  UdpFrontend(const EventLoop& loop, Tracker& tracker, const ConnectionIds& ids,
              Statistics& statistics, const UdpLimits& limits = {},
              const AddressRules& addresses = {});

  void on_batch(std::span<const Datagram> in, std::span<UdpReply> out) override;

 private:
  struct Pending {
    UdpRequest request;
    Tracker::Target target{};
    bool good = false;
  };

  // Parses the datagram and asks for what its answer will need; false if it gets no other answer
  // than the reply has now.
  [[nodiscard]] bool admit(const Datagram& datagram, Pending& pending, UdpReply& reply);
  [[nodiscard]] bool is_proven(uint64_t connection_id, TransactionId transaction,
                               const Datagram& datagram, UdpReply& reply);
  void refuse(const Datagram& datagram, const UdpError& error, UdpReply& reply);
  void serve(const UdpConnect& connect, const Pending& pending, const Datagram& datagram,
             UdpReply& reply);
  void serve(const UdpAnnounce& announce, const Pending& pending, const Datagram& datagram,
             UdpReply& reply);
  // The announce with the address it names itself, if it may; nothing if nobody could connect
  // there, which has then been answered.
  [[nodiscard]] std::optional<AnnounceRequest> relocate(const UdpAnnounce& announce,
                                                        const Datagram& datagram, UdpReply& reply);
  void answer(TransactionId transaction, const AnnounceRequest& request, const Pending& pending,
              const Datagram& datagram, UdpReply& reply);
  void serve(const UdpScrape& scrape, const Pending& pending, const Datagram& datagram,
             UdpReply& reply);
  void write_failure(TransactionId transaction, std::string_view text, const Datagram& datagram,
                     UdpReply& reply);
  [[nodiscard]] size_t max_reply(const Datagram& datagram) const {
    return datagram.source.address.is_v4() ? limits_.max_reply_v4 : limits_.max_reply_v6;
  }
  void record(const Datagram& datagram, Action action) {
    statistics_.record(Transport::udp, datagram.source.address.family(), action);
  }

  const EventLoop& loop_;
  Tracker& tracker_;
  const ConnectionIds& ids_;
  Statistics& statistics_;
  const UdpLimits limits_;
  const AddressRules addresses_;
  RateLimit mismatches_;
  std::array<Pending, UdpServer::kBatch> pending_;
};

}  // namespace ot
