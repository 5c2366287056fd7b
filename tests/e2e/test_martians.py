"""Addresses that no peer can have: never stored and never handed out, from whatever they come."""
import ipaddress
import struct
import subprocess

import pytest

from harness import swarms
from harness.http_client import HttpClient, HttpConnection, announce_target, get_request
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6
from harness.proxies import binary_header, text_header
from harness.udp_client import STOPPED, UdpClient, UdpError

PORT = 6969
HASH = info_hash(1)
EVERYWHERE = f"listen.tcp_udp *:{PORT}\n"
LISTEN = f"listen.udp {TRACKER_V4}\nlisten.tcp [{TRACKER_V6}]\nlisten.tcp {TRACKER_V4}\n"
GLOBAL = "2001:db8::1"
# Link-local clients talk over a pair of interfaces, from one end to the other.
LINK = {"near": "fe80::a:1", "far": "fe80::a:2"}
OWN_V4 = ["169.254.1.1", "240.1.2.3"]


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


@pytest.fixture(scope="module", autouse=True)
def interfaces():
    ip("link", "add", "near", "type", "veth", "peer", "name", "far")
    for name, address in LINK.items():
        ip("link", "set", name, "addrgenmode", "none")
        ip("link", "set", name, "up")
        ip("addr", "add", f"{address}/64", "dev", name, "nodad")
    for address in [f"{GLOBAL}/128", *(f"{address}/32" for address in OWN_V4)]:
        ip("addr", "add", address, "dev", "lo")
    yield
    ip("link", "del", "near")
    for address in [f"{GLOBAL}/128", *(f"{address}/32" for address in OWN_V4)]:
        ip("addr", "del", address, "dev", "lo")


def martian_clients():
    """Pairs of a client's own martian address and the tracker's address as that client sees it."""
    yield LINK["near"] + "%near", LINK["far"] + "%near"
    for address in OWN_V4:
        yield address, TRACKER_V4


def is_v6(address):
    return ":" in address


@pytest.mark.parametrize("source, tracker", list(martian_clients()))
def test_over_udp_a_martian_is_answered_as_if_it_were_stored(start_with, source, tracker):
    start_with(EVERYWHERE)
    with UdpClient(PORT, tracker, source) as martian:
        alone = martian.announce(HASH, port=1000)
        assert (alone.leechers, alone.seeders, alone.peers) == (1, 0, [])
        assert 1620 <= alone.interval <= 1980
        other = (TRACKER_V6, GLOBAL) if is_v6(source) else (TRACKER_V4, v4(9))
        with UdpClient(PORT, *other) as client:
            reply = client.announce(HASH, port=1001)
            assert (reply.leechers, reply.peers) == (1, []), "it is not told of the martian"
        reply = martian.announce(HASH, port=1000, left=0)
        assert (reply.leechers, reply.seeders) == (1, 1)
        assert reply.peers == [(other[1], 1001)], "the martian is told of it"
        assert martian.announce(HASH, port=1000, event=STOPPED).leechers == 1
    assert swarms.addresses_in(PORT, HASH) == [other[1]]


@pytest.mark.parametrize("source, tracker", list(martian_clients()))
def test_over_http_a_martian_is_answered_as_if_it_were_stored(start_with, source, tracker):
    start_with(EVERYWHERE)
    with HttpConnection(PORT, tracker, source) as connection:
        connection.send(get_request(announce_target(HASH), "1.0"))
        reply = connection.read_response().bencoded()
    assert (reply[b"incomplete"], reply[b"peers"]) == (1, b"")
    own = ipaddress.ip_address(source.partition("%")[0])
    assert reply[b"external ip"] == own.packed
    assert swarms.addresses_in(PORT, HASH) == []
    assert "opentracker_martians_total 1\n" in HttpClient(PORT).get("/metrics").body.decode()


MARTIANS = ["240.1.2.3", "169.254.1.1", "fe80::1", "0.0.0.7", "224.0.0.1", "255.255.255.255",
            "127.0.0.1", "::", "::1", "ff02::1", "::ffff:169.254.1.1", "64:ff9b::7f00:1"]
HEADERS = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP"]


def refusal(named_by, address):
    shown = address.removeprefix("::ffff:")
    return (f"{named_by} names the address {shown}, which no peer can have "
            "(link-local, multicast, loopback or reserved).")


def header_line(header, address):
    if header != "Forwarded":
        return f"{header}: {address}\r\n"
    return f"Forwarded: for=\"[{address}]\"\r\n" if is_v6(address) else f"Forwarded: for={address}\r\n"


@pytest.mark.parametrize("header", HEADERS)
def test_a_martian_in_a_header_is_refused_and_the_header_named(start_with, header):
    start_with(f"access.proxy {v4(2)}\naccess.proxy_header {header}\n{LISTEN}")
    for address in MARTIANS:
        reply = HttpClient(PORT).announce(HASH, source=v4(2), fields=header_line(header, address))
        assert reply[b"failure reason"].decode() == refusal(header, address)
    assert swarms.addresses_in(PORT, HASH) == []


@pytest.mark.parametrize("header", [text_header, binary_header])
def test_a_martian_in_a_proxy_header_is_refused(start_with, header):
    start_with(f"listen.tcp.proxy {TRACKER_V4}:6970\naccess.proxy {v4(2)}\n{LISTEN}")
    for address in ["240.1.2.3", "169.254.1.1", "fe80::1", "127.0.0.1"]:
        with HttpConnection(6970, TRACKER_V4, v4(2)) as connection:
            request = get_request(announce_target(HASH), "1.0")
            connection.send(header(address, TRACKER_V6 if is_v6(address) else TRACKER_V4) + request)
            assert connection.read_response().failure() == refusal("The PROXY header", address)
    assert swarms.addresses_in(PORT, HASH) == []


def field(address):
    """The value of BEP 15's ip field for this address."""
    return struct.unpack("!I", ipaddress.ip_address(address).packed)[0]


def test_a_martian_in_a_parameter_is_refused_and_the_parameter_named(start_with):
    start_with(f"access.ip_from_query {v4(9)}\n{LISTEN}")
    for name in ("ip", "ipv4", "ipv6"):
        for address in MARTIANS:
            reply = HttpClient(PORT).announce(HASH, source=v4(9), **{name: address})
            assert reply[b"failure reason"].decode() == refusal(f"The parameter {name}", address)
    with UdpClient(PORT, source=v4(9)) as udp:
        for address in filter(lambda text: not is_v6(text), MARTIANS):
            with pytest.raises(UdpError) as error:
                udp.announce(HASH, ip=field(address))
            assert error.value.args[0].decode() == refusal("The ip field", address)
    assert swarms.addresses_in(PORT, HASH) == []


def test_documentation_benchmark_and_private_networks_are_usable(start_with):
    start_with(f"access.ip_from_query {v4(9)}\n{LISTEN}")
    usable = ["10.1.2.3", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.9",
              "2001:db8::9", "2001:db8::a", "fd00::1"]
    for address in usable:
        HttpClient(PORT).announce(HASH, source=v4(9), ip=address)
    assert swarms.addresses_in(PORT, HASH) == sorted(usable)


def test_without_access_ip_from_query_every_address_in_a_request_is_ignored(start_with):
    start_with(LISTEN)
    HttpClient(PORT).announce(HASH, source=v4(9), ip=v4(77), ipv4="169.254.1.1", ipv6=v6(33))
    with UdpClient(PORT, source=v4(8)) as udp:
        udp.announce(HASH, ip=field(v4(77)))
        udp.announce(HASH, ip=field("169.254.1.1"))
    assert swarms.addresses_in(PORT, HASH) == [v4(8), v4(9)]
