"""The example files for the kernel and the packet filter are accepted by the programs they are for.
"""
import pathlib
import re

import pytest

from tree import DEPLOY, TOP, run

SYSCTL = DEPLOY / "sysctl.conf"
NFTABLES = DEPLOY / "nftables.conf"


def settings():
    """(key, value, whether it may be missing) for each line that is not a comment."""
    lines = [line for line in SYSCTL.read_text().splitlines() if line and line[0] not in "#;"]
    for line in lines:
        optional, key, value = re.fullmatch(r"(-?)([a-z0-9_.]+) = (\d+)", line).groups()
        yield key, int(value), bool(optional)


def test_every_kernel_setting_exists_unless_it_is_marked_as_optional():
    found = list(settings())
    assert found
    for key, _, optional in found:
        path = pathlib.Path("/proc/sys") / key.replace(".", "/")
        assert optional or path.exists(), key


def test_sysctl_accepts_the_file():
    result = run("sysctl", "--dry-run", "--load", SYSCTL)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    "key, source",
    [("net.core.rmem_max", "int receive_buffer = "), ("net.core.wmem_max", "int send_buffer = 1 ")],
)
def test_the_allowed_buffers_are_those_the_tracker_requests(key, source):
    text = (TOP / "src/net/socket.h").read_text()
    size, shift = re.search(r"= (\d+) << (\d+);", text[text.index(source) :]).groups()
    assert dict((name, value) for name, value, _ in settings())[key] == int(size) << int(shift)


def test_nft_accepts_the_rules_and_accepts_them_again():
    check = f"nft -c -f {NFTABLES} && nft -f {NFTABLES} && nft -f {NFTABLES} && nft list ruleset"
    result = run("unshare", "--net", "/bin/sh", "-c", check)
    assert result.returncode == 0, result.stdout
    assert result.stdout.count("notrack") == 4
    assert result.stdout.count("table inet opentracker") == 1
