"""Swarms filled through the tracker's own doors, so that replies can be checked against who is in
them.
"""
from harness.http_client import HttpClient, HttpConnection, query
from harness.peers import peers_of
from harness.private_network import TRACKER_V4, TRACKER_V6, v4

ONLOOKER = v4(250)

LEECHER, SEEDER = 1, 0


def fill(tracker_port, info_hash, ports, left, address=TRACKER_V4, **parameters):
    """Announces one peer for each port over one connection; all have the source address `address`
    itself.
    """
    with HttpConnection(tracker_port, address) as connection:
        for port in ports:
            fields = query(info_hash=info_hash, port=port, left=left, numwant=0, **parameters)
            connection.send(f"GET /announce?{fields} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
            reply = connection.read_response().bencoded()
            assert b"failure reason" not in reply, reply


def addresses_in(tracker_port, info_hash):
    """The addresses of the swarm's peers, sorted, as a client at ONLOOKER is told."""
    reply = HttpClient(tracker_port).announce(info_hash, port=1, source=ONLOOKER, left=SEEDER)
    return sorted(address for address, _ in peers_of(reply))


def fill6(tracker_port, info_hash, ports, left, **parameters):
    fill(tracker_port, info_hash, ports, left, TRACKER_V6, **parameters)
