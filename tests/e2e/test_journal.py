"""access.journal: what came by FIFO survives reloads, restarts, kills, full disks and damage, until
the list has it. The tracker runs as nobody inside its root.
"""
import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time

import pytest

from harness.access_lists import is_served, lines, write_list
from harness.daemon import binary
from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4
from harness.tools import open_to_all
from harness.waiting import wait_until

ONE, TWO, THREE = info_hash(1), info_hash(2), info_hash(3)
PORT = 6969
HEAD = "opentracker journal 1\n"
FIFOS = "access.fifo_add adder\naccess.fifo_delete deleter\naccess.journal journal\n"
WHITE = "access.whitelist list\n" + FIFOS
BLACK = "access.blacklist list\n" + FIFOS


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "root"
    folder.mkdir()
    shutil.chown(folder, "nobody")
    open_to_all(tmp_path)
    write_list(folder / "list", lines(ONE))
    return folder


@pytest.fixture
def start(start_tracker, folder):
    def start(text=WHITE, **options):
        return start_tracker(port=PORT, arguments=arguments(folder, text), **options)

    return start


def arguments(folder, text=WHITE, port=PORT):
    path = folder.parent / f"{port}.conf"
    path.write_text(f"listen.tcp_udp {TRACKER_V4}:{port}\n" + text)
    return ["-f", str(path), "-d", str(folder)]


def refusal(folder, *flags, text=WHITE, port=PORT):
    command = [binary(), *flags, *arguments(folder, text, port)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20)
    return result.returncode, result.stdout + result.stderr


def tell(fifo, *torrents):
    with open(fifo, "w", encoding="ascii") as pipe:
        pipe.write(lines(*torrents))


def entries(sign, *torrents):
    return "".join(f"{sign}{torrent.hex().upper()}\n" for torrent in torrents)


def wait_for_journal(folder, text, timeout=10.0):
    path = folder / "journal"
    wait_until(lambda: path.read_text() == HEAD + text, "the journal to be written", timeout)


def access_list():
    return json.loads(HttpClient(PORT).get("/stats.json").body)["access_list"]


def reload(tracker):
    seen = tracker.output().count("info_hashes in force")
    tracker.process.send_signal(signal.SIGHUP)
    wait_until(lambda: tracker.output().count("info_hashes in force") > seen, "the reload")


def test_fifo_changes_survive_a_restart_and_a_reload_until_the_list_has_them(start, folder):
    tracker = start()
    tell(folder / "adder", TWO, THREE)
    tell(folder / "deleter", ONE)
    wait_until(lambda: is_served(PORT, TWO) and not is_served(PORT, ONE), "the FIFOs")
    wait_until(lambda: access_list()["journal_waiting"] == 0, "the journal")
    tracker.stop()
    tracker = start()
    assert "journal: 3 changes that came by FIFO in force" in tracker.output()
    assert [is_served(PORT, torrent) for torrent in (ONE, TWO, THREE)] == [False, True, True]
    reload(tracker)
    assert [is_served(PORT, torrent) for torrent in (ONE, TWO, THREE)] == [False, True, True]
    write_list(folder / "list", lines(TWO))  # has two of the three changes
    reload(tracker)
    wait_for_journal(folder, entries("+", THREE))
    wait_until(lambda: access_list()["changed_hashes"] == 1, "the rest to be forgotten")
    write_list(folder / "list", lines(ONE))
    reload(tracker)
    assert [is_served(PORT, torrent) for torrent in (ONE, TWO, THREE)] == [True, False, True]


def test_deletions_from_a_black_list_survive_too(start, folder):
    tracker = start(BLACK)
    tell(folder / "deleter", ONE)
    tell(folder / "adder", TWO)
    wait_until(lambda: is_served(PORT, ONE) and not is_served(PORT, TWO), "the FIFOs")
    tracker.stop()
    start(BLACK)
    assert is_served(PORT, ONE) and not is_served(PORT, TWO)


def test_a_watched_list_that_has_the_changes_makes_them_leave_the_journal(start, folder):
    start(WHITE + "access.watch on\n")
    tell(folder / "adder", TWO)
    wait_for_journal(folder, entries("+", TWO))
    write_list(folder / "list", lines(ONE, TWO))
    wait_for_journal(folder, "")
    assert is_served(PORT, TWO)


def test_a_list_that_was_written_just_now_counts_two_seconds_later(start, folder):
    tracker = start()
    tell(folder / "adder", TWO)
    wait_for_journal(folder, entries("+", TWO))
    (folder / "list").write_text(lines(ONE, TWO))
    reload(tracker)
    time.sleep(0.5)
    assert (folder / "journal").read_text() == HEAD + entries("+", TWO)
    wait_for_journal(folder, "", timeout=5)


def test_a_stop_writes_what_came_just_before(start, folder):
    tracker = start()
    many = [info_hash(n) for n in range(100, 1000)]
    tell(folder / "adder", *many)
    tracker.stop()
    assert (folder / "journal").read_text() == HEAD + entries("+", *many)


def test_a_tracker_that_is_killed_while_it_writes_keeps_what_it_had_written(start, folder):
    generator = random.Random(5)
    told = []
    for _ in range(4):
        tracker = start()
        before = len((folder / "journal").read_text().splitlines()) - 1
        told = told[:before]
        ended = threading.Event()

        def keep_telling():
            with open(folder / "adder", "w", encoding="ascii", buffering=1) as pipe:
                while not ended.is_set():
                    told.append(info_hash(1000 + len(told)))
                    pipe.write(lines(told[-1]))
                    time.sleep(0.0005)

        teller = threading.Thread(target=keep_telling)
        teller.start()
        wait_until(lambda: access_list()["journal_lines"] > before + 50, "the first lines")
        time.sleep(generator.uniform(0, 0.2))
        # The pipe keeps a reader, so that the teller is not killed by SIGPIPE.
        reader = os.open(folder / "adder", os.O_RDONLY | os.O_NONBLOCK)
        tracker.signal_and_wait(signal.SIGKILL, 5)
        ended.set()
        teller.join()
        os.close(reader)
        written = (folder / "journal").read_text()
        count = (len(written) - len(HEAD)) // 42
        assert count > before + 50
        assert written.startswith(HEAD + entries("+", *told[:count]))
        assert len(written) - len(HEAD) - 42 * count < 42
    start()
    assert is_served(PORT, told[count - 1])
    assert access_list()["changed_hashes"] == count


def test_a_damaged_tail_is_named_and_cut(start, folder):
    whole = HEAD + entries("+", TWO)
    (folder / "journal").write_text(whole + entries("+", THREE)[:20])
    shutil.chown(folder / "journal", "nobody")
    tracker = start()
    assert "journal: line 3 is damaged; the 20 bytes from there to the end are cut" in (
        tracker.output()
    )
    assert (folder / "journal").read_text() == whole
    assert is_served(PORT, TWO) and not is_served(PORT, THREE)
    tell(folder / "adder", THREE)
    wait_for_journal(folder, entries("+", TWO, THREE))


@pytest.mark.parametrize("flags", [["-t"], []], ids=["check", "start"])
def test_a_file_that_is_no_journal_is_refused_and_kept(folder, flags):
    os.mkfifo(folder / "adder", 0o600)
    os.mkfifo(folder / "deleter", 0o600)
    for name in ("adder", "deleter"):
        shutil.chown(folder / name, "nobody")
    other = lines(TWO)
    (folder / "journal").write_text(other)
    shutil.chown(folder / "journal", "nobody")
    code, said = refusal(folder, *flags)
    assert code == 1
    assert "6969.conf:5: access.journal: journal: is not a journal of the tracker" in said
    assert (folder / "journal").read_text() == other


def test_two_trackers_cannot_share_a_journal(start, folder):
    start()
    code, said = refusal(folder, port=7001)
    assert code == 1
    assert "7001.conf:5: access.journal: journal: another process holds journal.lock" in said
    code, said = refusal(folder, "-t", port=7001)
    assert code == 0, said


@pytest.fixture
def small_disk(folder):
    """Mounts a file system of 64 KiB for the journal."""
    disk = folder / "disk"
    disk.mkdir()
    options = f"size=64k,mode=700,uid={os.stat(folder).st_uid}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", disk], check=True)
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_full_disk_delays_the_journal_but_not_the_change(start, folder, small_disk):
    tracker = start(WHITE.replace("access.journal journal", "access.journal disk/journal"))
    (small_disk / "filler").write_bytes(bytes(56 * 1024))
    many = [info_hash(n) for n in range(100, 1000)]
    tell(folder / "adder", *many)
    wait_until(lambda: access_list()["journal_failed_writes"] >= 2, "two failures")
    assert is_served(PORT, many[-1])
    assert access_list()["journal_waiting"] == 900
    (small_disk / "filler").unlink()
    wait_for_journal(small_disk, entries("+", *many))
    wait_until(lambda: access_list()["journal_waiting"] == 0, "the journal")
    said = tracker.output()
    assert said.count("disk/journal: not written: write disk/journal: No space left on device") == 1
    assert said.count("disk/journal: written again, after ") == 1


def test_a_full_disk_does_not_hold_a_stop(start, folder, small_disk):
    tracker = start(WHITE.replace("access.journal journal", "access.journal disk/journal"))
    (small_disk / "filler").write_bytes(bytes(56 * 1024))
    many = [info_hash(n) for n in range(100, 1000)]
    tell(folder / "adder", *many)
    wait_until(lambda: access_list()["journal_failed_writes"] >= 1, "a failure")
    code, seconds = tracker.signal_and_wait(signal.SIGTERM, 5)
    assert (code, seconds < 2) == (0, True)
    assert "disk/journal: 900 changes could not be written and will be forgotten" in (
        tracker.output()
    )
    assert (small_disk / "journal").read_text() == HEAD


def test_a_journal_that_is_removed_comes_back_with_the_next_change(start, folder):
    start()
    tell(folder / "adder", TWO)
    wait_for_journal(folder, entries("+", TWO))
    (folder / "journal").unlink()
    tell(folder / "adder", THREE)
    wait_until((folder / "journal").exists, "the journal to come back")
    wait_for_journal(folder, entries("+", TWO, THREE))


def test_changes_taken_back_again_and_again_do_not_make_the_journal_long(start, folder):
    start()
    for _ in range(30):
        tell(folder / "adder", TWO, THREE)
        for n in range(100):
            tell(folder / "adder", info_hash(100 + n))
            tell(folder / "deleter", info_hash(100 + n))
    wait_until(lambda: access_list()["journal_waiting"] == 0, "the journal")
    assert access_list()["journal_lines"] < 1500
    assert is_served(PORT, TWO)


def test_without_a_journal_a_reload_forgets_what_came_by_fifo(start, folder):
    tracker = start(WHITE.replace("access.journal journal\n", ""))
    tell(folder / "adder", TWO)
    wait_until(lambda: is_served(PORT, TWO), "the FIFO")
    reload(tracker)
    assert not is_served(PORT, TWO)
    assert access_list()["journal_lines"] == 0
