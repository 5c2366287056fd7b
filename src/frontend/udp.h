// Answers BEP 15 datagrams, a batch at a time.
//
// A batch is served in passes, so that each finds in the cache what an earlier one prefetched: the
// first parses, checks the connection id and prefetches the torrent; the second prefetches its
// peers; the third looks up, changes and writes. The peers of a reply are copied into it one
// announce later. A source that has not proved its address (a wrong connection id) gets no more
// bytes than it sent, and few replies. Thread: the loop's.
#pragma once

#include <array>
#include <chrono>

#include "base/rate_limit.h"
#include "frontend/client_address.h"
#include "net/udp_server.h"
#include "protocol/connection_id.h"
#include "protocol/udp_packet.h"
#include "tracker/statistics.h"
#include "tracker/tracker.h"

namespace ot {

struct UdpLimits {
  // If not 0, an announce that the access list refuses gets a good reply without peers, with this
  // interval, instead of an error packet: many clients ignore the error and come back soon.
  std::chrono::seconds udp_reject_interval{0};
  // Bytes of a reply, few enough that it is never fragmented; 64 to UdpServer::kMaxDatagram.
  size_t udp_payload_v4 = 1352;
  size_t udp_payload_v6 = 1232;
  // Error packets a second for wrong connection ids, all sources together.
  uint32_t mismatches_per_second = 1000;
};

class UdpFrontend final : public DatagramHandler {
 public:
  // Everything passed by reference outlives this.
  UdpFrontend(const EventLoop& loop, Tracker& tracker, const ConnectionIds& ids,
              Statistics& statistics, const AddressRules& addresses, const UdpLimits& limits = {});

  void on_batch(std::span<const Datagram> in, std::span<UdpReply> out) override;

 private:
  struct Pending {
    UdpRequest request;
    Tracker::Target target{};
    bool good = false;
  };

  // Drops a datagram from a network of access.deny; parses any other and prefetches what its answer
  // will need. False if the reply is complete already, even if it is empty.
  [[nodiscard]] bool admit(const Datagram& datagram, Pending& pending, UdpReply& reply);
  [[nodiscard]] bool is_proven(uint64_t connection_id, TransactionId transaction,
                               const Datagram& datagram, UdpReply& reply);
  void refuse(const Datagram& datagram, const UdpError& error, UdpReply& reply);
  void serve(const UdpConnect& connect, const Pending& pending, const Datagram& datagram,
             UdpReply& reply);
  void serve(const UdpAnnounce& announce, const Pending& pending, const Datagram& datagram,
             UdpReply& reply);
  // The announce with the address it names itself, if it may name one. Nothing if it is refused:
  // the reason is in the reply if no peer can have that address; if that is denied, there is no
  // reply.
  [[nodiscard]] std::optional<AnnounceRequest> relocate(const UdpAnnounce& announce,
                                                        const Datagram& datagram, UdpReply& reply);
  void answer(TransactionId transaction, const AnnounceRequest& request, const Pending& pending,
              const Datagram& datagram, UdpReply& reply);
  void serve(const UdpScrape& scrape, const Pending& pending, const Datagram& datagram,
             UdpReply& reply);
  // For an announce that the access list refuses.
  void reject(TransactionId transaction, const Datagram& datagram, UdpReply& reply);
  void write_failure(TransactionId transaction, std::string_view text, const Datagram& datagram,
                     UdpReply& reply);
  [[nodiscard]] size_t max_reply(const Datagram& datagram) const {
    return datagram.source.address.is_v4() ? limits_.udp_payload_v4 : limits_.udp_payload_v6;
  }
  void record(const Datagram& datagram, Action action) {
    statistics_.record(Transport::udp, datagram.source.address.family(), action);
  }

  const EventLoop& loop_;
  Tracker& tracker_;
  const ConnectionIds& ids_;
  Statistics& statistics_;
  const AddressRules& addresses_;
  const UdpLimits limits_;
  RateLimit mismatches_;
  std::array<Pending, UdpServer::kBatch> pending_;
};

}  // namespace ot
