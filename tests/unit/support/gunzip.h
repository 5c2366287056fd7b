// Decompresses gzip with zlib, for tests.
#pragma once

#include <zlib.h>

#include <optional>
#include <string>

#include "base/bytes.h"

namespace ot {

// The text of a gzip file; nothing if the file is invalid, incomplete or followed by more bytes.
inline std::optional<std::string> gunzip(std::string_view file) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return std::nullopt;
  std::string in(file);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  std::string text;
  std::string room(1 << 16, '\0');
  int code = Z_OK;
  while (code == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    code = inflate(&stream, Z_NO_FLUSH);
    text.append(room, 0, room.size() - stream.avail_out);
  }
  const bool is_whole = code == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  return is_whole ? std::optional(text) : std::nullopt;
}

}  // namespace ot
