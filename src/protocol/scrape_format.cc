#include "protocol/scrape_format.h"

namespace ot {

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

}  // namespace ot
