"""Checks the architecture: which room includes which, which library is used where, and what no
room may do.

    check_layers.py SRC    prints each violation as file:line: reason; exit code 1 if there is one

The tables below are the rules; the code only applies them. A file is named without its suffix, so
that a rule holds for header and source alike.
"""

import fnmatch
import pathlib
import re
import sys

import check_rooms
from rooms import ROOMS, room_of

# Third-party headers and the files (fnmatch patterns) that may include them.
SEAMS = {
    "zlib": (r"zlib\.h|zconf\.h", {"dump/gzip_stream", "state/state_file"}),
    "libowfat": (
        r"(ip4|ip6|socket|scan|fmt|byte|str|case|uint16|uint32|uint64|io|iob|array|buffer|stralloc"
        r"|textcode|dns|open|mmap|ndelay|tai|taia|cdb|critbit|CAS|errmsg|havealloca|iarray|iopause"
        r"|isset|likely|openreadclose|rangecheck|readclose|safemult|select|va_narg)\.h",
        {"base/ip_address", "base/bytes", "net/socket"},
    ),
    "libsodium": (
        r"sodium(\.h|/.*)",
        {"protocol/connection_id", "cluster/sync_packet"},
    ),
    "SIMD intrinsics": (r"\w*intrin\.h|arm_neon\.h", {"swarm/peers/*"}),
}

# What any room may include: the C++ library, and the system's own headers.
SYSTEM = re.compile(
    r"[a-z_0-9]+"
    r"|(sys|netinet|arpa|linux|net)/\w+\.h"
    r"|(endian|errno|fcntl|grp|malloc|net|nss|poll|pwd|pthread|sched|signal|syslog|unistd)\.h"
)

# (what it looks like, where it may stand, why). Looked for in the code; in_comments: there too.
FORBIDDEN = [
    (r"\bWANT_", {"base/features"}, "build switches are named in base/features.h only"),
    (
        r"\b(clock_gettime|gettimeofday|timespec_get)\b|\b(system|steady|high_resolution)_clock\b"
        r"|(\bstd::|(?<![\w.:>])(::)?)time\s*\(\s*(0|NULL|nullptr|&)",
        {"base/clock"},
        "time is injected: only base/clock asks the kernel",
    ),
    (
        r"\b(secure_)?getenv\b|\benviron\b",
        {"app/*", "main"},
        "the environment is read in app/ only",
    ),
    (r"\bargv\b|\bgetopt", {"app/*", "config/options", "main"}, "the command line belongs to app/"),
    (r"(?<![\w.>])_?(quick_)?exit\s*\(", {"main", "app/preflight"}, "only main exits"),
    (r"\bthrow\b(?!\s*\()", set(), "our code throws nothing"),
    (r"\b(sprintf|strcpy|strcat|atoi|strtok|s?rand)\s*\(", set(), "unsafe or vague C function"),
    (r"\busing namespace\b", set(), "no using namespace"),
]
IN_COMMENTS_TOO = {r"\bWANT_"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
# Comments, or string and character literals; literals are kept.
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/|("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')', re.S)


def without_comments(text):
    """The text with comments blanked, line numbers unchanged."""
    return COMMENT.sub(lambda m: m.group(1) or re.sub(r"[^\n]", " ", m.group(0)), text)


def stands_in(name, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def check_quoted(src, room, target):
    """Why `#include "target"` is wrong in this room, or None."""
    if not (src / target).is_file():
        return f'"{target}" is no file under {src}'
    allowed = ROOMS[room] | {room}
    if any(str(parent) in allowed for parent in pathlib.PurePath(target).parents):
        return None
    return f"{room}/ must not include {room_of(target)}/ ({target})"


def check_angled(name, target):
    """Why `#include <target>` is wrong in this file, or None."""
    for library, (pattern, seam) in SEAMS.items():
        if re.fullmatch(pattern, target):
            if stands_in(name, seam):
                return None
            return f"{library} ({target}) belongs into {', '.join(sorted(seam))}"
    if SYSTEM.fullmatch(target):
        return None
    return f"<{target}> is no known header: add its library to SEAMS"


def check_file(src, path):
    """All violations of one file as (line, reason)."""
    relative = path.relative_to(src)
    name = relative.with_suffix("").as_posix()
    room = room_of(name)
    if room not in ROOMS:
        return [(1, f"{room} is no room of the design")]
    text = path.read_text(encoding="utf-8")
    code = without_comments(text).split("\n")
    found = []
    for number, line in enumerate(code, 1):
        if match := INCLUDE.match(line):
            angled = match.group(1) == "<"
            target = match.group(2)
            reason = check_angled(name, target) if angled else check_quoted(src, room, target)
            if reason:
                found.append((number, reason))
    for pattern, allowed, why in FORBIDDEN:
        if stands_in(name, allowed):
            continue
        lines = text.split("\n") if pattern in IN_COMMENTS_TOO else code
        found += [(n, why) for n, line in enumerate(lines, 1) if re.search(pattern, line)]
    return found


def main(src):
    violations = 0
    files = sorted(p for p in src.rglob("*") if p.suffix in {".h", ".cc"})
    for path in files:
        for line, reason in check_file(src, path):
            print(f"{path}:{line}: {reason}")
            violations += 1
    page = src.parent / "docs/architecture.md"
    for reason in check_rooms.check_rooms(src, page.read_text(encoding="utf-8")):
        print(f"{page}: {reason}")
        violations += 1
    print(f"layers: {len(files)} files, {violations} violations")
    return 1 if violations or not files else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
