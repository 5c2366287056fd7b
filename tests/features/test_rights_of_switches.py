"""The switches that change permissions: WANT_RESTRICT_STATS and WANT_IP_FROM_QUERY_STRING."""
import ipaddress
import struct

import pytest

from harness import swarms
from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6
from harness.udp_client import UdpClient, UdpError

HASH = info_hash(1)
LISTEN = f"listen.udp {TRACKER_V4}\nlisten.tcp [{TRACKER_V6}]\nlisten.tcp {TRACKER_V4}\n"


def stats_status(source, mode="peer"):
    address = TRACKER_V6 if ":" in source else TRACKER_V4
    return HttpClient(6969, address).get(f"/stats?mode={mode}", source=source).status


# The builds for which the switch was requested by name.
@pytest.mark.parametrize("build", ["WANT_RESTRICT_STATS", "every"])
def test_restricted_statistics_are_closed_until_somebody_is_named(
    start_build, build
):
    start_build(build, LISTEN)
    for source in (v4(9), v6(9), "127.0.0.1"):
        assert {stats_status(source, mode) for mode in ("peer", "version", "top10")} == {403}
    assert HttpClient(6969).announce(HASH)[b"incomplete"] == 1


@pytest.mark.parametrize("build", ["WANT_RESTRICT_STATS", "every"])
def test_access_stats_and_bless_open_restricted_statistics(start_build, build):
    start_build(build, f"access.stats {v4(9)}\n" + LISTEN, "-A", v6(9))
    assert stats_status(v4(9)) == stats_status(v6(9)) == 200
    assert stats_status(v4(8)) == stats_status("127.0.0.1") == 403


@pytest.mark.parametrize("build", ["default", "none"])
def test_without_restrict_stats_everybody_sees_totals(start_build, build):
    start_build(build, LISTEN)
    assert stats_status(v4(9)) == stats_status(v6(9)) == 200


TRUSTING = f"access.ip_from_query {v4(9)}\naccess.ip_from_query {v6(9)}\n" + LISTEN
WITH_QUERY = pytest.mark.parametrize("build", ["WANT_IP_FROM_QUERY_STRING", "default"])
CLAIMS = [
    ("ip", v4(77), v4(77)),
    ("ip", v6(33), v6(33)),
    ("ipv4", v4(77), v4(77)),
    ("ipv6", v6(33), v6(33)),
    ("ip", f"::ffff:{v4(77)}", v4(77)),
    ("ip", "example.org", None),
    ("ip", f"{v4(77)}:80", None),
]


@WITH_QUERY
def test_a_trusted_source_may_announce_a_different_address(start_build, build):
    start_build(build, TRUSTING)
    for number, (name, claimed, stored) in enumerate(CLAIMS):
        for source, address in ((v4(9), TRACKER_V4), (v6(9), TRACKER_V6)):
            torrent = info_hash(2 * number + (":" in source))
            client = HttpClient(6969, address)
            client.announce(torrent, source=source, **{name: claimed})
            assert swarms.addresses_in(6969, torrent) == [stored or source], (name, claimed)


@WITH_QUERY
def test_an_address_in_a_request_from_others_is_ignored(start_build, build):
    start_build(build, TRUSTING)
    client = HttpClient(6969)
    client.announce(HASH, source=v4(8), ip=v4(77), ipv4=v4(78), ipv6=v6(33))
    assert swarms.addresses_in(6969, HASH) == [v4(8)]
    with UdpClient(6969, source=v4(7)) as udp:
        udp.announce(HASH, ip=field(v4(77)))
    assert swarms.addresses_in(6969, HASH) == [v4(7), v4(8)]


def field(address):
    """The value of BEP 15's ip field for this address."""
    return struct.unpack("!I", ipaddress.ip_address(address).packed)[0]


UNREACHABLE_V4 = ["0.0.0.1", "127.0.0.1", "127.9.9.9", "169.254.1.1", "224.0.0.1", "239.1.2.3",
                  "240.1.2.3", "255.255.255.255"]
UNREACHABLE = [
    *UNREACHABLE_V4,
    *("0.0.0.0", "::", "::1", "fe80::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:224.0.0.1"),
    *("::127.0.0.1", "::10.99.0.77", "::ffff:0:10.99.0.77", "64:ff9b::7f00:1", "2002:7f00:1::1"),
]


@WITH_QUERY
def test_an_unreachable_address_is_refused_from_everybody(start_build, build):
    start_build(build, TRUSTING)
    for claimed in UNREACHABLE:
        reply = HttpClient(6969).announce(HASH, source=v4(9), ip=claimed)
        assert b"The parameter ip names the address" in reply[b"failure reason"]
    with UdpClient(6969, source=v4(9)) as udp:
        for claimed in UNREACHABLE_V4:
            with pytest.raises(UdpError, match="The ip field names the address"):
                udp.announce(HASH, ip=field(claimed))
    assert swarms.addresses_in(6969, HASH) == []


@WITH_QUERY
def test_the_ip_field_over_udp_is_used_from_a_trusted_source(start_build, build):
    start_build(build, TRUSTING)
    with UdpClient(6969, source=v4(9)) as udp:
        udp.announce(HASH, ip=field(v4(77)))
        udp.announce(HASH, port=7000)
    assert swarms.addresses_in(6969, HASH) == [v4(77), v4(9)]


@pytest.mark.parametrize("build", ["default", "none"])
def test_without_the_key_every_address_in_a_request_is_ignored(start_build, build):
    start_build(build, LISTEN)
    HttpClient(6969).announce(HASH, source=v4(9), ip=v4(77))
    with UdpClient(6969, source=v4(8)) as udp:
        udp.announce(HASH, ip=field(v4(77)))
    assert swarms.addresses_in(6969, HASH) == [v4(8), v4(9)]
