"""docs/deploy/opentracker.service allows everything the tracker needs.

tests/deploy checks the units themselves. Here strace watches a tracker from start to stop, and
every system call it makes must be one that systemd would allow.
"""
import os
import pwd
import re
import signal
import socket
import subprocess

from harness.daemon import TOP, Daemon, binary
from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4
from harness.tools import find_program
from harness.udp_client import UdpClient
from harness.waiting import wait_until

UNIT = os.path.join(TOP, "docs", "deploy", "opentracker.service")


def settings(key):
    with open(UNIT, encoding="utf-8") as unit:
        return re.findall(rf"^{key}=(.*)$", unit.read(), re.M)


def expanded(word):
    """The system calls that one word of SystemCallFilter= stands for."""
    if not word.startswith("@"):
        return {word}
    lister = find_program("systemd-analyze", "systemd")
    result = subprocess.run(
        [lister, "--no-pager", "syscall-filter", word], capture_output=True, text=True, check=True
    )
    words = [line.strip() for line in result.stdout.splitlines()[1:]]
    names = [name for name in words if name and not name.startswith("#")]
    return set().union(*map(expanded, names))


def allowed_calls():
    allowed = set()
    for line in settings("SystemCallFilter"):
        calls = set().union(*map(expanded, line.lstrip("~").split()))
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    return allowed


def as_the_unit_does():
    """The command prefix that gives a program the unit's rights: a user and one capability."""
    nobody = pwd.getpwnam("nobody")
    capability = settings("CapabilityBoundingSet")[0].lower().removeprefix("cap_")
    rights = [f"--{kind}=-all,+{capability}" for kind in ("bounding-set", "inh-caps", "ambient-caps")]
    user = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    return ["setpriv", *user, "--no-new-privs", *rights]


def only_child(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return int(children.read())


def after_exec(trace):
    """The calls of the tracker itself, without those of the program that started it."""
    lines = trace.splitlines()
    first = max(at for at, line in enumerate(lines) if "execve(" in line)
    return lines[first + 1 :]


def lead_a_life(tracker):
    """Does everything that clients, operators and systemd may ask of the tracker."""
    HttpClient(tracker.port).announce(info_hash(1))
    HttpClient(tracker.port).stats("everything")
    with UdpClient(tracker.port) as udp:
        udp.announce(info_hash(1))
    child = only_child(tracker.pid)
    os.kill(child, signal.SIGHUP)
    wait_until(lambda: "SIGHUP" in tracker.output(), "SIGHUP to be handled")
    os.kill(child, signal.SIGTERM)
    assert tracker.process.wait(10) == 0


def test_the_unit_allows_every_system_call_of_a_trackers_life(tmp_path):
    os.chmod(tmp_path, 0o777)
    trace = tmp_path / "trace"
    strace = [find_program("strace", "strace"), "-f", "-qq", "-o", str(trace)]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        os.chmod(tmp_path / "notify", 0o777)
        told = ["env", f"NOTIFY_SOCKET={tmp_path}/notify", "WATCHDOG_USEC=200000"]
        tracker = Daemon(tmp_path, program=[*told, *strace, *as_the_unit_does(), binary()])
        try:
            lead_a_life(tracker.start())
        finally:
            tracker.kill()
    lines = after_exec(trace.read_text())
    calls = {match[1] for match in (re.match(r"\d+ +(\w+)\(", line) for line in lines) if match}
    assert {"epoll_create1", "accept4", "recvmmsg"} <= calls
    assert calls <= allowed_calls(), calls - allowed_calls()
    families = set(re.findall(r"socket\((AF_\w+)", "\n".join(lines)))
    assert families <= set(settings("RestrictAddressFamilies")[0].split())


def test_the_units_capability_is_enough_for_a_privileged_port(start_tracker):
    assert settings("CapabilityBoundingSet") == settings("AmbientCapabilities")
    arguments = ["-d", "/", "-i", TRACKER_V4, "-p", "81", "-P", "81"]
    tracker = start_tracker(arguments=arguments, port=81, program=[*as_the_unit_does(), binary()])
    assert HttpClient(81).announce(info_hash(1))[b"incomplete"] == 1
    assert set(tracker.status()["Uid"].split()) == {str(pwd.getpwnam("nobody").pw_uid)}
