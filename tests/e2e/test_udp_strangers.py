"""UDP from sources that have not proven their address (BEP 15, "Connect"): ids, silence, no
amplification.
"""
import random
import struct
import time

import pytest

from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6, v4
from harness.udp_client import ANNOUNCE, CONNECT, MAGIC, SCRAPE, UdpClient, UdpError

HASH = info_hash(1)
MISMATCH = b"Connection ID missmatch.\0"
ACTIONS = [CONNECT, ANNOUNCE, SCRAPE, 3, 4, 255, 0x01000000, 0xFFFFFFFF]


def test_a_connect_gets_16_bytes_whatever_follows_it(udp):
    for tail in (b"", b"x", bytes(2000)):
        reply = udp.request(struct.pack("!QII", MAGIC, CONNECT, 9) + tail, 9)
        assert len(reply) == 16


@pytest.mark.parametrize("length", range(16))
def test_a_datagram_under_16_bytes_is_not_answered(udp, length):
    assert udp.silent(struct.pack("!QII", MAGIC, CONNECT, 9)[:length])


@pytest.mark.parametrize("magic", [0, MAGIC - 1, MAGIC + 1, MAGIC << 1, 2**64 - 1])
def test_a_connect_without_the_magic_number_is_not_answered(udp, magic):
    assert udp.silent(struct.pack("!QII", magic, CONNECT, 9))


@pytest.mark.parametrize("action", ACTIONS[3:])
def test_an_unknown_action_is_not_answered_even_with_a_good_id(udp, action):
    connection_id = udp.connect()
    assert udp.silent(struct.pack("!QII", connection_id, action, 9) + bytes(82))


def test_an_id_is_valid_for_every_port_of_its_address(tracker, udp):
    connection_id = udp.connect()
    with UdpClient(tracker.port) as other_port:
        assert other_port.announce(HASH, connection_id=connection_id).leechers == 1


@pytest.mark.parametrize("family", ["v4", "v6"])
def test_an_id_is_invalid_for_any_other_address(tracker, family):
    address, sources = (
        (TRACKER_V4, (v4(2), v4(3)))
        if family == "v4"
        else (TRACKER_V6, ("fd00:99::2", "fd00:99::3"))
    )
    with UdpClient(tracker.port, address, sources[0]) as client, UdpClient(
        tracker.port, address, sources[1]
    ) as other:
        connection_id = client.connect()
        with pytest.raises(UdpError) as refusal:
            other.announce(HASH, connection_id=connection_id)
        assert refusal.value.args[0] == MISMATCH
        with pytest.raises(UdpError):
            other.scrape(HASH, connection_id=connection_id)


def test_an_id_can_be_used_repeatedly(udp):
    udp.connect()
    for port in range(1000, 1100):
        udp.announce(HASH, port=port)
    assert udp.scrape(HASH) == [(0, 0, 100)]


def test_an_id_of_another_tracker_is_refused(start_tracker):
    first = start_tracker()
    second = start_tracker(arguments=["-i", TRACKER_V4, "-p", "7000", "-P", "7000"], port=7000)
    with UdpClient(first.port) as at_first, UdpClient(second.port) as at_second:
        with pytest.raises(UdpError):
            at_second.announce(HASH, connection_id=at_first.connect())


@pytest.mark.parametrize("change", [1 << bit for bit in (0, 1, 2, 31, 32, 63)])
def test_an_id_with_a_flipped_bit_is_refused(udp, change):
    connection_id = udp.connect()
    with pytest.raises(UdpError) as refusal:
        udp.announce(HASH, connection_id=connection_id ^ change)
    assert refusal.value.args[0] == MISMATCH


def test_a_refused_announce_leaves_no_trace(udp, http):
    with pytest.raises(UdpError):
        udp.announce(HASH, connection_id=1)
    assert http.stats("torr").splitlines()[0] == "0"


def test_a_request_shorter_than_the_refusal_is_not_answered(udp):
    """The refusal has 33 bytes, 8 of header and 25 of text; a shorter scrape gets no reply."""
    for length in range(16, 33):
        assert udp.silent(struct.pack("!QII", 1, SCRAPE, 9) + bytes(length - 16)), length


def stranger_datagrams(length):
    """Datagrams of this length for each action, with ids that cannot be right."""
    noise = random.Random(length)
    for action in ACTIONS:
        for connection_id in (0, MAGIC, noise.getrandbits(64)):
            head = struct.pack("!QII", connection_id, action, 0x7E57)
            yield (head + noise.randbytes(2048))[:length]


@pytest.mark.parametrize("address", [TRACKER_V4, TRACKER_V6])
def test_a_stranger_never_gets_more_bytes_than_it_sent(tracker, address):
    """For every length from 0 to 2048 and every action. A connect is sent after each datagram; its
    reply shows that all replies to the datagram have arrived.
    """
    with UdpClient(tracker.port, address) as client:
        for length in range(2049):
            for datagram in stranger_datagrams(length):
                client.send(datagram)
                fence = client.next_transaction()
                client.send(struct.pack("!QII", MAGIC, CONNECT, fence))
                assert bytes_before(client, fence) <= length, datagram.hex()


def bytes_before(client, fence):
    """The number of bytes received before the reply to the connect with this transaction."""
    total = 0
    while True:
        reply = client.receive()
        if len(reply) == 16 and reply[:8] == struct.pack("!II", CONNECT, fence):
            return total
        total += len(reply)


def test_refusals_are_limited_to_a_thousand_a_second(tracker, udp):
    udp.connect()
    begin = time.monotonic()
    with UdpClient(tracker.port, source=v4(66)) as stranger:
        stranger.socket.setblocking(False)
        wrong = stranger.announce_datagram(HASH, 1, connection_id=12345)
        refusals = 0
        for _ in range(200):
            for _ in range(100):
                stranger.send(wrong)
            assert udp.announce(HASH).leechers == 1, "a good client is refused like the others"
            refusals += waiting_datagrams(stranger)
    seconds = time.monotonic() - begin
    assert 1000 <= refusals <= 1000 * (seconds + 2)


def waiting_datagrams(client):
    count = 0
    try:
        while client.receive():
            count += 1
    except BlockingIOError:
        return count
