"""Who may see statistics and full scrapes."""
import re
import subprocess

import pytest

from harness.http_client import HttpClient
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6
from harness.tools import find_program

LISTEN = f"listen.tcp [{TRACKER_V6}]\nlisten.tcp {TRACKER_V4}\n"
# Modes that name torrents, peers or networks, whether or not this version knows them.
TORRENT_MODES = ["top10", "top100", "tpbs", "statedump"]
NETWORK_MODES = ["s24s", "busy", "woodpeckers", "fulllog"]
NAMING_MODES = TORRENT_MODES + NETWORK_MODES
COUNTING_MODES = ["peer", "conn", "tcp4", "udp4", "scrp", "torr", "version", "everything"]
TRACES = ["X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "X-Real-IP: 192.0.2.1",
          "CF-Connecting-IP: 192.0.2.1", "True-Client-IP: 192.0.2.1", "Via: 1.1 cache"]


def status(target, source, fields=""):
    address = TRACKER_V6 if ":" in source else TRACKER_V4
    return HttpClient(6969, address).get(target, source=source, fields=fields).status


def statuses(targets, source, fields=""):
    return {status(target, source, fields) for target in targets}


def modes(names):
    return [f"/stats?mode={name}" for name in names]


def test_access_stats_opens_the_statistics_only_to_its_networks(start_with):
    start_with(f"access.stats {v4(8)}/31\naccess.stats {v6(9)}\n{LISTEN}")
    for source in (v4(8), v4(9), v6(9)):
        assert statuses(modes(COUNTING_MODES), source) == {200}
    for source in (v4(7), v4(10), v6(8), "127.0.0.1"):
        assert statuses(["/stats", *modes(COUNTING_MODES + NAMING_MODES)], source) == {403}
        assert status("/stats?mode=none", source) == 403, "not even whether such a mode exists"


def test_blessed_addresses_see_everything_restricted(start_with):
    text = f"access.stats {v4(9)}\naccess.fullscrape {v4(9)}\naccess.bless {v6(7)}\n{LISTEN}"
    start_with(text, "-A", v4(7))
    for source in (v4(9), v4(7), v6(7)):
        assert status("/stats", source) == 200
        assert status("/scrape", source) == 200
    for source in (v4(8), v6(8)):
        assert status("/stats", source) == 403
        assert status("/scrape", source) == 403


def test_without_access_stats_everybody_sees_totals(start_with):
    start_with(LISTEN)
    for source in (v4(9), v6(9), "127.0.0.1"):
        assert statuses(["/stats", *modes(COUNTING_MODES)], source) == {200}


def test_without_access_stats_only_the_machine_itself_and_the_blessed_see_torrents(start_with):
    start_with(f"access.bless {v4(7)}\n{LISTEN}listen.tcp [::1]\n")
    for source in (v4(9), v6(9)):
        assert statuses(modes(NAMING_MODES), source) == {403}
    for source in ("127.0.0.1", "127.0.0.2", v4(7)):
        assert statuses(modes(TORRENT_MODES), source) == {200}
    for target in modes(TORRENT_MODES):
        assert HttpClient(6969, "::1").get(target).status == 200
    for trace in [*TRACES, *(trace.upper() for trace in TRACES)]:
        assert statuses(modes(NAMING_MODES), "127.0.0.1", trace + "\r\n") == {403}


def test_without_access_stats_only_the_blessed_see_networks(start_with):
    start_with(f"access.bless {v4(7)}\n{LISTEN}listen.tcp [::1]\n")
    for target in modes(NETWORK_MODES):
        assert status(target, "127.0.0.1") == 403
        assert HttpClient(6969, "::1").get(target, fields="Host: [::1]\r\n").status == 403
        assert status(target, v4(7)) != 403


HOSTS_OF_THIS_MACHINE = ["127.0.0.1", "127.0.0.1:6969", "10.99.0.1", "127.0.0.1.", "localhost",
                         "LOCALHOST:6969", "localhost.", "[::1]", "[::1]:6969"]
OTHER_HOSTS = ["evil.example", "evil.example:6969", "localhost.evil.example", "", "127.0.0.1.nip.io",
               "evil.localhost"]


def test_torrents_are_shown_to_this_machine_by_address_not_by_name(start_with):
    """Otherwise a web page could read them by DNS rebinding."""
    start_with(LISTEN)

    def seen(host, version="1.1", target="/stats?mode=statedump"):
        line = "" if host is None else f"Host: {host}\r\n"
        head = f"GET {target} HTTP/{version}\r\nConnection: close\r\n{line}\r\n"
        return HttpClient(6969).exchange(head.encode(), source="127.0.0.1").status

    assert {seen(host) for host in HOSTS_OF_THIS_MACHINE} == {200}
    assert {seen(host) for host in OTHER_HOSTS} == {403}
    assert {seen(host, "1.0") for host in OTHER_HOSTS} == {403}
    assert (seen(None, "1.0"), seen(None, "1.1")) == (200, 403)
    assert seen("127.0.0.1\r\nHost: evil.example") == 403
    assert seen("127.0.0.1", target="http://evil.example/stats?mode=top10") == 403
    assert seen("evil.example", target="http://127.0.0.1:6969/stats?mode=top10") == 200
    for target in ("/stats.json?mode=top10", "/stats?mode=top10&format=json", "/stats?mode=tpbs"):
        assert seen("evil.example", target=target) == 403
    assert seen("evil.example", target="/stats?mode=peer") == 200, "sums are for all"


def test_a_denial_names_the_key_that_permits(start_with):
    tracker = start_with(LISTEN)
    for mode in NAMING_MODES:
        page = HttpClient(6969).get(f"/stats?mode={mode}", source=v4(9)).body.decode()
        assert "access.stats" in page and "access.bless (-A)" in page
    tracker.stop()
    start_with(f"access.stats {v4(8)}\naccess.fullscrape {v4(8)}\n{LISTEN}")
    pages = {HttpClient(6969).get(target, source=v4(9)).raw
             for target in ("/stats", "/metrics", *modes(["none", *NAMING_MODES]))}
    assert len(pages) == 1, "it does not tell what exists"
    assert b"access.stats" in pages.pop()
    assert b"access.fullscrape" in HttpClient(6969).get("/scrape", source=v4(9)).body


def test_a_denied_reader_is_counted(start_with):
    start_with(f"access.stats {v4(9)}\n{LISTEN}")
    status("/stats", v4(8))
    text = HttpClient(6969).get("/stats?mode=everything", source=v4(9)).body.decode()
    assert re.search(r'"403 Access Denied">1<', text)


def curl(*arguments):
    """The output and the exit code of curl; 22 means a status of 400 or more."""
    result = subprocess.run(
        [find_program("curl", "curl"), "-sf", "-m", "5", *arguments], capture_output=True, text=True
    )
    return result.stdout, result.returncode


@pytest.mark.parametrize("allowed", ["access.stats 127.0.0.0/8", "access.bless 127.0.0.2"])
def test_beside_a_trusted_proxy_the_operator_uses_another_loopback_address(start_with, allowed):
    start_with(f"access.proxy 127.0.0.1\naccess.stats {v4(9)}\n{allowed}\nlisten.tcp 127.0.0.1\n")
    url = "http://127.0.0.1:6969/stats?mode=version"
    assert curl(url) == ("", 22), "the proxy's address without a named client has no rights"
    text, code = curl("--interface", "127.0.0.2", url)
    assert code == 0 and text.startswith("opentracker")
