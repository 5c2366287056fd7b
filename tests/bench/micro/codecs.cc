// Nanoseconds per operation of the codecs, and of the hashes that protect the table from chosen
// keys.
#include <vector>

#include "base/secret_hash.h"
#include "bench/load/http_messages.h"
#include "bench/load/udp_messages.h"
#include "bench/micro/measure.h"
#include "protocol/connection_id.h"
#include "protocol/http_message.h"
#include "protocol/http_tracker.h"
#include "protocol/tracker_reply.h"
#include "protocol/udp_packet.h"

namespace ot::bench {
namespace {

constexpr size_t kOperations = 100000;

PopulationOptions small_crowd() {
  PopulationOptions options;
  options.torrents = 256;
  options.peers = 256;
  return options;
}

// Repeats one operation on a few different inputs, so that branch prediction cannot learn them all.
template <typename Inputs, typename Operation>
void measure_each(std::string_view name, const Inputs& inputs, Operation operation) {
  measure(name, kOperations, [&] {
    for (size_t i = 0; i < kOperations; ++i) operation(inputs[i % inputs.size()]);
  });
}

using Message = std::vector<uint8_t>;

std::vector<Message> udp_announces(const Population& population) {
  std::vector<Message> messages;
  for (uint32_t peer = 0; peer < population.size(); ++peer) {
    messages.emplace_back(kUdpAnnounceSize);
    ByteWriter writer(messages.back());
    write_announce(writer, population, {peer * 77777777ULL, peer, peer, 30, Event::none});
  }
  return messages;
}

std::vector<Message> http_announces(const Population& population) {
  std::vector<Message> messages;
  for (uint32_t peer = 0; peer < population.size(); ++peer) {
    messages.emplace_back(kHttpRequestSize);
    ByteWriter writer(messages.back());
    write_http_announce(writer, population, peer, 30, false);
    messages.back().resize(writer.size());
  }
  return messages;
}

void measure_http(const Population& population) {
  const std::vector<Message> messages = http_announces(population);
  const IpAddress client = *IpAddress::parse("192.0.2.1");
  std::vector<std::string_view> queries;
  for (const Message& message : messages)
    queries.push_back(route(parse_head(message).head.target, {"stats"}).query);
  measure_each("http head of an announce", messages,
               [](const Message& message) { keep(parse_head(message)); });
  measure_each("http announce parameters", queries,
               [&](std::string_view query) { keep(parse_announce(query, client)); });
  std::vector<uint8_t> buffer(AnnounceReplyFrame::size_for(30));
  AnnounceReply reply;
  reply.swarm = {17, 30, 4};
  reply.interval = reply.min_interval = std::chrono::seconds(1800);
  reply.v4_bytes = 180;
  measure_each("http announce reply around 30 peers", queries, [&](std::string_view) {
    AnnounceReplyFrame frame(buffer, PeerForm::compact, 30);
    keep(frame.finish(reply, client, Persistence::keep));
  });
}

void measure_keys(const Population& population) {
  const ConnectionIds ids(ConnectionIds::Key{1});
  const SecretHash hash(SecretHash::Key{2});
  std::vector<IpAddress> addresses;
  std::vector<InfoHash> hashes;
  for (uint32_t i = 0; i < population.size(); ++i) {
    const std::array<uint8_t, 4> bytes{10, 0, 0, static_cast<uint8_t>(i)};
    addresses.push_back(IpAddress::v4(bytes));
    hashes.push_back(population.info_hash(i));
  }
  const MonotonicTime now{std::chrono::hours(5)};
  measure_each("connection id issued", addresses,
               [&](const IpAddress& address) { keep(ids.issue(address, now)); });
  measure_each("connection id checked", addresses,
               [&](const IpAddress& address) { keep(ids.accepts(1234567, address, now)); });
  measure_each("keyed hash of an info_hash", hashes,
               [&](const InfoHash& key) { keep(hash(key.bytes)); });
}

}  // namespace

void measure_codecs() {
  const Population population(small_crowd());
  const IpAddress source = *IpAddress::parse("192.0.2.1");
  const std::vector<Message> messages = udp_announces(population);
  measure_each("udp announce parsed", messages, [&](const Message& message) {
    UdpRequest request;
    keep(parse_udp_request(message, source, request).has_value());
    keep(request.index());
  });
  measure_keys(population);
  measure_http(population);
}

}  // namespace ot::bench
