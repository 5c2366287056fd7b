"""A BEP 15 client that gives access to the datagrams."""
import socket
import struct

from harness.peers import unpack
from harness.private_network import TRACKER_V4, socket_address

MAGIC = 0x41727101980
CONNECT, ANNOUNCE, SCRAPE, ERROR = 0, 1, 2, 3
NONE, COMPLETED, STARTED, STOPPED, PAUSED = 0, 1, 2, 3, 4


class UdpError(Exception):
    """An error packet of the tracker; args[0] is its text as sent, in bytes."""


class AnnounceReply:
    def __init__(self, datagram, address_size):
        self.datagram = datagram
        self.interval, self.leechers, self.seeders = struct.unpack_from("!III", datagram, 8)
        self.peers = unpack(datagram[20:], address_size)


class UdpClient:
    """One socket that talks to one tracker address."""

    def __init__(self, port, address=TRACKER_V4, source=None, source_port=0, timeout=5.0):
        self._v6 = ":" in address
        self.socket = socket.socket(
            socket.AF_INET6 if self._v6 else socket.AF_INET, socket.SOCK_DGRAM
        )
        if source is not None or source_port:
            self.socket.bind(socket_address(source or ("::" if self._v6 else "0.0.0.0"), source_port))
        # A connected socket receives only from the requested address; a reply from another one is
        # lost, as it is for real clients.
        self.socket.connect(socket_address(address, port))
        self.socket.settimeout(timeout)
        self._transaction = 0x10000
        self.connection_id = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, datagram):
        self.socket.send(datagram)

    def receive(self):
        return self.socket.recv(65536)

    def next_transaction(self):
        self._transaction += 1
        return self._transaction

    def silent(self, datagram):
        """True if the datagram gets no reply. Does not sleep: it sends a connect after the datagram
        and checks that the reply to the connect is the first to arrive.
        """
        self.send(datagram)
        transaction = self.next_transaction()
        self.send(struct.pack("!QII", MAGIC, CONNECT, transaction))
        return self.receive()[4:8] == struct.pack("!I", transaction)

    def request(self, datagram, transaction):
        """Sends the datagram and returns the body of the reply. Checks the transaction id and
        raises UdpError for an error packet.
        """
        self.send(datagram)
        reply = self.receive()
        action, answered = struct.unpack_from("!II", reply)
        assert answered == transaction, reply
        if action == ERROR:
            raise UdpError(reply[8:])
        assert action == struct.unpack_from("!I", datagram, 8)[0], reply
        return reply

    def connect(self):
        transaction = self.next_transaction()
        reply = self.request(struct.pack("!QII", MAGIC, CONNECT, transaction), transaction)
        assert len(reply) == 16, reply
        self.connection_id = struct.unpack_from("!Q", reply, 8)[0]
        return self.connection_id

    def announce_datagram(self, info_hash, transaction, connection_id=None, tail=b"", **fields):
        """An announce of 98 bytes and `tail`. Fields: port, left, event, numwant, ip, key."""
        if connection_id is None:
            connection_id = self.connection_id if self.connection_id is not None else self.connect()
        head = struct.pack("!QII", connection_id, ANNOUNCE, transaction)
        numbers = struct.pack(
            "!QQQII",
            fields.get("downloaded", 0),
            fields.get("left", 1),
            fields.get("uploaded", 0),
            fields.get("event", NONE),
            fields.get("ip", 0),
        )
        end = struct.pack(
            "!IiH", fields.get("key", 0), fields.get("numwant", -1), fields.get("port", 6881)
        )
        return head + info_hash + b"-XX0000-abcdefghijkl" + numbers + end + tail

    def announce(self, info_hash, **fields):
        transaction = self.next_transaction()
        datagram = self.announce_datagram(info_hash, transaction, **fields)
        return AnnounceReply(self.request(datagram, transaction), 16 if self._v6 else 4)

    def scrape_datagram(self, info_hashes, transaction, connection_id=None):
        if connection_id is None:
            connection_id = self.connection_id if self.connection_id is not None else self.connect()
        return struct.pack("!QII", connection_id, SCRAPE, transaction) + b"".join(info_hashes)

    def scrape(self, *info_hashes, connection_id=None):
        """Scrapes and returns a list of (seeders, completed, leechers)."""
        transaction = self.next_transaction()
        reply = self.request(
            self.scrape_datagram(info_hashes, transaction, connection_id), transaction
        )
        return list(struct.iter_unpack("!III", reply[8:]))
