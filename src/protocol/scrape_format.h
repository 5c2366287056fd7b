// One torrent of a scrape as BEP 48 bencodes it; what `/scrape?info_hash=` writes and the full
// scrape repeats.
#pragma once

#include "bittorrent/announce.h"
#include "bittorrent/info_hash.h"
#include "protocol/bencode.h"

namespace ot {

// "20:" and the hash, then "d8:completei4294967295e10:downloadedi4294967295e10:incomplete…ee".
inline constexpr size_t kMaxScrapeEntry = 128;

// Key and value, for the dictionary "files"; hashes must come sorted.
void write_scrape_entry(BencodeWriter& out, const InfoHash& hash, const SwarmCounts& counts);

}  // namespace ot
