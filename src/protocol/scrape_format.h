// How lists of torrents are written: one torrent of a scrape as BEP 48 bencodes it, and the forms
// of the full scrape and the state dump, of which each is a row of one table.
//
// A whole document is the head of its form, a row a torrent, and the tail. The forms are the
// reference's to the byte; torrents come sorted by info_hash, as bencoding requires. Pure, without
// allocation.
#pragma once

#include <optional>
#include <string_view>

#include "bittorrent/announce.h"
#include "bittorrent/info_hash.h"
#include "protocol/bencode.h"

namespace ot {

// "20:" and the hash, then "d8:completei4294967295e10:downloadedi4294967295e10:incomplete…ee".
inline constexpr size_t kMaxScrapeEntry = 128;

// Key and value, for the dictionary "files"; hashes must come sorted.
void write_scrape_entry(BencodeWriter& out, const InfoHash& hash, const SwarmCounts& counts);

// A torrent as dumps tell of it.
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

// No row of any form is longer.
inline constexpr size_t kMaxDumpRow = 128;

struct DumpForm {
  std::string_view name;  // as mode=tpbs takes it for format=
  std::string_view head;
  std::string_view tail;
  void (*write_row)(ByteWriter& out, const DumpedTorrent& torrent);
};

[[nodiscard]] const DumpForm& dump_form(DumpFormat format);

// The form of a full scrape that has that name; nothing if there is none.
[[nodiscard]] std::optional<DumpFormat> find_scrape_form(std::string_view name);

}  // namespace ot
