"""access.udp_reject_interval: what an announce gets that the access list refuses over UDP."""
import shutil

import pytest

from harness.access_lists import lines, write_list
from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6
from harness.tools import open_to_all
from harness.udp_client import COMPLETED, NONE, STARTED, STOPPED, UdpClient, UdpError
from harness.waiting import wait_until

PORT = 6969
LISTED, UNLISTED = info_hash(1), info_hash(2)
LISTEN = f"listen.tcp_udp [{TRACKER_V6}]\nlisten.tcp_udp {TRACKER_V4}\n"
NOT_AUTHORIZED = b"Requested download is not authorized for use with this tracker."


@pytest.fixture(params=["access.whitelist", "access.blacklist"])
def start_listed(request, start_with, tmp_path):
    """Starts a tracker that serves LISTED and refuses UNLISTED, by a list of either kind."""

    def start(more=""):
        root = tmp_path / "root"
        root.mkdir()
        for directory in (tmp_path, root):
            directory.chmod(0o755)
        write_list(root / "list", lines(LISTED if "white" in request.param else UNLISTED))
        return start_with(f"tracker.rootdir {root}\n{request.param} list\n{more}{LISTEN}")

    return start


@pytest.mark.parametrize("address", [TRACKER_V4, TRACKER_V6])
def test_a_refused_announce_gets_a_good_reply_with_the_interval_for_refusals(start_listed, address):
    start_listed("access.udp_reject_interval 1d\n")
    with UdpClient(PORT, address) as udp:
        udp.announce(LISTED, port=1000)
        for event in (NONE, STARTED, COMPLETED, STOPPED):
            reply = udp.announce(UNLISTED, left=0, event=event)
            assert (reply.interval, reply.leechers, reply.seeders) == (86400, 0, 0)
            assert len(reply.datagram) == 20, "no peers"
        assert udp.scrape(UNLISTED, LISTED) == [(0, 0, 0), (0, 0, 1)]
        assert 1620 <= udp.announce(LISTED, port=1001).interval <= 1980
        with pytest.raises(UdpError, match="[Pp]ort"):
            udp.announce(UNLISTED, port=0)
    assert HttpClient(PORT).announce(UNLISTED)[b"failure reason"] == NOT_AUTHORIZED


def test_a_torrent_that_a_fifo_takes_off_the_list_is_refused_the_same_way(start_with, tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    open_to_all(tmp_path)
    shutil.chown(root, "nobody")
    write_list(root / "list", lines(LISTED))
    start_with(f"tracker.rootdir {root}\naccess.whitelist list\naccess.fifo_delete deleter\n"
               f"access.udp_reject_interval 1d\n{LISTEN}")
    (root / "deleter").write_text(lines(LISTED))
    for address in (TRACKER_V4, TRACKER_V6):
        with UdpClient(PORT, address) as udp:
            wait_until(lambda udp=udp: udp.announce(LISTED).interval == 86400, "the refusal")


@pytest.mark.parametrize("more", ["", "access.udp_reject_interval 0\n"])
def test_without_the_interval_a_refused_announce_gets_an_error(start_listed, more):
    start_listed(more)
    for address in (TRACKER_V4, TRACKER_V6):
        with UdpClient(PORT, address) as udp, pytest.raises(UdpError) as error:
            udp.announce(UNLISTED)
        assert error.value.args[0] == NOT_AUTHORIZED
