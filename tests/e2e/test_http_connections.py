"""HTTP connections: keep-alive, pipelining, requests in pieces, replies that are not read,
deadlines, and room for new connections.
"""
import socket
import time

import pytest

from harness.http_client import HttpClient, query
from harness.peers import info_hash
from harness.swarms import LEECHER, fill
from harness.waiting import wait_until

HASH = info_hash(1)
ANNOUNCE = "/announce?" + query(info_hash=HASH, port=6881, left=1)


def request(target=ANNOUNCE, version="1.1", connection=None):
    header = f"Connection: {connection}\r\n" if connection else ""
    return f"GET {target} HTTP/{version}\r\nHost: tracker\r\n{header}\r\n".encode()


KEPT = [("1.1", None, None), ("1.1", "keep-alive", None), ("1.0", "keep-alive", "keep-alive")]
KEPT += [("1.0", "Keep-Alive, TE", "keep-alive")]


@pytest.mark.parametrize("version, wish, said", KEPT)
def test_connections_are_kept_for_http_1_1_and_on_request_for_1_0(http, version, wish, said):
    with http.connect() as connection:
        for _ in range(3):
            connection.send(request(version=version, connection=wish))
            response = connection.read_response()
            assert response.bencoded()[b"incomplete"] == 1
            assert response.headers.get("connection") == said


CLOSED = [("1.1", "close"), ("1.1", "Close"), ("1.1", "TE, close"), ("1.0", None), ("1.0", "close")]


@pytest.mark.parametrize("version, wish", CLOSED)
def test_a_reply_says_if_the_connection_will_be_closed(http, version, wish):
    response = http.exchange(request(version=version, connection=wish))
    assert response.headers["connection"] == "close"


def test_a_failure_reason_keeps_the_connection_open(http):
    with http.connect() as connection:
        connection.send(request("/announce?port=1"))
        assert connection.read_response().failure()
        connection.send(request())
        assert connection.read_response().bencoded()[b"incomplete"] == 1


@pytest.mark.parametrize("target", ["/xyz", "/", "/stats?mode=nonsense"])
def test_an_error_page_closes_the_connection_even_with_keep_alive(http, target):
    page = http.exchange(request(target, connection="keep-alive"))
    assert page.status_line.startswith("HTTP/1.0 4")
    assert page.headers["connection"] == "close"


@pytest.mark.parametrize("count", [2, 16, 100, 1000])
def test_pipelined_requests_are_answered_in_order(http, count):
    hashes = [info_hash(n) for n in range(count)]
    targets = ["/scrape?" + query(info_hash=h) for h in hashes]
    with http.connect() as connection:
        connection.send(b"".join(request(target) for target in targets))
        answered = [list(connection.read_response().bencoded()[b"files"]) for _ in hashes]
        assert answered == [[h] for h in hashes]


def test_requests_pipelined_after_a_closing_one_are_not_served(http):
    with http.connect() as connection:
        connection.send(request() + request(connection="close") + request("/announce?port=1"))
        connection.read_response()
        assert connection.read_response().headers["connection"] == "close"
        assert connection.at_end()


def test_requests_pipelined_after_a_bad_one_are_not_served(http):
    with http.connect() as connection:
        connection.send(request() + b"BAD\r\n\r\n" + request())
        assert connection.read_response().status == 200
        assert connection.read_response().status == 400
        assert connection.at_end()


@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_a_request_that_arrives_byte_by_byte_is_served(http, line_end):
    with http.connect() as connection:
        for byte in request().decode().replace("\r\n", line_end).encode():
            connection.send(bytes([byte]))
            time.sleep(0.0002)
        assert connection.read_response().bencoded()[b"incomplete"] == 1


def test_a_request_in_pieces_followed_by_half_of_the_next_is_served(http):
    with http.connect() as connection:
        stream = request() * 5
        for at in range(0, len(stream), 77):
            connection.send(stream[at : at + 77])
            time.sleep(0.001)
        for _ in range(5):
            assert connection.read_response().bencoded()[b"incomplete"] == 1


def test_a_client_that_has_shut_down_its_sending_side_still_gets_its_replies(http):
    with http.connect() as connection:
        connection.send(request() * 3)
        connection.socket.shutdown(socket.SHUT_WR)
        for _ in range(3):
            assert connection.read_response().bencoded()[b"incomplete"] == 1
        assert connection.at_end()


def test_a_client_that_reads_late_is_paused_and_gets_every_complete_reply(tracker, http):
    fill(tracker.port, HASH, range(1000, 1200), LEECHER)
    one = request("/announce?" + query(info_hash=HASH, port=1000, left=1, numwant=200))
    with http.connect(timeout=20) as connection:
        sent = send_until_stuck(connection.socket, one * 100, limit=20_000_000)
        assert sent < 20_000_000, "the tracker keeps reading although its replies are not read"
        for _ in range(sent // len(one)):
            assert len(connection.read_response().bencoded()[b"peers"]) == 199 * 6


def send_until_stuck(stream, data, limit):
    """Sends `data` repeatedly until nothing moves for a second; returns the number of bytes."""
    sent = 0
    stream.settimeout(1.0)
    try:
        while sent < limit:
            sent += stream.send(data[sent % len(data) :])
    except TimeoutError:
        pass
    stream.settimeout(20)
    return sent


def test_an_idle_connection_is_closed_after_five_seconds(http):
    with http.connect() as connection:
        connection.send(request())
        connection.read_response()
        assert 4.5 <= connection.seconds_until_closed(10) <= 6.0


def test_clients_that_disconnect_leave_no_descriptor_behind(tracker, http):
    http.announce(HASH)
    before = tracker.descriptor_count()
    for at in range(300):
        connection = http.connect()
        connection.send(request()[: at % len(request())])
        if at % 3 == 0:
            linger_reset(connection)
        connection.close()
    wait_until(lambda: tracker.descriptor_count() <= before, "descriptors to be closed", timeout=10)


def linger_reset(connection):
    """Makes close() send a reset."""
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def test_idle_connections_make_room_for_new_ones_the_oldest_first(start_tracker):
    tracker = start_tracker(descriptors=128)
    http = HttpClient(tracker.port)
    connections = []
    try:
        for _ in range(200):
            connection = http.connect()
            connections.append(connection)
            connection.send(request())
            assert connection.read_response().status == 200
        assert tracker.descriptor_count() <= 128
        assert connections[0].at_end()
        connections[-1].send(request())
        assert connections[-1].read_response().status == 200
    finally:
        for connection in connections:
            connection.close()
