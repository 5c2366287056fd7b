"""Files of info_hashes, and checks of what a tracker serves."""
import os
import time

from harness.http_client import HttpClient, query
from harness.tools import open_to_all
from harness.udp_client import UdpClient, UdpError

NOT_AUTHORIZED = "Requested download is not authorized for use with this tracker."


def lines(*info_hashes):
    return "".join(f"{info_hash.hex()}\n" for info_hash in info_hashes)


def write_list(path, text):
    """Replaces the file `path` by a rename. The new one is old enough not to look half-written."""
    fresh = f"{path}.new"
    with open(fresh, "w", encoding="ascii") as out:
        out.write(text)
    an_hour_ago = time.time() - 3600
    os.utime(fresh, (an_hour_ago, an_hour_ago))
    os.chmod(fresh, 0o644)
    os.rename(fresh, path)


def listed(tmp_path, *info_hashes):
    """The list file and the configuration of a tracker that serves these, in its own root."""
    root = tmp_path / "root"
    root.mkdir()
    open_to_all(tmp_path)
    write_list(root / "white", lines(*info_hashes))
    return root / "white", f"tracker.rootdir {root}\naccess.whitelist white\n"


def is_served_over_http(port, info_hash):
    reply = HttpClient(port).get(f"/announce?{query(info_hash=info_hash, port=6881, left=1)}")
    if b"failure reason" not in reply.bencoded():
        return True
    assert reply.failure() == NOT_AUTHORIZED
    return False


def is_served_over_udp(port, info_hash):
    with UdpClient(port) as client:
        try:
            client.announce(info_hash)
        except UdpError as error:
            assert error.args[0].rstrip(b"\0").decode() == NOT_AUTHORIZED
            return False
    return True


def is_served(port, info_hash):
    """True if served over HTTP and UDP, which must agree. Unsuitable for waiting, because the list
    may change between the two requests.
    """
    over_http = is_served_over_http(port, info_hash)
    assert over_http == is_served_over_udp(port, info_hash)
    return over_http
