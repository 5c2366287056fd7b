// What an access list of a million hashes costs: to read, to hold, and a look-up in cold memory.
//
// Three kinds of cold. "Random": every look-up is of another hash, and the caches are left alone,
// as in the rows of the table. "Evicted": before each batch of look-ups other memory is read until
// nothing of the list is left in a cache; "in turn" each look-up then waits for the one before, so
// that the memory's whole latency shows, and "a bare line" is what one load costs that way. "With
// prefetch", the lines of 32 look-ups are prefetched first, as for a batch of datagrams.
#include <array>
#include <cstdio>
#include <numeric>
#include <vector>

#include "access/access_control.h"
#include "access/list_file.h"
#include "access/networks.h"
#include "bench/micro/measure.h"

namespace ot::bench {
namespace {

constexpr size_t kHashes = 1'000'000;
constexpr size_t kBatch = 2000;
constexpr size_t kBatches = 50;
constexpr size_t kEvictingBytes = size_t{128} << 20U;

InfoHash random_hash(Random& random) {
  InfoHash hash;
  for (uint8_t& byte : hash.bytes) byte = static_cast<uint8_t>(random.next());
  return hash;
}

std::string list_text() {
  Random random(1);
  std::string text;
  std::array<char, 2 * InfoHash::kSize> digits{};
  for (size_t i = 0; i < kHashes; ++i) {
    format_hex(random_hash(random).bytes, digits);
    text.append(digits.data(), digits.size()).push_back('\n');
  }
  return text;
}

class Caches {
 public:
  void empty() {
    for (size_t i = 0; i < words_.size(); i += 8) words_[i] += 1;
    keep(words_.front());
  }

 private:
  std::vector<uint64_t> words_ = std::vector<uint64_t>(kEvictingBytes / sizeof(uint64_t));
};

// Every second hash of a batch is listed; the batches differ.
std::vector<InfoHash> questions(std::span<const InfoHash> listed, size_t batch) {
  Random random(100 + batch);
  std::vector<InfoHash> asked(kBatch);
  for (size_t i = 0; i < kBatch; ++i)
    asked[i] = i % 2 == 0 ? listed[random.below(kHashes)] : random_hash(random);
  return asked;
}

// Nanoseconds a look-up: median and fastest over the batches.
template <typename LookUp>
void measure_evicted(std::string_view name, std::span<const InfoHash> listed, LookUp look_up) {
  Caches caches;
  std::vector<double> times;
  for (size_t batch = 0; batch < kBatches; ++batch) {
    const std::vector<InfoHash> asked = questions(listed, batch);
    caches.empty();
    // The hashes to look up come from a client's packet and are warm.
    for (const InfoHash& hash : asked) keep(hash.bytes[0]);
    const Duration before = own_cpu();
    keep(look_up(asked));
    times.push_back(static_cast<double>((own_cpu() - before).count()) / kBatch);
  }
  std::sort(times.begin(), times.end());
  std::printf("%-44.*s %9.1f ns (fastest %7.1f)\n", static_cast<int>(name.size()), name.data(),
              times[times.size() / 2], times.front());
}

// Waits until all earlier loads have arrived.
void wait_for_loads() {
#if defined(__x86_64__)
  asm volatile("lfence" : : : "memory");
#endif
}

template <typename LookUp>
size_t ask_in_turn(std::span<const InfoHash> asked, LookUp look_up) {
  size_t found = 0;
  for (const InfoHash& hash : asked) {
    found += look_up(hash) ? 1 : 0;
    wait_for_loads();
  }
  return found;
}

// As for a batch of datagrams: each hash is computed once for both passes.
size_t ask_in_batches(std::span<const InfoHash> asked, const AccessList& list,
                      const SecretHash& secret) {
  constexpr size_t kDatagrams = 32;
  std::array<uint64_t, kDatagrams> hashes;
  size_t found = 0;
  for (size_t first = 0; first < asked.size(); first += kDatagrams) {
    const auto batch = asked.subspan(first, std::min(kDatagrams, asked.size() - first));
    for (size_t i = 0; i < batch.size(); ++i) {
      hashes[i] = secret(batch[i].bytes);
      list.prefetch(hashes[i]);
    }
    for (size_t i = 0; i < batch.size(); ++i) found += list.contains(batch[i], hashes[i]) ? 1 : 0;
  }
  return found;
}

void measure_look_ups(std::span<const InfoHash> listed) {
  const SecretHash secret = SecretHash::random();
  const auto list = std::make_shared<const AccessList>(listed, secret);
  std::vector<InfoHash> random_order;
  for (size_t batch = 0; batch < 100; ++batch) {
    const auto asked = questions(listed, batch);
    random_order.insert(random_order.end(), asked.begin(), asked.end());
  }
  measure("list: look-up, random", random_order.size(), [&] {
    for (const InfoHash& hash : random_order) keep(list->contains(hash));
  });
  measure_evicted("list: look-up, evicted", listed, [&](const auto& asked) {
    size_t found = 0;
    for (const InfoHash& hash : asked) found += list->contains(hash) ? 1 : 0;
    return found;
  });
  measure_evicted("list: look-up, evicted, with prefetch", listed,
                  [&](const auto& asked) { return ask_in_batches(asked, *list, secret); });
  measure_evicted("list: look-up, evicted, in turn", listed, [&](const auto& asked) {
    return ask_in_turn(asked, [&](const InfoHash& hash) { return list->contains(hash); });
  });
  // The listed hashes lie in 20 MB; the first bytes of a hash choose a line of them.
  measure_evicted("a bare line, evicted, in turn", listed, [&](const auto& asked) {
    return ask_in_turn(asked, [&](const InfoHash& hash) {
      const auto at = ByteReader(hash.bytes).read<uint32_t>() % listed.size();
      return listed[at].bytes[0] == 0;
    });
  });
  AccessControl control(AccessMode::white, secret);
  static_cast<void>(control.replace(list));
  for (size_t i = 0; i < 1000; ++i) static_cast<void>(control.remove(listed[i]));
  measure("list: look-up, random, under 1000 changes", random_order.size(), [&] {
    for (const InfoHash& hash : random_order) keep(control.permits(hash));
  });
}

void measure_reading(const std::string& text) {
  const Duration before = own_cpu();
  ListText read(text.size() / 41 + 1);
  for (size_t at = 0; at < text.size(); at += 65536)
    read.add(as_bytes(std::string_view(text).substr(at, 65536)));
  read.finish();
  const Duration parsed = own_cpu();
  const AccessList list(read.hashes(), SecretHash::random());
  const auto milliseconds = [](Duration spent) { return static_cast<double>(spent.count()) / 1e6; };
  std::printf("%-44s %9.1f ms, of it %.1f in lines of text\n", "list: 1M hashes read",
              milliseconds(own_cpu() - before), milliseconds(parsed - before));
  std::printf("%-44s %9.2f MB\n", "list: memory it holds", static_cast<double>(list.bytes()) / 1e6);
}

void measure_networks(size_t count) {
  Random random(4);
  std::vector<Network> all;
  for (size_t i = 0; i < count; ++i) {
    std::array<uint8_t, 4> bytes{};
    ByteWriter(bytes).write(static_cast<uint32_t>(random.next()));
    all.push_back(*Network::parse(IpAddress::v4(bytes).to_string() + "/24"));
  }
  const Networks networks(all);
  std::vector<IpAddress> addresses;
  for (size_t i = 0; i < 1000; ++i) {
    std::array<uint8_t, 4> bytes{};
    ByteWriter(bytes).write(static_cast<uint32_t>(random.next()));
    addresses.push_back(IpAddress::v4(bytes));
  }
  measure("networks: address looked up among " + std::to_string(count), addresses.size(), [&] {
    for (const IpAddress& address : addresses) keep(networks.contains(address));
  });
}

}  // namespace

void measure_access() {
  const std::string text = list_text();
  measure_reading(text);
  ListText read(kHashes);
  read.add(as_bytes(text));
  read.finish();
  measure_look_ups(read.hashes());
  for (const size_t count : {0U, 4U, 1000U, 100'000U}) measure_networks(count);
}

}  // namespace ot::bench
