"""The privileges the tracker keeps, as the kernel shows them in /proc."""
import os
import pwd
import re
import resource
import shutil
import signal
import subprocess
import tempfile

import pytest

from harness.daemon import Daemon, binary
from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4
from harness.tools import find_program

HASH = info_hash(1)
NOBODY = pwd.getpwnam("nobody")
AS_NOBODY = ["setpriv", f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups"]


def ids(status, field):
    return {int(word) for word in status[field].split()}


def capabilities(status):
    return {name: int(status[name], 16) for name in status if name.startswith("Cap")}


def serving(tracker):
    """Returns the tracker once it has answered: it listens before it gives up root."""
    assert HttpClient(tracker.port).announce(HASH)[b"incomplete"] == 1
    return tracker


def descriptors(tracker):
    """The target of each of its open descriptors."""
    folder = f"/proc/{tracker.pid}/fd"
    return {int(number): os.readlink(f"{folder}/{number}") for number in os.listdir(folder)}


@pytest.fixture
def public_directory():
    """A directory that everybody may use; those of the other tests belong to root."""
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        os.chmod(directory, 0o777)
        yield directory


@pytest.fixture
def start_as_nobody(public_directory):
    """Starts a tracker as an ordinary user."""
    started = []

    def start(prefix=AS_NOBODY):
        program = shutil.copy(binary(), public_directory)
        started.append(Daemon(public_directory, program=[*prefix, program]))
        return started[0].start()

    yield start
    for tracker in started:
        tracker.kill()


def test_started_as_root_the_tracker_becomes_nobody_in_a_chroot_without_capabilities(start_tracker):
    tracker = serving(start_tracker(program=["setpriv", "--groups=4,27", binary()]))
    status = tracker.status()
    assert ids(status, "Uid") == {NOBODY.pw_uid}
    assert ids(status, "Gid") == {NOBODY.pw_gid}
    assert ids(status, "Groups") == set()
    assert set(capabilities(status).values()) == {0}
    assert status["NoNewPrivs"].strip() == "1"
    for link in ("root", "cwd"):
        assert os.readlink(f"/proc/{tracker.pid}/{link}") == os.path.realpath(tracker.directory)
    for task in os.listdir(f"/proc/{tracker.pid}/task"):
        with open(f"/proc/{tracker.pid}/task/{task}/status") as lines:
            assert f"Uid:\t{NOBODY.pw_uid}\t" in lines.read()


def test_capabilities_that_a_uid_change_would_keep_are_dropped(start_tracker):
    bits = "--securebits=+no_setuid_fixup"
    tracker = serving(start_tracker(program=["setpriv", bits, binary()]))
    assert set(capabilities(tracker.status()).values()) == {0}


def test_started_by_an_ordinary_user_the_tracker_serves_without_a_chroot(start_as_nobody):
    tracker = serving(start_as_nobody())
    assert os.readlink(f"/proc/{tracker.pid}/root") == "/"
    assert os.readlink(f"/proc/{tracker.pid}/cwd") == os.path.realpath(tracker.directory)
    assert tracker.status()["NoNewPrivs"].strip() == "1"
    tracker.stop()


def test_started_by_an_ordinary_user_the_tracker_drops_capabilities_after_binding(start_as_nobody):
    binding = ["--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service"]
    tracker = serving(start_as_nobody([*AS_NOBODY, *binding]))
    left = capabilities(tracker.status())
    assert {left[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {0}


def test_only_sockets_and_standard_streams_stay_open_after_the_chroot(start_tracker):
    """An open directory would allow an escape from the chroot."""
    leaked = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    try:
        tracker = serving(start_tracker(passed=(leaked,)))
    finally:
        os.close(leaked)
    for number, target in descriptors(tracker).items():
        if number > 2:
            assert re.match(r"socket:|anon_inode:\[(eventpoll|eventfd|signalfd)\]", target), target


def test_sockets_do_not_take_the_place_of_closed_standard_streams(start_tracker):
    closing = ["sh", "-c", 'exec "$@" <&- 2>&-', "sh"]
    tracker = start_tracker(program=[*closing, binary()], says_ready=False)
    found = descriptors(serving(tracker))
    assert (found[0], found[2]) == ("/dev/null", "/dev/null")


@pytest.mark.parametrize("as_root", [True, False])
def test_the_tracker_leaves_no_core_dump(public_directory, as_root):
    """It would contain the keys and the addresses of all clients."""
    limit = resource.getrlimit(resource.RLIMIT_CORE)
    program = shutil.copy(binary(), public_directory)
    tracker = Daemon(public_directory, program=([] if as_root else AS_NOBODY) + [program])
    resource.setrlimit(resource.RLIMIT_CORE, (limit[1], limit[1]))
    try:
        serving(tracker.start())
        assert os.stat(f"/proc/{tracker.pid}/status").st_uid == 0
        tracker.signal_and_wait(signal.SIGABRT, timeout=10)
        assert not [name for name in os.listdir(public_directory) if name.startswith("core")]
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, limit)
        tracker.kill()


def refusal(directory, *arguments):
    """The exit code and the output of a start that must fail."""
    listen = ["-i", TRACKER_V4, "-p", "7200"]
    result = subprocess.run(
        [binary(), *listen, *arguments], cwd=directory, capture_output=True, text=True, timeout=5
    )
    return result.returncode, result.stderr


REFUSALS = [
    (["-u", "no-such-user"], 1, "cannot become user 'no-such-user': there is no such user"),
    (["-u", "root"], 1, "cannot become user 'root': that is root"),
    (["-d", "/no/such/directory"], 111, "chdir /no/such/directory: No such file or directory"),
    (["-d", "/dev/null"], 111, "chdir /dev/null: Not a directory"),
]


@pytest.mark.parametrize("arguments, code, reason", REFUSALS)
def test_an_unusable_user_or_directory_is_named(tmp_path, arguments, code, reason):
    exit_code, said = refusal(tmp_path, *arguments)
    assert exit_code == code
    assert reason in said


# In this order: each occurs first after the last occurrence of the previous one.
STEPS = [
    r"(bind|listen)\(",
    r"chroot\(",
    r"setgroups\(0,",
    r"setresgid\(",
    r"setresuid\(",
    r"prctl\(PR_SET_NO_NEW_PRIVS, 1",
    r"prctl\(PR_SET_DUMPABLE, SUID_DUMP_DISABLE",
    r"(epoll_wait|epoll_pwait|accept4|recv\w*|clone3?)\(",
]


def test_root_is_given_up_after_binding_and_before_the_first_packet_and_thread(start_tracker):
    trace = [find_program("strace", "strace"), "-D", "-qq", "-o", "trace"]
    tracker = serving(start_tracker(program=[*trace, binary()]))
    tracker.stop()
    with open(os.path.join(tracker.directory, "trace")) as file:
        calls = file.read().splitlines()
    places = [[at for at, call in enumerate(calls) if re.match(step, call)] for step in STEPS]
    for step, before, after in zip(STEPS, places, places[1:]):
        # The tracker also tests that it cannot become root again; only the time of the drop counts.
        assert before and after and before[0] < after[0], step
    assert places[0][-1] < places[1][0], "bound after the chroot"
    assert places[-2][0] < places[-1][0]
