"""A file to share and its .torrent, both the same in every run, as is the info_hash."""
import hashlib
import os
import random

from harness import bencode

PIECE = 256 * 1024
FOUR_MIB = 4 * 1024 * 1024


class Torrent:
    """The content is derived from `name`, so each name is a different torrent. It is private, so
    that peers are only found through the tracker.
    """

    def __init__(self, name, announce_url, size=FOUR_MIB):
        self.name = name
        self.content = random.Random(name).randbytes(size)
        pieces = b"".join(
            hashlib.sha1(self.content[at : at + PIECE]).digest() for at in range(0, size, PIECE)
        )
        info = {"length": size, "name": name, "piece length": PIECE, "pieces": pieces, "private": 1}
        self.info_hash = hashlib.sha1(bencode.encode(info)).digest()
        self.metainfo = bencode.encode({"announce": announce_url, "info": info})

    def write_metainfo(self, directory):
        path = os.path.join(directory, self.name + ".torrent")
        with open(path, "wb") as file:
            file.write(self.metainfo)
        return path

    def write_content(self, directory):
        with open(os.path.join(directory, self.name), "wb") as file:
            file.write(self.content)

    def is_complete_in(self, directory):
        """True if the file in `directory` has exactly the content."""
        try:
            with open(os.path.join(directory, self.name), "rb") as file:
                return file.read() == self.content
        except FileNotFoundError:
            return False
