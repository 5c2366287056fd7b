"""The state file: what survives a restart, a kill, a full disk and a damaged file."""
import os
import random
import re
import shutil
import signal
import subprocess
import time

import pytest

from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6
from harness.service_unit import ServiceUnit, server_sockets
from harness.state_files import StateFolder, metrics, peers
from harness.swarms import LEECHER, SEEDER, addresses_in, fill, fill6
from harness.tools import find_program
from harness.udp_client import UdpClient
from harness.waiting import wait_until

LOADED = 20_000  # peers of a thousand torrents


@pytest.fixture
def state(tmp_path):
    folder = StateFolder(tmp_path)
    yield folder
    folder.end()


@pytest.fixture
def filled(state, load_tools):
    """A state file of LOADED peers, whose previous generation is empty."""
    state.start().stop()
    tracker = state.start()
    assert load_tools.load(tracker.port, LOADED) == LOADED
    tracker.stop()
    return state


def test_a_restart_restores_the_peers(state):
    tracker = state.start()
    assert "state/peers does not exist yet; starting without peers" in tracker.output()
    fill(6969, info_hash(1), range(1000, 1300), LEECHER)
    fill(6969, info_hash(1), range(2000, 2010), SEEDER, event="completed")
    fill6(6969, info_hash(1), range(3000, 3020), SEEDER)
    fill6(6969, info_hash(2), range(1, 3), LEECHER)
    before = (addresses_in(6969, info_hash(2)), HttpClient(6969).scrape(info_hash(1), info_hash(2)))
    tracker.stop()
    assert re.search(r"state/peers: \d+ peers of 2 torrents written in 0\.\d\d s", tracker.output())
    tracker = state.start()
    after = (addresses_in(6969, info_hash(2)), HttpClient(6969).scrape(info_hash(1), info_hash(2)))
    assert after == before
    assert re.search(r"state/peers: \d+ peers of 2 torrents loaded in 0\.\d\d s", tracker.output())
    with UdpClient(6969) as udp:
        reply = udp.announce(info_hash(1), left=0, port=7)
        assert reply.leechers == 300 and len(reply.peers) > 20
    samples = metrics()
    assert samples["state_loaded_torrents"] == 2
    assert samples["state_loaded_peers"] >= 332
    tracker.stop()


def test_the_file_lies_in_the_chroot_and_only_the_trackers_user_can_read_it(filled):
    assert filled.names() == ["peers", "peers.old"]
    status = os.stat(filled.path())
    assert status.st_uid == os.stat(filled.folder).st_uid != 0
    assert status.st_mode & 0o777 == 0o600
    assert status.st_size < LOADED * 10 + 1000 * 50


def test_torrents_the_list_refuses_are_not_restored(state, tmp_path):
    tracker = state.start()
    for number in (1, 2):
        fill(6969, info_hash(number), range(1000, 1005), LEECHER)
    tracker.stop()
    (tmp_path / "black").write_text(info_hash(1).hex() + "\n")
    with open(state.configuration, "a") as file:
        file.write("access.blacklist black\n")
    os.utime(tmp_path / "black", (1e9, 1e9))
    tracker = state.start()
    assert peers() == 5
    assert "1 torrents are refused by the access list" in tracker.output()
    tracker.stop()


def flip_a_byte(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 0x10]))


def test_a_damaged_file_is_reported_and_set_aside_and_the_previous_one_is_used(filled):
    tracker = filled.start()
    tracker.stop()
    flip_a_byte(filled.path(), 50_000)
    tracker = filled.start()
    assert peers() == LOADED
    said = tracker.output()
    assert re.search(r"state/peers, at byte \d+: a block's checksum does not match", said)
    assert "kept as state/peers.damaged" in said
    assert f"state/peers.old: {LOADED} peers" in said
    tracker.stop()
    assert filled.names() == ["peers", "peers.damaged", "peers.old"]
    filled.start()
    assert peers() == LOADED


def test_without_a_good_file_the_tracker_starts_empty(filled):
    for suffix in ("", ".old"):
        os.truncate(filled.path(suffix), 30)
    tracker = filled.start()
    said = tracker.output()
    for suffix in ("", ".old"):
        assert f"error: state file state/peers{suffix}, at byte 30: the file is cut short" in said
    assert "error: no usable state file; starting without peers" in said
    assert peers() == 0
    fill(6969, info_hash(1), [1], LEECHER)


@pytest.mark.parametrize(("mode", "owner"), [(0o500, "root"), (0o300, "nobody")])
def test_an_unusable_directory_is_reported_at_start(state, mode, owner):
    """The tracker must be able to write to it, and to open it to sync it."""
    os.chmod(state.folder, mode)
    shutil.chown(state.folder, owner)
    tracker = state.start()
    told = r"the state file cannot be written: (open )?state: Permission denied"
    assert re.search(told, tracker.output())
    fill(6969, info_hash(1), [1], LEECHER)
    tracker.stop()
    assert "state/peers not written: " in tracker.output()


# What happens to the new file, in this order.
STEPS = [
    r'openat\(.*"state/peers\.new", O_RDWR\|O_CREAT\|O_EXCL\|O_APPEND\|O_NOFOLLOW\|O_CLOEXEC, 0600\)',
    r'openat\(.*"state", O_RDONLY\|O_CLOEXEC\|O_DIRECTORY\)',
    r"write\((\d+), \"OTSTATE\\n",
    r"fsync\(\d+\) += 0",
    r'rename\("state/peers", "state/peers\.old"\) += 0',
    r'rename\("state/peers\.new", "state/peers"\) += 0',
    r"fsync\(\d+\) += 0",
]


def read_text(path):
    with open(path) as file:
        return file.read()


def test_the_file_is_synced_before_the_renames_and_the_directory_after_them(filled):
    trace = os.path.join(filled.root, "trace")
    strace = [find_program("strace", "strace"), "-D", "-f", "-q", "-o", trace]
    tracker = filled.start(program=strace)
    tracker.stop()
    # strace writes on for a moment after the tracker has ended.
    end = re.compile(rf"^{tracker.pid} +\+\+\+ exited", re.MULTILINE)
    wait_until(lambda: end.search(read_text(trace)), "the end of the trace")
    calls = read_text(trace).splitlines()
    at = max(n for n, call in enumerate(calls) if "peers.new" in call and "unlink" in call)
    for step in STEPS:
        later = [n for n in range(at + 1, len(calls)) if re.search(step, calls[n])]
        assert later, f"{step} not after {calls[at]}"
        at = later[0]


# How strace makes a call fail, and what the log then says.
FAULTS = {
    "fsync": (["-e", "inject=fsync:error=EIO"], "fsync state/peers.new: Input/output error"),
    "open": (["-e", "inject=openat:error=EMFILE", "-P", "state/peers.new"], "Too many open files"),
    "rename": (["-e", "inject=rename:error=EIO"], "rename state/peers to state/peers.old: Input"),
    "second rename": (
        ["-e", "inject=rename:error=EIO:when=2"],
        "rename state/peers.new to state/peers: Input",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failed_system_call_leaves_the_old_file_unchanged(filled, fault):
    options, reason = FAULTS[fault]
    with open(filled.path(), "rb") as file:
        before = file.read()
    strace = [find_program("strace", "strace"), "-D", "-f", "-qq", "-o", "/dev/null", *options]
    tracker = filled.start(program=strace)
    tracker.stop()
    said = [line for line in tracker.output().splitlines() if "not written" in line]
    assert len(said) == 1 and reason in said[0] and "the previous one is unchanged" in said[0]
    with open(filled.path(), "rb") as file:
        assert file.read() == before
    # Renamed and renamed back, it has replaced the previous generation.
    assert filled.names() == (["peers"] if fault == "second rename" else ["peers", "peers.old"])


def test_a_failed_sync_of_the_directory_is_reported_as_such(filled):
    """The second fsync of the write fails, when the new file is already in place."""
    strace = [find_program("strace", "strace"), "-D", "-f", "-qq", "-o", "/dev/null"]
    tracker = filled.start(program=[*strace, "-e", "inject=fsync:error=EIO:when=2"])
    fill(6969, info_hash(7777), [1], LEECHER)
    tracker.stop()
    assert "written, but a power loss may undo it: fsync state: Input/output error" in tracker.output()
    assert "is unchanged" not in tracker.output()
    filled.start()
    assert peers() == LOADED + 1


def test_a_successor_waits_for_its_predecessors_last_write(filled):
    strace = [find_program("strace", "strace"), "-D", "-f", "-qq", "-o", "/dev/null"]
    slow = filled.start(program=[*strace, "-e", "inject=fsync:delay_enter=700000:when=1"])
    fill(6969, info_hash(7777), [1], LEECHER)
    slow.process.send_signal(signal.SIGTERM)
    wait_until(lambda: "peers.new" in filled.names(), "the last write to begin", pause=0.002)
    successor = filled.start()
    assert "state/peers is in use by another process; waiting for it" in successor.output()
    assert peers() == LOADED + 1
    successor.stop()
    assert "error" not in successor.output()


@pytest.fixture
def small_disk(tmp_path):
    """A state folder on a file system of 300 KB."""
    folder = StateFolder(tmp_path)
    owner = os.stat(folder.folder).st_uid
    options = f"size=300k,mode=700,uid={owner}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder.folder], check=True)
    yield folder
    folder.end()
    subprocess.run(["umount", folder.folder], check=True)


def test_a_full_disk_affects_neither_the_old_file_nor_the_service(small_disk, load_tools):
    """The disk fills up in the middle of a write, which is therefore short; the next one fails."""
    tracker = small_disk.start()
    assert load_tools.load(tracker.port, LOADED // 2) == LOADED // 2
    tracker.stop()
    with open(small_disk.path(), "rb") as file:
        before = file.read()
    tracker = small_disk.start()
    assert load_tools.load(tracker.port, 2 * LOADED) == 2 * LOADED
    tracker.stop()
    assert "not written: write state/peers.new: No space left on device" in tracker.output()
    assert small_disk.names() == ["peers"]
    with open(small_disk.path(), "rb") as file:
        assert file.read() == before
    small_disk.start()
    assert peers() == LOADED // 2


def kill_while_it_writes(state, known, generator):
    """Adds a peer, then kills the tracker at a random moment of the write. The tracker must have
    started with `known` peers, or with one more if the previous write completed. Returns how many
    it started with.
    """
    tracker = state.start()
    loaded = metrics()["state_loaded_peers"]
    assert loaded in (known, known + 1), tracker.output()
    assert not re.search("error|damaged", tracker.output()), tracker.output()
    fill(6969, info_hash(7), [1 + int(loaded) % 60_000], LEECHER)
    tracker.process.send_signal(signal.SIGTERM)
    time.sleep(generator.random() * 0.015)
    tracker.kill()
    return loaded


def kill_again_and_again(state, times):
    known = LOADED
    generator = random.Random(times)
    for _ in range(times):
        known = kill_while_it_writes(state, known, generator)
    # Some writes were completed, and some were not.
    assert 0 < known - LOADED < times


def test_a_kill_at_any_moment_of_a_write_loses_nothing(filled):
    kill_again_and_again(filled, 25)


@pytest.mark.long
def test_a_thousand_kills_lose_nothing(filled):
    kill_again_and_again(filled, 1000)


@pytest.mark.long
def test_after_a_kill_the_state_is_no_older_than_the_interval(tmp_path, load_tools):
    state = StateFolder(tmp_path, more="tracker.state_interval 10s\n")
    try:
        tracker = state.start()
        assert load_tools.load(tracker.port, LOADED) == LOADED
        wait_until(lambda: metrics()["state_writes_total"] == 1, "the first write", timeout=13)
        samples = metrics()
        assert samples["state_peers"] == LOADED
        assert samples["state_bytes"] == os.path.getsize(state.path())
        assert abs(samples["state_written_timestamp_seconds"] - time.time()) < 5
        tracker.kill()
        state.start()
        assert peers() == LOADED
    finally:
        state.end()


def test_a_restart_under_load_with_kept_sockets_restores_the_peers(tmp_path, load_tools):
    port = 7100
    state = StateFolder(tmp_path, listen="")
    with ServiceUnit(tmp_path, server_sockets(port), ["-f", state.configuration]) as unit:
        unit.start()
        load = load_tools.start_load(port, 50_000)
        wait_until(lambda: peers(port) > LOADED, "enough peers", timeout=30)
        before = peers(port)
        unit.stop()
        assert any("EXTEND_TIMEOUT_USEC" in one for one in unit.listen_for_news())
        unit.start()
        after = peers(port)
        load.kill()
        load.wait()
        assert after >= before * 0.99
        for address in (TRACKER_V4, TRACKER_V6):
            with UdpClient(port, address) as udp:
                assert udp.announce(info_hash(1)).leechers
