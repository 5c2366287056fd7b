"""Names for torrents and the compact forms of peers (BEP 23, BEP 7)."""
import hashlib
import ipaddress
import struct


def info_hash(n):
    """The info_hash of the n-th test torrent. It is the same in every run, so that a white list can
    be written in advance.
    """
    return hashlib.sha1(b"torrent %d" % n).digest()


def unpack(data, address_size):
    """Decodes compact peers into a list of (address text, port)."""
    size = address_size + 2
    assert len(data) % size == 0, data
    peers = []
    for at in range(0, len(data), size):
        address = ipaddress.ip_address(data[at : at + address_size])
        peers.append((str(address), struct.unpack_from("!H", data, at + address_size)[0]))
    return peers


def peers_of(reply):
    """The peers of both families in a decoded HTTP reply, in wire order."""
    return unpack(reply.get(b"peers", b""), 4) + unpack(reply.get(b"peers6", b""), 16)
