#!/bin/sh
# Says what this system lacks to build opentracker, and fails; says nothing if nothing is missing.
#
#     check_system.sh COMPILER [FLAG...]     with the flags that name the folders of headers
set -eu

facts=$(
  "$@" -E -P -x c++ - 2>/dev/null <<'C++' || true
#if defined __clang__ ? __clang_major__ >= 14 : __GNUC__ >= 12
compiler
#endif
#if __has_include(<ip4.h>)
libowfat
#endif
#if __has_include(<sodium.h>)
libsodium
#endif
#if __has_include(<zlib.h>)
zlib
#endif
C++
)
has() { echo "$facts" | grep -qx "$1"; }

if ! has compiler; then
  echo "opentracker needs g++ 12 or newer (or clang++ 14 or newer, as CXX=clang++);" \
    "\"$*\" is not: $("$1" --version 2>&1 | head -n 1)" >&2
  exit 1
fi
missing=""
for library in libowfat libsodium zlib; do
  has "$library" || missing="$missing $library"
done
[ -n "$missing" ] || exit 0
echo "opentracker needs libowfat, libsodium and zlib with their headers; missing:$missing" >&2
exit 1
