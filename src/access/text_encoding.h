// Recognises a text in an encoding that a list cannot be read in, by its first four bytes.
//
// Lists, of hashes or of networks, are ASCII or UTF-8. An editor or a shell of Windows writes
// UTF-16, in which every other byte of a hash is zero, with or without a byte order mark.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace ot {

inline constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";
inline constexpr size_t kEncodingBytes = 4;

// The name that iconv(1) knows the encoding by: "UTF-16LE", "UTF-16BE", "UTF-32LE" or "UTF-32BE";
// empty if `beginning`, the first kEncodingBytes of the text or all of a shorter one, is none of
// these.
[[nodiscard]] std::string_view wide_encoding(std::string_view beginning);

// Completes "PATH: ": "is encoded in UTF-16LE; convert it to UTF-8: iconv ...".
[[nodiscard]] std::string refuse_encoding(std::string_view encoding, const std::string& path);

// Keeps the beginning of a text that arrives in chunks. Not thread-safe.
class TextBeginning {
 public:
  void add(std::string_view chunk);
  [[nodiscard]] std::string_view wide_encoding() const {
    return ot::wide_encoding({kept_.data(), size_});
  }

 private:
  std::array<char, kEncodingBytes> kept_{};
  size_t size_ = 0;
};

}  // namespace ot
