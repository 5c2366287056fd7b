"""White and black lists with SIGHUP and FIFOs, used as an operator uses them."""
import os
import shutil
import signal
import socket
import subprocess
import threading

import pytest

from harness.access_lists import is_served, is_served_over_udp, lines, write_list
from harness.daemon import binary
from harness.http_client import HttpClient, query
from harness.peers import info_hash
from harness.private_network import TRACKER_V4
from harness.tools import open_to_all
from harness.udp_client import UdpClient
from harness.waiting import wait_until

ONE, TWO, THREE = info_hash(1), info_hash(2), info_hash(3)
PORT = 6969
LISTEN = f"listen.tcp_udp {TRACKER_V4}\n"


@pytest.fixture
def folder(tmp_path):
    """The root directory of the tracker, where its user may create FIFOs."""
    folder = tmp_path / "root"
    folder.mkdir()
    shutil.chown(folder, "nobody")
    open_to_all(tmp_path)
    return folder


@pytest.fixture
def start_with(start_tracker, folder):
    """Starts the tracker in `folder` with these flags, and with `text` appended to its
    configuration file.
    """

    def start(*flags, text="", **options):
        (folder.parent / "t.conf").write_text(LISTEN + text)
        arguments = ["-f", str(folder.parent / "t.conf"), "-d", str(folder), *flags]
        return start_tracker(port=PORT, arguments=arguments, **options)

    return start


def reload(tracker, says):
    """Sends SIGHUP and waits until the log has one more line with `says`."""
    seen = tracker.output().count(says)
    tracker.process.send_signal(signal.SIGHUP)
    wait_until(lambda: tracker.output().count(says) > seen, f"'{says}' in the log")


def write_fifo(path, text):
    with open(path, "w", encoding="ascii") as fifo:
        fifo.write(text)


@pytest.mark.parametrize("flags, text", [(["-w", "list"], ""), ([], "access.whitelist list\n")])
def test_a_white_list_serves_only_its_torrents(start_with, folder, flags, text):
    write_list(folder / "list", lines(ONE))
    tracker = start_with(*flags, text=text)
    assert is_served(PORT, ONE)
    assert not is_served(PORT, TWO)
    assert "serving the torrents of the white list list" in tracker.output()
    assert "list: 1 info_hashes in force" in tracker.output()


@pytest.mark.parametrize("flags, text", [(["-b", "list"], ""), ([], "access.blacklist list\n")])
def test_a_black_list_serves_all_but_its_torrents(start_with, folder, flags, text):
    write_list(folder / "list", lines(ONE))
    start_with(*flags, text=text)
    assert not is_served(PORT, ONE)
    assert is_served(PORT, TWO)


def test_a_refused_torrent_scrapes_as_zeros(start_with, folder):
    write_list(folder / "list", lines(ONE))
    start_with("-w", "list")
    is_served(PORT, ONE)
    is_served(PORT, TWO)
    with UdpClient(PORT) as udp:
        first, second = udp.scrape(ONE, TWO)
    assert first[2] > 0
    assert second == (0, 0, 0)
    files = HttpClient(PORT).get(f"/scrape?{query(info_hash=TWO)}").bencoded()[b"files"]
    assert files[TWO] == {b"complete": 0, b"downloaded": 0, b"incomplete": 0}


BAD_LISTS = [
    (None, "No such file"),
    ("no hash\n", "has no valid line; line 1"),
    ("directory", "is a directory"),
]


@pytest.mark.parametrize("flag", ["-w", "-b"])
@pytest.mark.parametrize("content, reason", BAD_LISTS)
def test_an_unusable_list_stops_the_start_with_exit_code_1_and_the_reason(
    folder, flag, content, reason
):
    if content == "directory":
        (folder / "list").mkdir()
    elif content is not None:
        write_list(folder / "list", content)
    result = subprocess.run(
        [binary(), "-i", TRACKER_V4, "-p", "7001", "-d", str(folder), flag, "list"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=10,
    )
    assert result.returncode == 1
    assert reason in result.stderr


def test_sighup_loads_a_new_list_and_the_torrents_it_refuses_leave_the_table(start_with, folder):
    write_list(folder / "list", lines(ONE, TWO))
    tracker = start_with("-w", "list")
    for torrent in (ONE, TWO):
        assert is_served(PORT, torrent)
    write_list(folder / "list", lines(TWO, THREE) + "rubbish\n")
    reload(tracker, "2 info_hashes in force")
    assert [is_served(PORT, torrent) for torrent in (ONE, TWO, THREE)] == [False, True, True]
    assert "1 line skipped (line 3: " in tracker.output()
    wait_until(
        lambda: "1 torrents that the list refuses have left the table" in tracker.output(),
        "the refused torrent to leave",
    )
    assert HttpClient(PORT).stats("torr").split("\n")[0] == "2"


def test_sighup_with_a_bad_file_leaves_the_old_list_in_force(start_with, folder):
    write_list(folder / "list", lines(ONE))
    tracker = start_with("-w", "list")
    for content, reason in [("", "is empty; for an empty list"), *BAD_LISTS[1:2]]:
        write_list(folder / "list", content)
        reload(tracker, f"{reason}")
        assert is_served(PORT, ONE) and not is_served(PORT, TWO)
    (folder / "list").unlink()
    reload(tracker, "No such file or directory; the list in force stays")
    assert is_served(PORT, ONE) and not is_served(PORT, TWO)
    write_list(folder / "list", "# nothing is served\n")
    reload(tracker, "0 info_hashes in force")
    assert not is_served(PORT, ONE)


def test_a_file_that_is_being_written_is_checked_again_later(start_with, folder):
    write_list(folder / "list", lines(ONE))
    tracker = start_with("-w", "list")
    (folder / "list").write_text(lines(ONE, TWO))
    reload(tracker, "2 info_hashes in force")
    assert "it was written just now and is read again in 2 s" in tracker.output()
    (folder / "list").write_text(lines(ONE, TWO, THREE))
    wait_until(lambda: "3 info_hashes in force" in tracker.output(), "the second look")
    assert is_served(PORT, THREE)


def test_the_service_manager_is_told_of_a_reload_until_the_list_is_in_force(start_with, folder):
    write_list(folder / "list", lines(ONE))
    path = str(folder.parent / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        os.chmod(path, 0o777)
        manager.settimeout(10)
        tracker = start_with("-w", "list", variables={"NOTIFY_SOCKET": path})
        assert manager.recv(4096).startswith(b"READY=1")
        (folder / "list").write_text(lines(TWO))
        tracker.process.send_signal(signal.SIGHUP)
        assert manager.recv(4096).startswith(b"RELOADING=1")
        assert manager.recv(4096).startswith(b"READY=1")
        assert is_served(PORT, TWO)


FIFOS = "access.fifo_add adder\naccess.fifo_delete deleter\n"


def test_fifos_change_the_list_at_once_until_the_next_reload(start_with, folder):
    write_list(folder / "list", lines(ONE))
    tracker = start_with("-w", "list", text=FIFOS)
    write_fifo(folder / "adder", lines(TWO))
    wait_until(lambda: is_served_over_udp(PORT, TWO), "the added torrent to be served")
    write_fifo(folder / "deleter", lines(ONE) + "rubbish\n")
    wait_until(lambda: not is_served_over_udp(PORT, ONE), "the deleted torrent to be refused")
    wait_until(lambda: "deleter: 1 line skipped" in tracker.output(), "the bad line in the log")
    reload(tracker, "1 info_hashes in force")
    assert is_served(PORT, ONE) and not is_served(PORT, TWO)


def test_many_writers_to_one_fifo_lose_no_line(start_with, folder):
    write_list(folder / "list", "# empty\n")
    tracker = start_with("-w", "list", text=FIFOS)
    torrents = [info_hash(n) for n in range(4000)]

    def write(mine):
        with open(folder / "adder", "wb", buffering=0) as fifo:
            for torrent in mine:
                fifo.write(lines(torrent).encode())

    writers = [threading.Thread(target=write, args=(torrents[i::8],)) for i in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
        assert not writer.is_alive()
    wait_until(lambda: is_served_over_udp(PORT, torrents[-1]), "the last line to be read")
    with UdpClient(PORT) as udp:
        for torrent in torrents:
            udp.announce(torrent)
    assert "skipped" not in tracker.output()


def test_a_fifo_that_cannot_be_created_is_reported_with_the_command_to_create_it(folder):
    folder.chmod(0o755)
    shutil.chown(folder, "root")
    write_list(folder / "list", lines(ONE))
    (folder.parent / "t.conf").write_text(LISTEN + "access.whitelist list\n" + FIFOS)
    result = subprocess.run(
        [binary(), "-f", str(folder.parent / "t.conf"), "-d", str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=10,
    )
    assert result.returncode == 1
    assert "mkfifo -m 660 'adder'" in result.stderr
