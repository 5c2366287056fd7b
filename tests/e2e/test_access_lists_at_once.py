"""Lists as operators write them: appended and reloaded at once, edited on Windows, exported from a
panel, swapped by Kubernetes, watched.
"""
import os
import shutil
import signal
import subprocess
import time

import pytest

from harness.access_lists import is_served_over_http, is_served_over_udp, lines, write_list
from harness.daemon import binary
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6
from harness.tools import open_to_all
from harness.udp_client import UdpClient, UdpError
from harness.waiting import soon, wait_until

ONE, TWO, THREE = info_hash(1), info_hash(2), info_hash(3)
PORT = 6969
LISTEN = f"listen.tcp_udp [{TRACKER_V6}]\nlisten.tcp_udp {TRACKER_V4}\n"
MARK = b"\xef\xbb\xbf"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "root"
    folder.mkdir()
    shutil.chown(folder, "nobody")
    open_to_all(tmp_path)
    return folder


@pytest.fixture
def start_with(start_tracker, folder):
    def start(*text):
        (folder.parent / "t.conf").write_text(LISTEN + "\n".join(text) + "\n")
        flags = ["-f", str(folder.parent / "t.conf"), "-d", str(folder)]
        return start_tracker(port=PORT, arguments=flags)

    return start


def is_served_over_udp6(torrent):
    with UdpClient(PORT, TRACKER_V6) as udp:
        try:
            udp.announce(torrent)
        except UdpError:
            return False
        return True


def append(path, torrent):
    with open(path, "a", encoding="ascii") as file:
        file.write(lines(torrent))


def hangup(tracker):
    tracker.process.send_signal(signal.SIGHUP)


def comes_soon(served, torrent):
    wait_until(lambda: served(torrent), "the torrent to be served", timeout=soon())


def over_http(torrent):
    return is_served_over_http(PORT, torrent)


def over_udp(torrent):
    return is_served_over_udp(PORT, torrent)


@pytest.mark.parametrize("served", [over_http, over_udp, is_served_over_udp6])
def test_an_appended_hash_is_served_at_once_after_sighup(start_with, folder, served):
    write_list(folder / "list", lines(ONE))
    tracker = start_with("access.whitelist list")
    assert not served(TWO)
    append(folder / "list", TWO)
    hangup(tracker)
    comes_soon(served, TWO)


def test_every_hash_is_served_while_sighup_comes_each_second(start_with, folder):
    write_list(folder / "list", lines(ONE))
    tracker = start_with("access.whitelist list")
    for n in range(100, 114):
        append(folder / "list", info_hash(n))
        hangup(tracker)
        next_signal = time.monotonic() + 1
        comes_soon(over_udp, info_hash(n))
        time.sleep(max(0.0, next_signal - time.monotonic()))


COMMENTS = [",My Movie", ";", "#c", "|x", ":1:1", "-a"]


@pytest.mark.parametrize("kind", ["whitelist", "blacklist"])
def test_what_follows_a_hash_in_a_list_is_a_comment(start_with, folder, kind):
    torrents = [info_hash(n) for n in range(10, 10 + 2 * len(COMMENTS))]
    text = ""
    for n, comment in enumerate(COMMENTS):
        text += torrents[2 * n].hex() + comment + "\n"
        text += torrents[2 * n + 1].hex() + 24 * "a" + comment + "\r\n"
    write_list(folder / "list", text)
    start_with(f"access.{kind} list")
    for torrent in torrents:
        assert over_http(torrent) == over_udp(torrent) == (kind == "whitelist")
    assert over_http(THREE) != (kind == "whitelist")


def test_what_follows_a_hash_in_a_fifo_is_a_comment(start_with, folder):
    write_list(folder / "list", "# empty\n")
    start_with("access.whitelist list", "access.fifo_add adder")
    torrents = [info_hash(n) for n in range(10, 10 + len(COMMENTS))]
    for torrent, comment in zip(torrents, COMMENTS):
        (folder / "adder").write_text(f"{torrent.hex()}{comment}\n")
    for torrent in torrents:
        wait_until(lambda torrent=torrent: over_udp(torrent), "the torrent to be served")


@pytest.mark.parametrize("kind", ["whitelist", "blacklist"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_byte_order_mark_does_not_hide_the_first_hash(start_with, folder, kind, end):
    (folder / "list").write_bytes(MARK + end.join(t.hex().encode() for t in (ONE, TWO)) + end)
    start_with(f"access.{kind} list")
    for torrent in (ONE, TWO):
        assert over_http(torrent) == over_udp(torrent) == (kind == "whitelist")


@pytest.mark.parametrize("content", [b"", MARK])
@pytest.mark.parametrize("kind", ["whitelist", "blacklist"])
def test_an_empty_file_at_start_is_a_list_of_nothing(start_with, folder, kind, content):
    (folder / "list").write_bytes(content)
    tracker = start_with(f"access.{kind} list")
    assert "warning: list: is empty, so the list holds nothing" in tracker.output()
    assert over_http(ONE) == over_udp(ONE) == (kind == "blacklist")
    append(folder / "list", ONE)
    hangup(tracker)
    wait_until(lambda: over_udp(ONE) == (kind == "whitelist"), "the list", timeout=soon())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_list_in_utf_16_is_refused_with_the_name_of_the_encoding(folder, encoding, mark):
    path = folder / "list"
    path.write_bytes((mark + lines(ONE)).encode(encoding))
    result = subprocess.run(
        [binary(), "-i", TRACKER_V4, "-p", "7001", "-d", str(folder), "-w", "list"],
        capture_output=True,
        text=True,
        timeout=10,
    )
    assert result.returncode == 1
    name = encoding.upper().replace("-LE", "LE").replace("-BE", "BE")
    command = f"iconv -f {name} -t UTF-8 list"
    assert f"is encoded in {name}; convert it to UTF-8: {command}" in result.stderr
    converted = subprocess.run(command.split(), cwd=folder, capture_output=True, check=True)
    assert lines(ONE).encode() in converted.stdout


WATCHED = ("access.whitelist list", "access.watch on")


def test_a_watched_list_is_in_force_within_a_second_and_once_a_burst(start_with, folder):
    write_list(folder / "list", lines(ONE))
    tracker = start_with(*WATCHED)
    time.sleep(2.2)
    for n in range(100, 110):
        append(folder / "list", info_hash(n))
    comes_soon(over_udp, info_hash(109))
    assert tracker.output().count("info_hashes in force") == 2
    write_list(folder / "list", lines(TWO))
    comes_soon(over_http, TWO)
    assert not over_http(ONE)
    (folder / "list").write_text(lines(THREE))
    comes_soon(is_served_over_udp6, THREE)


def test_a_watched_directory_may_go_and_come_back(start_with, folder):
    (folder / "lists").mkdir()
    write_list(folder / "lists" / "list", lines(ONE))
    tracker = start_with("access.whitelist lists/list", "access.watch on")
    shutil.rmtree(folder / "lists")
    wait_until(lambda: "the list in force stays" in tracker.output(), "the refusal", timeout=soon())
    assert over_udp(ONE)
    (folder / "lists").mkdir()
    write_list(folder / "lists" / "list", lines(TWO))
    comes_soon(over_udp, TWO)


def test_a_watched_list_follows_the_links_of_a_kubernetes_volume(start_with, folder):
    for name, torrent in (("..1", ONE), ("..2", TWO)):
        (folder / name).mkdir(mode=0o755)
        write_list(folder / name / "list", lines(torrent))
    (folder / "..data").symlink_to("..1")
    (folder / "list").symlink_to("..data/list")
    start_with(*WATCHED)
    assert over_udp(ONE)
    (folder / "..tmp").symlink_to("..2")
    os.rename(folder / "..tmp", folder / "..data")
    comes_soon(over_udp, TWO)
    assert not over_http(ONE)


def test_a_watched_list_that_is_written_all_the_time_does_not_fill_the_log(start_with, folder):
    write_list(folder / "list", lines(ONE))
    tracker = start_with(*WATCHED)
    before = tracker.output().count("\n")
    for n in range(100, 110):
        append(folder / "list", info_hash(n))
        comes_soon(over_udp, info_hash(n))
    assert tracker.output().count("\n") - before <= 4


# Runs a command in a user namespace that has this many inotify watches, as an ordinary user of it.
FEW_WATCHES = 'echo "$0" >/proc/sys/user/max_inotify_watches; exec unshare -U --map-user=65534 "$@"'


@pytest.mark.parametrize("watches", [0, 1])
def test_a_limit_on_watches_is_named_and_signals_still_count(start_tracker, folder, watches):
    write_list(folder / "list", lines(ONE))
    (folder.parent / "t.conf").write_text(LISTEN + "\n".join(WATCHED) + "\n")
    few = ["unshare", "-Ur", "sh", "-c", FEW_WATCHES, str(watches), binary()]
    flags = ["-f", str(folder.parent / "t.conf"), "-d", str(folder)]
    tracker = start_tracker(program=few, port=PORT, arguments=flags)
    said = [line for line in tracker.output().splitlines() if "max_user_watches" in line]
    assert len(said) == 1
    assert "warning: list: not every change of this file will be noticed without SIGHUP: " in said[0]
    assert said[0].endswith("; raise fs.inotify.max_user_watches with sysctl(8)")
    write_list(folder / "list", lines(TWO))
    hangup(tracker)
    comes_soon(over_udp, TWO)
    assert tracker.output().count("max_user_watches") == 1


def test_access_watch_without_a_list_is_an_error(folder):
    (folder / "t.conf").write_text("access.watch on\n")
    result = subprocess.run(
        [binary(), "-t", "-f", str(folder / "t.conf")], capture_output=True, text=True, timeout=10
    )
    assert result.returncode == 1
    assert "t.conf:1: access.watch: needs a file to watch" in result.stderr + result.stdout
