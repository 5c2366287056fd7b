// Writes lists of torrents: the entries of a scrape (BEP 48), and the formats of full scrape and
// state dump, which are the rows of a table.
//
// A dump is the head of its form, a row for each torrent, and the tail. The bytes are the
// reference's. Torrents must come sorted by info_hash, as bencode requires. Pure; no allocation.
#pragma once

#include <optional>
#include <string_view>

#include "bittorrent/announce.h"
#include "bittorrent/info_hash.h"
#include "protocol/bencode.h"

namespace ot {

// "20:" and the hash, then "d8:completei4294967295e10:downloadedi4294967295e10:incomplete…ee".
inline constexpr size_t kMaxScrapeEntry = 128;

// Key and value for the dictionary "files"; hashes must come sorted, which the BencodeWriter
// asserts.
void write_scrape_entry(BencodeWriter& out, const InfoHash& hash, const SwarmCounts& counts);

// What dumps say about a torrent.
struct DumpedTorrent {
  InfoHash info_hash;
  SwarmCounts counts;
  uint32_t minute = 0;  // of the last announce: unix time / 60
};

enum class DumpFormat : uint8_t {
  ben,       // the full scrape: d5:filesd20:…
  bin,       // hash, seeders and leechers as 4 bytes each, big-endian
  txt,       // HEX:seeders:leechers
  txtp,      // HEX:seeders:leechers:downloaded
  url,       // the hash as in a URL:seeders:leechers
  statedump  // HEX:minute:downloaded
};

// The longest row of any form.
inline constexpr size_t kMaxDumpRow = 128;

struct DumpForm {
  std::string_view name;  // the value of format= with mode=tpbs; empty for the state dump
  std::string_view head;
  std::string_view tail;
  void (*write_row)(ByteWriter& out, const DumpedTorrent& torrent);
};

[[nodiscard]] const DumpForm& dump_form(DumpFormat format);

// The form of the full scrape with this name; nothing if there is no such form.
[[nodiscard]] std::optional<DumpFormat> find_scrape_form(std::string_view name);

}  // namespace ot
