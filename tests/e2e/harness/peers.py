"""Names for torrents and the compact forms of peers (BEP 23, BEP 7)."""
import hashlib
import ipaddress
import struct


def info_hash(n):
    """The n-th torrent of the tests. The same in every run, so that a white list can be written in
    advance.
    """
    return hashlib.sha1(b"torrent %d" % n).digest()


def unpack(data, address_size):
    """Compact peers as a list of (address text, port)."""
    size = address_size + 2
    assert len(data) % size == 0, data
    peers = []
    for at in range(0, len(data), size):
        address = ipaddress.ip_address(data[at : at + address_size])
        peers.append((str(address), struct.unpack_from("!H", data, at + address_size)[0]))
    return peers


def peers_of(reply):
    """Both families of a decoded HTTP reply, in the order of the wire."""
    return unpack(reply.get(b"peers", b""), 4) + unpack(reply.get(b"peers6", b""), 16)
