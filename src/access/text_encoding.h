// Recognises a text in an encoding that a list cannot be read in, by its first four bytes.
//
// Lists are ASCII or UTF-8. An editor or a shell of Windows writes UTF-16, in which every other
// byte of a hash is zero, with or without a byte order mark. Pure.
#pragma once

#include <string_view>

namespace ot {

inline constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";
inline constexpr size_t kEncodingBytes = 4;

// The name that iconv(1) knows the encoding by: "UTF-16LE", "UTF-16BE", "UTF-32LE" or "UTF-32BE";
// empty if `beginning`, the first kEncodingBytes of the text or all of a shorter one, is none of
// these.
[[nodiscard]] std::string_view wide_encoding(std::string_view beginning);

}  // namespace ot
