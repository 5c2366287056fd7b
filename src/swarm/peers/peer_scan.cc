#include "swarm/peers/peer_scan.h"

#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace ot {
namespace {

// Where the six endpoint bytes of a record stand when it is loaded as a word.
constexpr uint64_t kEndpointMask =
    std::endian::native == std::endian::little ? 0x0000ffffffffffffULL : 0xffffffffffff0000ULL;

uint64_t load_word(const Peer4& peer) { return std::bit_cast<uint64_t>(peer); }

size_t find_portable(const Peer4* peers, size_t count, const Peer4& key) {
  const uint64_t wanted = load_word(key) & kEndpointMask;
  for (size_t i = 0; i < count; ++i) {
    if ((load_word(peers[i]) & kEndpointMask) == wanted) return i;
  }
  return kPeerNotFound;
}

#if defined(__x86_64__)

// 16 records (two cache lines) a step. movemask gives one bit for each byte compared, so a record
// is 8 bits of the mask.
__attribute__((target("avx2"))) size_t find_avx2(const Peer4* peers, size_t count,
                                                 const Peer4& key) {
  const __m256i mask = _mm256_set1_epi64x(static_cast<long long>(kEndpointMask));
  const __m256i wanted =
      _mm256_and_si256(_mm256_set1_epi64x(static_cast<long long>(load_word(key))), mask);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const auto* lanes = reinterpret_cast<const __m256i*>(peers + i);
    __m256i equal[4];
    for (size_t lane = 0; lane < 4; ++lane) {
      equal[lane] =
          _mm256_cmpeq_epi64(_mm256_and_si256(_mm256_loadu_si256(lanes + lane), mask), wanted);
    }
    const __m256i any =
        _mm256_or_si256(_mm256_or_si256(equal[0], equal[1]), _mm256_or_si256(equal[2], equal[3]));
    if (_mm256_testz_si256(any, any) != 0) continue;
    for (size_t lane = 0; lane < 4; ++lane) {
      const auto hits = static_cast<unsigned>(_mm256_movemask_epi8(equal[lane]));
      if (hits != 0) return i + lane * 4 + static_cast<size_t>(std::countr_zero(hits)) / 8;
    }
  }
  const size_t rest = find_portable(peers + i, count - i, key);
  return rest == kPeerNotFound ? rest : i + rest;
}

#elif defined(__aarch64__)

// 16 records (two cache lines) a step, two in each register. Which of them it is, is asked once a
// step has found something.
size_t find_neon(const Peer4* peers, size_t count, const Peer4& key) {
  const uint64x2_t mask = vdupq_n_u64(kEndpointMask);
  const uint64x2_t wanted = vdupq_n_u64(load_word(key) & kEndpointMask);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const auto* words = reinterpret_cast<const uint8_t*>(peers + i);
    uint64x2_t any = vdupq_n_u64(0);
    for (size_t lane = 0; lane < 8; ++lane) {
      const uint64x2_t pair = vreinterpretq_u64_u8(vld1q_u8(words + lane * 16));
      any = vorrq_u64(any, vceqq_u64(vandq_u64(pair, mask), wanted));
    }
    if (vmaxvq_u32(vreinterpretq_u32_u64(any)) != 0) return i + find_portable(peers + i, 16, key);
  }
  const size_t rest = find_portable(peers + i, count - i, key);
  return rest == kPeerNotFound ? rest : i + rest;
}

#endif

}  // namespace

PeerScan best_peer_scan() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0 ? PeerScan::avx2 : PeerScan::portable;
#elif defined(__aarch64__)
  return PeerScan::neon;
#else
  return PeerScan::portable;
#endif
}

size_t find_peer([[maybe_unused]] PeerScan scan, const Peer4* peers, size_t count,
                 const Peer4& key) {
#if defined(__x86_64__)
  if (scan == PeerScan::avx2) return find_avx2(peers, count, key);
#elif defined(__aarch64__)
  if (scan == PeerScan::neon) return find_neon(peers, count, key);
#endif
  return find_portable(peers, count, key);
}

size_t find_peer(PeerScan /*scan*/, const Peer6* peers, size_t count, const Peer6& key) {
  for (size_t i = 0; i < count; ++i) {
    if (std::memcmp(peers[i].endpoint.data(), key.endpoint.data(), Peer6::kCompact) == 0) return i;
  }
  return kPeerNotFound;
}

}  // namespace ot
