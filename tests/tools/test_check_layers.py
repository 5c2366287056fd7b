"""The layers checker knows the rooms, the library seams and the forbidden words."""

import check_layers
import pytest


def reasons(tmp_path, name, text):
    for room in ("base/a.h", "swarm/a.h", "swarm/peers/a.h", "swarm/slots/a.h", "stats/a.h"):
        (tmp_path / room).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / room).touch()
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return [reason for _, reason in check_layers.check_file(tmp_path, path)]


@pytest.mark.parametrize(
    "name, text",
    [
        ("net/b.cc", '#include "base/a.h"'),
        ("swarm/b.cc", '#include "swarm/a.h"\n#include "swarm/slots/a.h"'),
        ("swarm/slots/b.cc", '#include "swarm/peers/a.h"'),
        ("state/b.cc", '#include "swarm/peers/a.h"'),
        ("main.cc", '#include "stats/a.h"\nint main(int argc, char** argv) { exit(1); }'),
        ("swarm/peers/simd.cc", "#include <immintrin.h>\n#include <sys/mman.h>"),
        ("base/ip_address.cc", "#include <ip4.h>\n#include <array>"),
        ("base/b.cc", "// time(0) and argv are only words here\nauto x = kTimeout;"),
        ("net/b.cc", "connection.time(&now); on_exit(3); auto e = loop.exit();"),
    ],
)
def test_what_the_design_allows_passes(tmp_path, name, text):
    assert reasons(tmp_path, name, text) == []


@pytest.mark.parametrize(
    "name, text",
    [
        ("protocol/b.cc", '#include "swarm/a.h"'),
        ("net/b.cc", '#include "stats/a.h"'),
        ("base/b.cc", '#include "a.h"'),
        ("swarm/peers/b.cc", '#include "swarm/slots/a.h"'),
        ("swarm/slots/b.cc", '#include "swarm/a.h"'),
        ("tracker/b.cc", '#include "stats/a.h"'),
        ("cellar/b.cc", ""),
        ("net/b.cc", "#include <zlib.h>"),
        ("frontend/b.cc", "#include <sodium.h>"),
        ("protocol/b.cc", "#include <ip6.h>"),
        ("net/b.cc", "#include <boost/asio.hpp>"),
        ("net/b.cc", "// WANT_V6"),
        ("net/b.cc", "clock_gettime(CLOCK_MONOTONIC, &ts);"),
        ("net/b.cc", "auto t = std::chrono::steady_clock::now();"),
        ("frontend/b.cc", "auto t = time(nullptr);"),
        ("frontend/b.cc", 'getenv("HOME");'),
        ("frontend/b.cc", "std::exit(1);"),
        ("frontend/b.cc", "throw 1;"),
    ],
)
def test_what_the_design_forbids_is_reported(tmp_path, name, text):
    assert len(reasons(tmp_path, name, text)) == 1
