"""Each set of build switches that `make check-features` builds: it starts, answers announces over
HTTP and UDP, lists its features, and names the switch of a missing one.
"""
import pathlib
import re
import subprocess

import pytest

from harness.access_lists import is_served, lines, write_list
from harness.daemon import TOP, Daemon
from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6
from harness.udp_client import UdpClient

BUILDS = pathlib.Path(TOP) / "build" / "features"
SETS = sorted(path.parent.name for path in BUILDS.glob("*/opentracker"))

# Keys and flags that need the switch.
WORDS_OF_SWITCHES = {
    "WANT_ACCESSLIST_WHITE": (["access.whitelist list"], ["-w", "list"]),
    "WANT_ACCESSLIST_BLACK": (["access.blacklist list"], ["-b", "list"]),
    "WANT_DYNAMIC_ACCESSLIST": (["access.fifo_add fifo", "access.fifo_delete fifo", "access.journal j"], None),
    "WANT_RESTRICT_STATS": (["access.stats 192.0.2.0/24"], None),
    "WANT_FULLSCRAPE": (["access.fullscrape 192.0.2.0/24"], None),
    "WANT_IP_FROM_QUERY_STRING": (["access.ip_from_query 192.0.2.0/24"], None),
    "WANT_IP_FROM_PROXY": (
        ["access.proxy 192.0.2.0/24", "access.proxy_header X-Real-IP", "listen.tcp.proxy *:80"],
        None,
    ),
    "WANT_KEEPALIVE": (["tracker.keepalive_timeout 5s"], None),
    "WANT_SYNC_LIVE": (
        ["livesync.cluster.node_ip 192.0.2.1", "livesync.cluster.key key"],
        ["-s", "9696"],
    ),
}


def binary(build):
    return str(BUILDS / build / "opentracker")


def switches(build):
    return set(re.findall(r"-D(WANT_\w+)", (BUILDS / build / "flags").read_text()))


def has_white_lists_only(build):
    lists = {"WANT_ACCESSLIST_WHITE", "WANT_ACCESSLIST_BLACK"}
    return switches(build) & lists == {"WANT_ACCESSLIST_WHITE"}


def listed(build):
    """The features listed by -v."""
    output = subprocess.run([binary(build), "-v"], capture_output=True, text=True, check=True)
    return set(output.stdout.splitlines()[1].split())


def complaints(build, directory, *flags):
    result = subprocess.run(
        [binary(build), "-t", *flags], cwd=directory, capture_output=True, text=True, timeout=10
    )
    return [line for line in result.stderr.splitlines() if "not built in; needs" in line]


def test_all_sets_were_built():
    assert {"none", "default", "every", "WANT_V6", "WANT_KEEPALIVE"} <= set(SETS)
    assert len(SETS) >= 20


@pytest.mark.parametrize("build", SETS)
def test_it_starts_and_answers_on_the_families_it_serves(build, tmp_path):
    addresses = [TRACKER_V4] * ("WANT_V6" != build) + [TRACKER_V6] * ("WANT_V4_ONLY" != build)
    arguments = []
    for address in addresses:
        arguments += ["-i", address, "-p", "6969", "-P", "6969"]
    if has_white_lists_only(build):
        tmp_path.chmod(0o755)
        write_list(tmp_path / "list", lines(info_hash(1)))
        arguments += ["-w", "list"]
    tracker = Daemon(tmp_path, arguments=arguments, program=[binary(build)])
    try:
        tracker.start()
        for address in addresses:
            assert HttpClient(6969, address).announce(info_hash(1))[b"incomplete"] >= 1
            with UdpClient(6969, address) as udp:
                assert udp.announce(info_hash(1)).leechers >= 1
        tracker.stop()
    finally:
        tracker.kill()


def test_a_build_with_only_white_lists_serves_nothing_without_one(tmp_path):
    flags = ["-i", TRACKER_V4, "-p", "6969", "-P", "6969"]
    program = [binary("WANT_ACCESSLIST_WHITE")]
    tracker = Daemon(tmp_path, arguments=flags, program=program)
    try:
        tracker.start()
        assert not is_served(6969, info_hash(1))
        assert "serving no torrent: this build has white lists only" in tracker.output()
        tracker.stop()
    finally:
        tracker.kill()


@pytest.mark.parametrize("build", SETS)
def test_it_lists_its_switches_that_have_an_effect(build):
    working = set.union(*map(listed, SETS))
    assert listed(build) == switches(build) & working


@pytest.mark.parametrize("build", SETS)
def test_it_names_the_switch_of_a_missing_key_or_flag(build, tmp_path):
    for switch, (lines, flags) in WORDS_OF_SWITCHES.items():
        (tmp_path / "o.conf").write_text("\n".join(lines) + "\n")
        said = complaints(build, tmp_path, "-f", "o.conf")
        said += complaints(build, tmp_path, *flags) if flags else []
        expected = 0 if switch in switches(build) else len(lines) + (1 if flags else 0)
        assert len(said) == expected, said
        assert all(switch in line for line in said)


@pytest.mark.parametrize("build, foreign", [("WANT_V6", TRACKER_V4), ("WANT_V4_ONLY", TRACKER_V6)])
def test_an_address_of_a_missing_family_is_refused_with_the_name_of_the_switch(
    build, foreign, tmp_path
):
    result = subprocess.run(
        [binary(build), "-i", foreign], cwd=tmp_path, capture_output=True, text=True, timeout=10
    )
    assert result.returncode == 1
    assert build in result.stderr and foreign in result.stderr
