"""listen.tcp.proxy, tested byte by byte: which client a connection belongs to."""
import socket
import time

import pytest

from harness import swarms
from harness.http_client import HttpConnection, announce_target, get_request, query
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6
from harness.proxies import BINARY_LOCAL, SIGNATURE, TEXT_UNKNOWN, binary_header, text_header

PORT = 6970
HASH = info_hash(1)
PROXY = v4(2)
PROXY6 = v6(2)
REDIRECT = "https://tracker.example.org/"
CONF = f"""\
listen.tcp.proxy {TRACKER_V4}:{PORT}
listen.tcp.proxy [{TRACKER_V6}]:{PORT}
access.proxy {PROXY}
access.proxy {PROXY6}
tracker.redirect_url {REDIRECT}
tracker.http_timeout 1s
listen.tcp {TRACKER_V4}:6969
"""
HEADERS = [text_header, binary_header]
OF_THE_PROXY = [TEXT_UNKNOWN, BINARY_LOCAL]
REFUSAL = "The proxy in front of this tracker did not pass on your address."


@pytest.fixture
def tracker(start_with):
    return start_with(CONF)


def announce(version="1.0", fields="", **parameters):
    return get_request(announce_target(HASH, **parameters), version, fields)


def connect(source=PROXY):
    address = TRACKER_V6 if ":" in source else TRACKER_V4
    return HttpConnection(PORT, address, source)


def answer(data, source=PROXY):
    """The only reply to these bytes from a proxy."""
    with connect(source) as connection:
        connection.send(data)
        return connection.read_response()


def swarm():
    return swarms.addresses_in(6969, HASH)


def is_closed_unanswered(connection):
    """True if the tracker ends the connection without sending a byte; a reset counts too."""
    try:
        return connection.at_end()
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("proxy", [PROXY, PROXY6])
@pytest.mark.parametrize("client", ["10.99.0.9", "fd00:99::9"])
def test_a_client_is_stored_and_told_by_its_own_address(tracker, header, proxy, client):
    destination = TRACKER_V6 if ":" in client else TRACKER_V4
    reply = answer(header(client, destination) + announce(), proxy).bencoded()
    family = socket.AF_INET6 if ":" in client else socket.AF_INET
    assert reply[b"external ip"] == socket.inet_pton(family, client)
    assert swarm() == [client]


def test_records_after_the_addresses_are_ignored(tracker):
    records = b"\x04\x00\x03abc" + b"\x01\x00\x08http/1.1"
    answer(binary_header("10.99.0.9", TRACKER_V4, records=records) + announce())
    assert swarm() == ["10.99.0.9"]


@pytest.mark.parametrize("header", OF_THE_PROXY)
def test_a_proxy_speaking_for_itself_may_request_pages_but_not_announce(tracker, header):
    assert answer(header + announce()).failure() == REFUSAL
    assert answer(header + announce(fields=f"X-Forwarded-For: {v4(9)}\r\n")).failure() == REFUSAL
    assert swarm() == []
    response = answer(header + get_request("/"))
    assert (response.status, response.headers["location"]) == (302, REDIRECT)
    scrape = answer(header + get_request("/scrape?" + query(info_hash=HASH))).bencoded()
    assert scrape[b"files"][HASH][b"incomplete"] == 0
    assert answer(header + get_request("/stats?mode=peer")).status == 200


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_and_its_request_may_arrive_byte_by_byte(tracker, header):
    with connect() as connection:
        for byte in header("10.99.0.9", TRACKER_V4) + announce():
            connection.send(bytes([byte]))
            time.sleep(0.0005)
        assert connection.read_response().bencoded()[b"interval"]
    assert swarm() == ["10.99.0.9"]


@pytest.mark.parametrize("header", HEADERS)
def test_all_requests_on_a_kept_connection_belong_to_the_client(tracker, header):
    with connect() as connection:
        connection.send(header("10.99.0.9", TRACKER_V4) + announce("1.1", port=7000))
        assert connection.read_response().bencoded()
        connection.send(announce("1.1", port=7001) + announce("1.1", port=7002))
        assert connection.read_response().bencoded()
        assert connection.read_response().bencoded()
    assert swarm() == ["10.99.0.9"] * 3


def test_a_second_header_is_an_invalid_request(tracker):
    with connect() as connection:
        header = text_header("10.99.0.9", TRACKER_V4)
        connection.send(header + announce("1.1") + header + announce("1.1"))
        assert connection.read_response().bencoded()
        assert connection.read_response().status == 400


def test_headers_forwarded_by_the_client_are_ignored(tracker):
    header = text_header("10.99.0.9", TRACKER_V4)
    answer(header + announce(fields=f"X-Forwarded-For: {v4(77)}\r\nX-Real-IP: {v4(78)}\r\n"))
    assert swarm() == ["10.99.0.9"]


def test_a_trusted_proxy_before_the_proxy_may_name_its_client(tracker):
    header = text_header(PROXY, TRACKER_V4)
    answer(header + announce(fields=f"X-Forwarded-For: {v4(77)}, {v4(9)}\r\n"))
    assert swarm() == ["10.99.0.9"]
    fields = "X-Forwarded-For: unknown\r\n"
    assert answer(header + announce(fields=fields)).failure() == REFUSAL


@pytest.mark.parametrize("header", HEADERS)
def test_a_client_may_be_in_a_network_of_proxies_and_has_no_rights_there(start_with, header):
    start_with("access.proxy 10.99.0.9\naccess.proxy fd00:99::9\naccess.stats 10.99.0.9\n" + CONF)
    for client in ("10.99.0.9", "fd00:99::9"):
        begin = header(client, TRACKER_V6 if ":" in client else TRACKER_V4)
        assert answer(begin + announce()).bencoded()[b"interval"]
        assert answer(begin + get_request("/stats?mode=peer")).status == 403
    assert swarm() == ["10.99.0.9", "fd00:99::9"]


@pytest.mark.parametrize("source", [v4(9), v6(9)])
def test_a_connection_from_outside_access_proxy_is_closed_and_logged(tracker, source):
    destination = TRACKER_V6 if ":" in source else TRACKER_V4
    with connect(source) as connection:
        connection.send(text_header(source, destination) + announce())
        assert is_closed_unanswered(connection)
    assert swarm() == []
    assert "closed a connection from outside access.proxy" in tracker.output()
    assert source not in tracker.output()


GARBAGE = [
    get_request("/"),
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"PROXY TCP4 10.99.0.9\r\n" + get_request("/"),
    b"PROXY UDP4 10.99.0.9 10.99.0.1 1 2\r\n" + get_request("/"),
    b"PROXY UNKNOWN " + b"x" * 200,
    SIGNATURE + b"\x31\x11\x00\x0c" + bytes(12) + get_request("/"),
    SIGNATURE + b"\x21\x11\x00\x04" + bytes(4) + get_request("/"),
    SIGNATURE + b"\x21\x11\xff\xff",
]


@pytest.mark.parametrize("data", GARBAGE)
def test_a_connection_without_a_header_is_closed_without_a_reply(tracker, data):
    with connect() as connection:
        connection.send(data)
        assert is_closed_unanswered(connection)
    assert "closed a connection of a proxy that sent" in tracker.output()
    assert answer(TEXT_UNKNOWN + get_request("/")).status == 302


@pytest.mark.parametrize("begun", [b"PROXY TCP4", SIGNATURE, TEXT_UNKNOWN, TEXT_UNKNOWN + b"GET"])
def test_a_header_and_its_request_together_have_the_time_limit_of_a_request(tracker, begun):
    with connect() as connection:
        connection.send(begun)
        assert 0.5 < connection.seconds_until_closed(5) < 2


def test_a_header_on_another_listener_is_an_invalid_request(tracker):
    with HttpConnection(6969, TRACKER_V4, PROXY) as connection:
        connection.send(text_header("10.99.0.9", TRACKER_V4) + announce())
        assert connection.read_response().status == 400
    assert swarm() == []
