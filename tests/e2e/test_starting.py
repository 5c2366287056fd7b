"""Where a start may fail or must not: users by number, empty roots, containers' roots, addresses that
are not there yet, ports that are taken.
"""
import os
import re
import shutil
import socket
import subprocess

import pytest

from harness.daemon import Daemon, binary
from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6
from harness.udp_client import UdpClient
from harness.waiting import wait_until

HASH = info_hash(1)
LATE = {"203.0.113.9": "32", "2001:db8::9": "128"}


def ids(tracker):
    status = tracker.status()
    return {key: set(map(int, status[key].split())) for key in ("Uid", "Gid", "Groups")}


def refusal(*arguments, directory="/tmp", prefix=()):
    """The exit code and the last line of a start that must fail."""
    result = subprocess.run(
        [*prefix, binary(), *arguments], cwd=directory, capture_output=True, text=True, timeout=5
    )
    return result.returncode, result.stderr.splitlines()[-1] if result.stderr else ""


# Users by number ----------------------------------------------------------------------------------


@pytest.mark.parametrize("user, uid, gid", [("65534", 65534, 65534), ("54321:1001", 54321, 1001)])
@pytest.mark.parametrize("of_file", [False, True])
def test_a_user_may_be_a_number_without_an_entry(start_with, user, uid, gid, of_file):
    text = f"tracker.user {user}\n" if of_file else ""
    flags = [] if of_file else ["-u", user]
    listen = f"listen.tcp {TRACKER_V4}:6969\n"
    tracker = start_with(text + listen, *flags)
    assert ids(tracker) == {"Uid": {uid}, "Gid": {gid}, "Groups": set()}
    assert HttpClient(6969).announce(HASH)[b"incomplete"] == 1


@pytest.mark.parametrize(
    "user", ["0", "4294967295", "18446744073709551616", "-1", "1000:0", "0:1000", "1000:", "a:1"]
)
def test_a_number_that_is_roots_or_no_id_is_refused(tmp_path, user):
    path = tmp_path / "t.conf"
    path.write_text(f"tracker.user {user}\n")
    for arguments, place in ((["-u", user], "-u: "), (["-f", "t.conf"], "t.conf:1: tracker.user: ")):
        for check in (["-t"], []):
            result = subprocess.run(
                [binary(), *check, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=5
            )
            assert result.returncode == 1
            assert result.stderr.startswith(f"{place}'{user}' "), result.stderr


def test_an_unknown_name_is_an_error_that_offers_a_number(tmp_path):
    path = tmp_path / "t.conf"
    path.write_text(f"listen.tcp {TRACKER_V4}\ntracker.user no-such-user\n")
    code, said = refusal("-f", "t.conf", directory=tmp_path)
    assert code == 1
    assert "t.conf:2: tracker.user: cannot become user 'no-such-user': there is no such user" in said
    assert "a number such as 65534" in said


@pytest.fixture
def empty_root(tmp_path):
    """A root with the tracker and its libraries and nothing else: no /etc, no /dev, no /proc."""
    root = tmp_path / "root"
    root.mkdir()
    shutil.copy(binary(), root / "opentracker")
    linked = subprocess.run(["ldd", binary()], capture_output=True, text=True, check=True).stdout
    for library in re.findall(r"(/\S+) \(0x", linked):
        target = root / library.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, target)
    return root


def test_in_an_empty_root_a_numeric_user_serves(start_tracker, empty_root):
    program = ["chroot", str(empty_root), "/opentracker"]
    arguments = ["-u", "65534", "-i", TRACKER_V4, "-P", "6969", "-p", "6969"]
    tracker = start_tracker(program=program, arguments=arguments)
    assert ids(tracker) == {"Uid": {65534}, "Gid": {65534}, "Groups": set()}
    assert HttpClient(6969).announce(HASH)[b"incomplete"] == 1
    health = subprocess.run([*program, "--health", f"udp://{TRACKER_V4}:6969"], timeout=5)
    assert health.returncode == 0


def test_in_an_empty_root_a_name_is_an_unknown_user(empty_root):
    result = subprocess.run(
        ["chroot", empty_root, "/opentracker", "-i", TRACKER_V4], capture_output=True, text=True
    )
    assert result.returncode == 1
    assert "cannot become user 'nobody': there is no such user" in result.stderr
    assert "65534, which needs no entry in /etc/passwd" in result.stderr


def test_without_dev_null_closed_streams_do_not_become_sockets(start_tracker, empty_root):
    program = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", "chroot", empty_root, "/opentracker"]
    arguments = ["-u", "65534", "-i", TRACKER_V4, "-p", "6969"]
    start_tracker(program=list(map(str, program)), arguments=arguments, says_ready=False)
    for _ in range(3):
        assert b"peers" in HttpClient(6969).announce(HASH)


# A root that may not give itself up ----------------------------------------------------------------

ADVICE = "start the tracker as another user instead of as root"


@pytest.mark.parametrize(
    "dropped, step, named",
    [
        ("sys_chroot", "chroot .", "CAP_SYS_CHROOT"),
        ("setgid", "take the group 65534 of user 'nobody'", "CAP_SETGID"),
        ("setuid", "take the uid 65534 of user 'nobody'", "CAP_SETUID"),
    ],
)
def test_a_root_without_a_capability_is_told_which_and_what_to_do(tmp_path, dropped, step, named):
    prefix = ["setpriv", "--clear-groups", f"--bounding-set=-{dropped}"]
    code, said = refusal("-i", TRACKER_V4, "-p", "7200", directory=tmp_path, prefix=prefix)
    assert code == 111
    assert f"{step}: Operation not permitted; root lacks the capability {named}" in said
    assert ADVICE in said and "--user 65534" in said and "User=" in said


def test_supplementary_groups_that_cannot_be_dropped_stop_the_start(tmp_path):
    prefix = ["setpriv", "--groups=4,27", "--bounding-set=-setgid"]
    code, said = refusal("-i", TRACKER_V4, "-p", "7200", directory=tmp_path, prefix=prefix)
    assert code == 111
    assert "drop supplementary groups: Operation not permitted; root lacks the capability" in said


@pytest.mark.parametrize("user", ["nobody", "1000:1000"])
def test_root_of_a_user_namespace_with_one_id_is_told_what_to_do(tmp_path, user):
    prefix = ["unshare", "-Ur", "-n"]
    code, said = refusal("-i", "127.0.0.1", "-u", user, directory=tmp_path, prefix=prefix)
    assert code == 111
    assert f"of user '{user}': Invalid argument; this user namespace" in said
    assert ADVICE in said


def test_another_user_of_a_user_namespace_with_one_id_serves(start_tracker):
    """As the advice says: uid 65534 in the container instead of its root."""
    prefix = ["unshare", "-U", "--map-user=65534", "--map-group=65534"]
    arguments = ["-i", TRACKER_V4, "-p", "6969"]
    start_tracker(program=[*prefix, binary()], arguments=arguments)
    assert HttpClient(6969).announce(HASH)[b"incomplete"] == 1


# Addresses -----------------------------------------------------------------------------------------


@pytest.fixture(params=LATE)
def late_address(request):
    """An address that the machine does not have until add() is called."""
    change = [f"{request.param}/{LATE[request.param]}", "dev", "lo"]

    def add():
        nodad = ["nodad"] if ":" in request.param else []
        subprocess.run(["ip", "addr", "add", *change, *nodad], check=True)

    yield request.param, add
    subprocess.run(["ip", "addr", "del", *change], check=False, capture_output=True)


def test_an_address_that_comes_later_is_served_once_it_is_there(start_tracker, late_address):
    address, add = late_address
    tracker = start_tracker(arguments=["-i", address, "-P", "6969", "-p", "6969"])
    late = f"warning: -P: {address} is not on this machine yet; bound anyway"
    assert late in tracker.output() and late.replace("-P", "-p") in tracker.output()
    add()
    assert HttpClient(6969, address).announce(HASH)[b"incomplete"] == 1
    with UdpClient(6969, address) as udp:
        udp.announce(HASH)


def test_an_address_that_is_there_is_not_called_late(tracker):
    assert "not on this machine" not in tracker.output()


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
@pytest.mark.parametrize("address", [TRACKER_V4, f"[{TRACKER_V6}]"])
def test_a_taken_port_is_named_with_protocol_line_and_what_to_do(tmp_path, protocol, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    (tmp_path / "t.conf").write_text(f"# mine\n\nlisten.{protocol} {address}:7300\n")
    flag = {"tcp": "-p", "udp": "-P"}[protocol]
    with socket.socket(family, kind) as taken:
        taken.bind((address.strip("[]"), 7300))
        if protocol == "tcp":
            taken.listen()
        for arguments, place in (
            (["-f", "t.conf"], f"t.conf:3: listen.{protocol}"),
            (["-i", address.strip("[]"), flag, "7300"], flag),
        ):
            code, said = refusal(*arguments, directory=tmp_path)
            assert code == 111
            what = f"bind {protocol.upper()} {address}:7300: Address already in use"
            assert f"error: {place}: {what}; `ss -lnptu` shows which program" in said


def test_the_one_protocol_of_two_that_is_taken_is_named(tmp_path):
    (tmp_path / "t.conf").write_text(f"listen.tcp_udp {TRACKER_V4}:7300\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("0.0.0.0", 7300))
        code, said = refusal("-f", "t.conf", directory=tmp_path)
    assert code == 111
    assert f"t.conf:1: listen.tcp_udp: bind UDP {TRACKER_V4}:7300: Address already in use" in said


def test_a_privileged_port_is_refused_with_the_two_ways_out(tmp_path):
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"]
    for flag, protocol in (("-p", "TCP"), ("-P", "UDP")):
        code, said = refusal("-i", TRACKER_V4, flag, "80", prefix=user)
        assert code == 111
        assert f"error: {flag}: bind {protocol} {TRACKER_V4}:80: Permission denied" in said
        assert "CAP_NET_BIND_SERVICE" in said and "net.ipv4.ip_unprivileged_port_start=80" in said


def test_a_directory_is_blamed_at_its_line(tmp_path):
    (tmp_path / "t.conf").write_text(f"listen.tcp {TRACKER_V4}\ntracker.rootdir /no/such\n")
    code, said = refusal("-f", "t.conf", directory=tmp_path)
    assert code == 111
    assert said.endswith("t.conf:2: tracker.rootdir: chdir /no/such: No such file or directory")
