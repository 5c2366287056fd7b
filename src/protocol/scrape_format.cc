#include "protocol/scrape_format.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "protocol/state_dump.h"

namespace ot {
namespace {

void write_hex(ByteWriter& out, const InfoHash& hash) {
  std::array<char, 2 * InfoHash::kSize> text{};
  format_hex(hash.bytes, text);
  out.text({text.data(), text.size()});
}

// The bytes that the reference does not encode.
constexpr bool is_plain_in_url(uint8_t byte) {
  const char c = static_cast<char>(byte);
  const bool is_letter = to_lower(c) >= 'a' && to_lower(c) <= 'z';
  return is_letter || is_digit(c) || std::string_view("$-./=_~").find(c) != std::string_view::npos;
}

void write_url_encoded(ByteWriter& out, const InfoHash& hash) {
  std::array<char, 3 * InfoHash::kSize> text{};
  size_t size = 0;
  for (const uint8_t byte : hash.bytes) {
    if (is_plain_in_url(byte)) {
      text[size++] = static_cast<char>(byte);
      continue;
    }
    text[size++] = '%';
    text[size++] = kLowerHex[byte >> 4U];
    text[size++] = kLowerHex[byte & 15U];
  }
  out.text({text.data(), size});
}

void write_number(ByteWriter& out, uint64_t number) {
  out.text(":");
  out.decimal(number);
}

void write_ben(ByteWriter& out, const DumpedTorrent& torrent) {
  out.text("20:");
  out.write(ByteView(torrent.info_hash.bytes));
  out.text("d8:completei");
  out.decimal(torrent.counts.seeders);
  out.text("e10:downloadedi");
  out.decimal(torrent.counts.downloaded);
  out.text("e10:incompletei");
  out.decimal(torrent.counts.leechers);
  out.text("ee");
}

void write_bin(ByteWriter& out, const DumpedTorrent& torrent) {
  out.write(ByteView(torrent.info_hash.bytes));
  out.write<uint32_t>(torrent.counts.seeders);
  out.write<uint32_t>(torrent.counts.leechers);
}

void write_seeders_and_leechers(ByteWriter& out, const SwarmCounts& counts) {
  write_number(out, counts.seeders);
  write_number(out, counts.leechers);
}

void write_txt(ByteWriter& out, const DumpedTorrent& torrent) {
  write_hex(out, torrent.info_hash);
  write_seeders_and_leechers(out, torrent.counts);
  out.text("\n");
}

void write_txtp(ByteWriter& out, const DumpedTorrent& torrent) {
  write_hex(out, torrent.info_hash);
  write_seeders_and_leechers(out, torrent.counts);
  write_number(out, torrent.counts.downloaded);
  out.text("\n");
}

void write_url(ByteWriter& out, const DumpedTorrent& torrent) {
  write_url_encoded(out, torrent.info_hash);
  write_seeders_and_leechers(out, torrent.counts);
  out.text("\n");
}

void write_statedump(ByteWriter& out, const DumpedTorrent& torrent) {
  write_state_line(out, {torrent.info_hash, torrent.minute, torrent.counts.downloaded});
}

// In the order of DumpFormat.
constexpr std::array<DumpForm, 6> kForms{{
    {"ben", "d5:filesd", "ee", write_ben},
    {"bin", "", "", write_bin},
    {"txt", "", "", write_txt},
    {"txtp", "", "", write_txtp},
    {"url", "", "", write_url},
    {"", "", "", write_statedump},
}};

}  // namespace

void write_scrape_entry(BencodeWriter& out, const InfoHash& hash, const SwarmCounts& counts) {
  out.key(ByteView(hash.bytes));
  out.begin_dict();
  out.key("complete");
  out.integer(counts.seeders);
  out.key("downloaded");
  out.integer(counts.downloaded);
  out.key("incomplete");
  out.integer(counts.leechers);
  out.end();
}

const DumpForm& dump_form(DumpFormat format) { return kForms[static_cast<size_t>(format)]; }

std::optional<DumpFormat> find_scrape_form(std::string_view name) {
  const auto* found = std::find_if(kForms.begin(), kForms.end(), [name](const DumpForm& form) {
    return !name.empty() && form.name == name;
  });
  if (found == kForms.end()) return std::nullopt;
  return static_cast<DumpFormat>(found - kForms.begin());
}

}  // namespace ot
