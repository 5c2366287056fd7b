"""access.deny and access.proxy_file, used as an operator uses them: files of networks, SIGHUP, and
clients at many addresses over both protocols.
"""
import os
import shutil
import signal
import socket
import subprocess
import time

import pytest

from harness import proxies, swarms
from harness.access_lists import write_list
from harness.daemon import binary
from harness.http_client import HttpClient, announce_target, get_request
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6
from harness.tools import open_to_all
from harness.udp_client import UdpClient
from harness.waiting import soon, wait_until

HASH = info_hash(1)
PORT = 6969
LISTEN = f"listen.tcp_udp [{TRACKER_V6}]\nlisten.tcp_udp {TRACKER_V4}\n"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "root"
    folder.mkdir()
    open_to_all(tmp_path)
    return folder


@pytest.fixture
def start(start_tracker, folder):
    """Starts the tracker in `folder` with these lines of configuration."""

    def start(text, **options):
        (folder.parent / "t.conf").write_text(f"tracker.rootdir {folder}\n{text}{LISTEN}")
        return start_tracker(arguments=["-f", str(folder.parent / "t.conf")], **options)

    return start


def reload(tracker, says):
    """Sends SIGHUP and waits until the log has one more line with `says`."""
    seen = tracker.output().count(says)
    tracker.process.send_signal(signal.SIGHUP)
    wait_until(lambda: tracker.output().count(says) > seen, f"'{says}' in the log", timeout=30)


def tracker_for(source):
    return TRACKER_V6 if ":" in source else TRACKER_V4


def answers_over_http(source):
    """False if the connection is closed without a reply."""
    client = HttpClient(PORT, tracker_for(source))
    try:
        return client.announce(HASH, source=source) is not None
    except (EOFError, ConnectionError):
        return False


def answers_over_udp(source, seconds=0.3):
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.bind((source, 0))
        client.settimeout(seconds)
        client.sendto(bytes.fromhex("0000041727101980 00000000 00000007"), (tracker_for(source), PORT))
        try:
            return len(client.recv(100)) == 16
        except socket.timeout:
            return False


def is_served(source):
    over_http = answers_over_http(source)
    assert over_http == answers_over_udp(source)
    return over_http


def figures():
    return HttpClient(PORT).get("/stats.json", source=v4(200))


def test_denied_networks_get_no_answer_over_either_protocol(start, folder):
    write_list(folder / "deny", f"# nobody\n{v4(16)}/28 a row\n{v6(9)}\n")
    start("access.deny deny\n")
    for source in (v4(16), v4(31), v6(9)):
        assert not is_served(source)
    for source in (v4(15), v4(32), v6(10)):
        assert is_served(source)
    page = figures().body.decode()
    assert '"access_deny":{"connections":3,"datagrams":3,"refused_reads":0,"networks":2}' in page
    metrics = HttpClient(PORT).get("/metrics", source=v4(200)).body.decode()
    assert 'opentracker_denied_total{protocol="udp"} 3\n' in metrics


def test_a_denied_connection_is_closed_before_it_says_anything(start, folder):
    write_list(folder / "deny", v4(9) + "\n")
    start("access.deny deny\n")
    begin = time.monotonic()
    with HttpClient(PORT).connect(source=v4(9)) as connection:
        # The kernel holds back a connection that sends nothing; a byte is no request yet.
        connection.send(b"G")
        with pytest.raises((AssertionError, ConnectionError, EOFError)):
            connection.read_response()
    assert time.monotonic() - begin < 2


def test_the_blessed_are_never_denied(start, folder):
    write_list(folder / "deny", "0.0.0.0/0\n::/0\n")
    tracker = start(f"access.deny deny\naccess.bless {v4(9)}\naccess.bless {v6(9)}\n")
    assert is_served(v4(9)) and is_served(v6(9))
    assert not is_served(v4(10)) and not is_served(v6(10))
    assert "every address of a family: nobody but access.bless is served" in tracker.output()


def test_a_reload_changes_who_is_denied(start, folder):
    write_list(folder / "deny", v4(9) + "\n")
    tracker = start("access.deny deny\n")
    assert not is_served(v4(9)) and is_served(v4(10))
    # Written in place, as by hand: in force at once all the same.
    (folder / "deny").write_text(v4(10) + "\n")
    reload(tracker, "1 network of access.deny in force")
    assert is_served(v4(9)) and not is_served(v4(10))
    write_list(folder / "deny", "# nobody\n")
    reload(tracker, "0 networks of access.deny in force")
    assert is_served(v4(10))


def test_with_access_watch_a_change_needs_no_signal(start, folder):
    write_list(folder / "deny", v4(9) + "\n")
    write_list(folder / "proxies", "# nobody\n")
    start("access.deny deny\naccess.proxy_file proxies\naccess.watch on\n")
    assert not is_served(v4(9)) and is_served(v6(9))
    write_list(folder / "deny", v6(9) + "\n")
    wait_until(lambda: not answers_over_udp(v6(9), 0.1), "the change", timeout=soon())
    assert is_served(v4(9)) and not is_served(v6(9))
    (folder / "deny").write_text("# nobody\n")
    wait_until(lambda: answers_over_udp(v6(9), 0.1), "a write in place", timeout=soon())
    write_list(folder / "proxies", v4(3) + "\n")

    def names_its_client():
        fields = f"X-Forwarded-For: {v4(77)}\r\n"
        HttpClient(PORT).announce(info_hash(2), source=v4(3), fields=fields)
        return v4(77) in swarms.addresses_in(PORT, info_hash(2))

    wait_until(names_its_client, "the proxy to be trusted", timeout=soon())


def test_a_reload_of_an_unusable_file_leaves_the_networks_in_force(start, folder):
    write_list(folder / "deny", v4(9) + "\n")
    tracker = start("access.deny deny\n")
    for content in ("", "<html>\n", "\ufeff\n192.0.2.300\n"):
        (folder / "deny").write_text(content, encoding="utf-8")
        reload(tracker, "the networks in force stay")
        assert not is_served(v4(9)) and is_served(v4(10))
    (folder / "deny").unlink()
    reload(tracker, "deny: No such file or directory; the networks in force stay")
    assert not is_served(v4(9))


def test_a_connection_that_was_there_before_is_refused_at_its_next_request(start, folder):
    write_list(folder / "deny", "# nobody\n")
    tracker = start("access.deny deny\ntracker.keepalive_timeout 30s\n")
    with HttpClient(PORT).connect(source=v4(9)) as connection:
        connection.send(get_request(announce_target(HASH), "1.1", "Host: t\r\n"))
        assert connection.read_response().status == 200
        write_list(folder / "deny", v4(9) + "\n")
        reload(tracker, "1 network of access.deny in force")
        connection.send(get_request(announce_target(HASH), "1.1", "Host: t\r\n"))
        assert connection.read_response().status == 403
        assert connection.at_end()


def test_lines_are_taken_as_those_of_lists_are(start, folder):
    text = (
        b"\xef\xbb\xbf" + v4(9).encode() + b"\r\n"
        + v4(10).encode() + b",a panel;wrote this\n"
        + b"   " + v4(11).encode() + b"#c\n"
        + b"::ffff:" + v4(12).encode() + b"\n"
        + f"{v4(13)} - {v4(20)}\nlocalhost\n{v4(241)}/28".encode()
    )
    (folder / "deny").write_bytes(text)
    os.utime(folder / "deny", (1, 1))
    tracker = start("access.deny deny\n")
    for n in (9, 10, 11, 12, 240, 254):
        assert not answers_over_udp(v4(n)), n
    for n in (13, 14, 20, 239):
        assert answers_over_udp(v4(n)), n
    assert "2 lines skipped (line 5: a range, or two addresses; " in tracker.output()
    assert "line 6: not an address or network" in tracker.output()
    assert f"counts as a whole (line 7: {v4(241)}/28)" in tracker.output()


@pytest.mark.parametrize("key", ["access.deny", "access.proxy_file"])
@pytest.mark.parametrize(
    "content, reason",
    [(None, "No such file"), ("rubbish\n", "has no valid line; line 1"), ("folder", "is a directory")],
)
def test_a_file_that_cannot_be_used_stops_the_start_and_is_named(folder, key, content, reason):
    if content == "folder":
        (folder / "nets").mkdir()
    elif content is not None:
        write_list(folder / "nets", content)
    (folder / "t.conf").write_text(f"# mine\n{key} nets\n{LISTEN}")
    for check in ([], ["-t"]):
        result = subprocess.run(
            [binary(), *check, "-f", "t.conf"], cwd=folder, capture_output=True, text=True, timeout=10
        )
        assert result.returncode == 1
        assert f"t.conf:2: {key}: nets: {reason}" in result.stderr


def test_an_empty_file_at_start_names_nobody(start, folder):
    write_list(folder / "deny", "")
    tracker = start("access.deny deny\n")
    assert is_served(v4(9))
    assert "warning: access.deny: deny: is empty" in tracker.output()


def test_a_denied_client_behind_a_proxy_gets_403(start, folder):
    write_list(folder / "deny", f"{v4(9)}\n{v6(9)}\n")
    start(f"access.deny deny\naccess.proxy {v4(2)}\n")
    for client, status in ((v4(9), 403), (v6(9), 403), (v4(10), 200)):
        reply = HttpClient(PORT).get(
            announce_target(HASH), source=v4(2), fields=f"X-Forwarded-For: {client}\r\n"
        )
        assert reply.status == status
    assert swarms.addresses_in(PORT, HASH) == [v4(10)]


def test_a_denied_client_of_the_proxy_protocol_gets_403(start, folder):
    write_list(folder / "deny", v4(9) + "\n")
    start(f"access.deny deny\naccess.proxy {v4(2)}\nlisten.tcp.proxy {TRACKER_V4}:7000\n")
    for client, status in ((v4(9), 403), (v4(10), 200)):
        with HttpClient(7000).connect(source=v4(2)) as connection:
            connection.send(proxies.text_header(client, TRACKER_V4) + get_request("/stats"))
            assert connection.read_response().status == status


def test_a_reload_changes_which_proxies_are_trusted(start, folder):
    write_list(folder / "proxies", v4(3) + "\n")
    tracker = start(
        f"access.proxy {v4(2)}\naccess.proxy_file proxies\nlisten.tcp.proxy {TRACKER_V4}:7000\n"
    )

    def trusted(n):
        """Whether v4(n) may name clients, in a header and by the PROXY protocol."""
        HttpClient(PORT).announce(
            info_hash(n), source=v4(n), fields=f"X-Forwarded-For: {v4(77)}\r\n"
        )
        in_header = swarms.addresses_in(PORT, info_hash(n)) == [v4(77)]
        with HttpClient(7000).connect(source=v4(n)) as connection:
            connection.send(proxies.text_header(v4(77), TRACKER_V4) + get_request("/stats"))
            try:
                by_protocol = connection.read_response().status == 200
            except (EOFError, ConnectionError):
                by_protocol = False
        assert in_header == by_protocol
        return in_header

    assert [trusted(n) for n in (2, 3, 4)] == [True, True, False]
    write_list(folder / "proxies", v4(4) + "\n")
    reload(tracker, "1 network of access.proxy_file in force")
    assert [trusted(n) for n in (12, 13, 14)] == [False, False, False], "strangers stay so"
    for n, is_trusted in ((2, True), (3, False), (4, True)):
        reply = HttpClient(PORT).get("/stats", source=v4(n), fields=f"X-Forwarded-For: {v4(77)}\r\n")
        assert reply.status == 200
        HttpClient(PORT).announce(
            info_hash(20 + n), source=v4(n), fields=f"X-Forwarded-For: {v4(78)}\r\n"
        )
        named = swarms.addresses_in(PORT, info_hash(20 + n))
        assert named == ([v4(78)] if is_trusted else [v4(n)])


def test_a_listener_for_proxies_needs_only_the_file(start, folder):
    write_list(folder / "proxies", v4(3) + "\n")
    start(f"access.proxy_file proxies\nlisten.tcp.proxy {TRACKER_V4}:7000\n")
    with HttpClient(7000).connect(source=v4(3)) as connection:
        connection.send(proxies.text_header(v4(77), TRACKER_V4) + get_request("/stats"))
        assert connection.read_response().status == 200


def test_the_service_manager_hears_of_the_end_of_a_reload_once(start, folder):
    write_list(folder / "deny", v4(9) + "\n")
    path = str(folder.parent / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        os.chmod(path, 0o777)
        manager.settimeout(10)
        tracker = start("access.deny deny\n", variables={"NOTIFY_SOCKET": path})
        assert manager.recv(4096).startswith(b"READY=1")
        write_list(folder / "deny", v4(10) + "\n")
        tracker.process.send_signal(signal.SIGHUP)
        assert manager.recv(4096).startswith(b"RELOADING=1")
        assert manager.recv(4096).startswith(b"READY=1")
        assert not is_served(v4(10))
        manager.settimeout(0.2)
        with pytest.raises(socket.timeout):
            manager.recv(4096)


def test_a_hundred_thousand_networks_are_loaded_and_reloaded_while_it_serves(start, folder):
    nets = "".join(f"{10 + n // 65536}.{n // 256 % 256}.{n % 256}.0/25\n" for n in range(100_000))
    write_list(folder / "deny", nets.replace(f"{TRACKER_V4.rsplit('.', 1)[0]}.0/25\n", ""))
    tracker = start("access.deny deny\n")
    assert "99999 networks of access.deny in force" in tracker.output()
    shutil.copy(folder / "deny", folder / "new")
    for _ in range(3):
        reload(tracker, "99999 networks of access.deny in force")
        with UdpClient(PORT) as client:
            client.announce(HASH)
