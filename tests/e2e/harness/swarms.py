"""Swarms filled by announcing, so that replies can be checked against their known members."""
import hashlib
import socket

from harness.http_client import HttpClient, HttpConnection, query
from harness.peers import peers_of
from harness.private_network import TRACKER_V4, TRACKER_V6, v4

ONLOOKER = v4(250)

LEECHER, SEEDER = 1, 0


def fill(tracker_port, info_hash, ports, left, address=TRACKER_V4, **parameters):
    """Announces one peer for each port over one connection. All of them have `address` as their
    source address.
    """
    with HttpConnection(tracker_port, address) as connection:
        for port in ports:
            fields = query(info_hash=info_hash, port=port, left=left, numwant=0, **parameters)
            connection.send(f"GET /announce?{fields} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
            reply = connection.read_response().bencoded()
            assert b"failure reason" not in reply, reply


def numbered_torrents(count):
    """`count` info_hashes that look random."""
    return [hashlib.sha1(str(n).encode()).digest() for n in range(count)]


def fill_torrents(tracker_port, info_hashes, at_once=2000):
    """Announces a leecher for each torrent over one connection, many at a time."""
    ok = b"HTTP/1.1 200 OK"
    with socket.create_connection((TRACKER_V4, tracker_port), timeout=60) as connection:
        for first in range(0, len(info_hashes), at_once):
            batch = info_hashes[first : first + at_once]
            connection.sendall(b"".join(map(_announce_of_a_leecher, batch)))
            replies, tail = 0, b""
            while replies < len(batch):
                received = connection.recv(1 << 20)
                assert received, "the tracker has closed"
                replies += (tail + received).count(ok)
                tail = (tail + received)[1 - len(ok) :]  # a head may arrive in two packets


def _announce_of_a_leecher(info_hash):
    name = info_hash.hex()
    escaped = "".join(f"%{name[i:i + 2]}" for i in range(0, 40, 2))
    return f"GET /announce?info_hash={escaped}&port=1&left=1&numwant=0 HTTP/1.1\r\n\r\n".encode()


def addresses_in(tracker_port, info_hash):
    """The sorted addresses of the peers in a swarm, as given to a client at ONLOOKER."""
    reply = HttpClient(tracker_port).announce(info_hash, port=1, source=ONLOOKER, left=SEEDER)
    return sorted(address for address, _ in peers_of(reply))


def fill6(tracker_port, info_hash, ports, left, **parameters):
    fill(tracker_port, info_hash, ports, left, TRACKER_V6, **parameters)
