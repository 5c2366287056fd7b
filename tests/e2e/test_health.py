"""opentracker --health: exit code 0 or 1 within 3 s, and a line that says who does not answer."""
import contextlib
import os
import pwd
import signal
import socket
import subprocess
import threading
import time

import pytest

from harness.daemon import binary
from harness.private_network import TRACKER_V4, TRACKER_V6
from harness.tools import open_to_all

BOTH = f"listen.tcp_udp {TRACKER_V4}:6969\nlisten.tcp_udp [{TRACKER_V6}]:6969\n"
NOBODY = pwd.getpwnam("nobody")


def health(*arguments, prefix=()):
    """The exit code, what was said, and the seconds it took."""
    begin = time.monotonic()
    result = subprocess.run(
        [*prefix, binary(), *arguments], capture_output=True, text=True, timeout=10
    )
    return result.returncode, result.stdout + result.stderr, time.monotonic() - begin


def assert_healthy(*arguments, asked, prefix=()):
    code, said, seconds = health(*arguments, prefix=prefix)
    assert (code, said) == (0, f"healthy: {asked}\n")
    assert seconds < 2


def assert_unhealthy(*arguments, reasons):
    code, said, _ = health(*arguments)
    assert (code, said.splitlines()) == (1, [f"unhealthy: {reason}" for reason in reasons])


@pytest.fixture
def config(tmp_path):
    def write(text):
        path = tmp_path / "health.conf"
        path.write_text(text)
        return str(path)

    return write


def test_each_listener_of_the_configuration_is_asked(start_with, config):
    start_with(BOTH)
    assert_healthy(
        "--health",
        "-f",
        config(BOTH),
        asked=f"TCP {TRACKER_V4}:6969, UDP {TRACKER_V4}:6969, "
        f"TCP [{TRACKER_V6}]:6969, UDP [{TRACKER_V6}]:6969",
    )
    assert_healthy("-i", TRACKER_V4, "-P", "6969", "--health", asked=f"UDP {TRACKER_V4}:6969")


def test_a_wildcard_is_asked_at_the_loopback_address(start_tracker):
    start_tracker(arguments=[])
    asked = "TCP 127.0.0.1:6969, TCP [::1]:6969, UDP 127.0.0.1:6969, UDP [::1]:6969"
    assert_healthy("--health", asked=asked)


@pytest.mark.parametrize("path", ["", "/", "/announce", "/scrape", "/announce.php?key=1"])
def test_a_url_is_asked_instead_of_the_configuration(start_tracker, path):
    start_tracker()
    assert_healthy("--health", f"http://{TRACKER_V4}:6969{path}", asked=f"TCP {TRACKER_V4}:6969")
    url = f"udp://[{TRACKER_V6}]:6969{path}"
    assert_healthy("--health", url, "-f", "/no/such/file", asked=f"UDP [{TRACKER_V6}]:6969")


@pytest.mark.parametrize("address, url", [(TRACKER_V4, TRACKER_V4), (TRACKER_V6, f"[{TRACKER_V6}]")])
def test_with_udp_or_http_alone_the_other_is_not_asked(start_tracker, address, url):
    start_tracker(arguments=["-i", address, "-P", "6970", "-p", "6969"])
    assert_healthy("-i", address, "-P", "6970", "--health", asked=f"UDP {url}:6970")
    assert_healthy("-i", address, "-p", "6969", "--health", asked=f"TCP {url}:6969")
    refused = f"UDP {url}:6969: Connection refused"
    assert_unhealthy("--health", f"udp://{url}:6969", reasons=[refused])
    refused = f"TCP {url}:6970: Connection refused"
    assert_unhealthy("--health", f"http://{url}:6970", reasons=[refused])


def test_a_stopped_tracker_is_unhealthy_within_three_seconds(start_with, config):
    tracker = start_with(BOTH)
    os.kill(tracker.pid, signal.SIGSTOP)
    try:
        code, said, seconds = health("--health", "-f", config(BOTH))
    finally:
        os.kill(tracker.pid, signal.SIGCONT)
    assert (code, said.count("no answer within 3 s"), said.count("\n")) == (1, 4, 4)
    assert seconds < 3


@pytest.mark.parametrize("kind", ["whitelist", "blacklist"])
def test_a_tracker_whose_list_refuses_the_question_is_healthy(start_with, tmp_path, kind):
    listed = tmp_path / "list"
    listed.write_text("00" * 20 + "\n" if kind == "blacklist" else "11" * 20 + "\n")
    open_to_all(tmp_path)
    flags = ["-d", str(tmp_path), "-i", TRACKER_V4, "-P", "6969", "-p", "6969"]
    start_with(f"access.{kind} list\n", *flags)
    assert_healthy("--health", f"http://{TRACKER_V4}:6969", asked=f"TCP {TRACKER_V4}:6969")


def test_beside_a_trusted_proxy_on_the_same_machine_it_is_healthy(start_with, config):
    text = f"access.proxy 127.0.0.0/8\naccess.proxy {TRACKER_V4}\n{BOTH}"
    start_with(text)
    assert health("--health", "-f", config(text))[0] == 0


def test_listeners_behind_proxy_headers_are_not_asked(start_with, config):
    proxied = f"access.proxy {TRACKER_V4}\nlisten.tcp.proxy {TRACKER_V4}:6971\n"
    code, said, _ = health("--health", "-f", config(proxied))
    assert code == 1
    assert said.startswith("nothing to ask: every listener is for PROXY headers")
    start_with(proxied + BOTH)
    assert health("--health", "-f", config(proxied + BOTH))[0] == 0


def test_it_needs_no_rights_and_writes_nothing(start_tracker, tmp_path):
    start_tracker()
    rights = [f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups"]
    trace = tmp_path / "trace"
    prefix = ["strace", "-f", "-qq", "-o", str(trace), "setpriv", *rights, "--bounding-set=-all"]
    url = f"http://{TRACKER_V4}:6969"
    assert_healthy("--health", url, asked=f"TCP {TRACKER_V4}:6969", prefix=prefix)
    calls = trace.read_text().rpartition("execve(")[2]
    assert "O_WRONLY" not in calls and "O_CREAT" not in calls and "O_RDWR" not in calls
    assert "resolv.conf" not in calls and "chroot" not in calls


def test_without_ipv6_in_the_kernel_the_default_is_healthy(start_tracker):
    """A network namespace without IPv6 addresses on its loopback stands for such a kernel."""
    alone = ["unshare", "-n", "sh", "-c"]
    script = (
        "echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6; ip link set lo up;"
        f" {binary()} -d / 2>&1 & tracker=$!;"
        f" for i in 1 2 3 4 5 6 7 8 9; do {binary()} --health && break; sleep 0.2; done; code=$?;"
        " kill $tracker; wait $tracker; exit $code"
    )
    result = subprocess.run([*alone, script], capture_output=True, text=True, timeout=20)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "healthy: TCP 127.0.0.1:6969, UDP 127.0.0.1:6969\n" in result.stdout


@pytest.mark.parametrize(
    "url", ["example.org", "https://127.0.0.1/", "http://tracker.example/", "http://::1:80/", "udp://"]
)
def test_a_bad_url_is_named_with_what_would_be_right(url):
    code, said, seconds = health("--health", url)
    assert code == 1 and seconds < 1
    assert said.startswith(f"--health: '{url}' ") and "write " in said.splitlines()[0]


@contextlib.contextmanager
def serving_once(server, serve):
    """Runs `serve` in a thread, for the one client that comes."""
    server.settimeout(5)
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with server:
        yield
        thread.join(5)


def foreign_server(answer):
    """Sends `answer` to the first who connects over TCP."""
    server = socket.create_server((TRACKER_V4, 7500))

    def serve():
        with contextlib.suppress(OSError), server.accept()[0] as client:
            client.recv(4096)
            client.sendall(answer)
            client.shutdown(socket.SHUT_WR)
            client.recv(4096)

    return serving_once(server, serve)


def foreign_udp_server(answer):
    """Sends `answer` to the first datagram, with its transaction id instead of "TRAN"."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((TRACKER_V4, 7500))

    def serve():
        request, client = server.recvfrom(4096)
        server.sendto(answer.replace(b"TRAN", request[12:16]), client)

    return serving_once(server, serve)


ODD_ANSWERS = [
    (b"", "the connection was closed without an answer"),
    (b"SSH-2.0-OpenSSH_9.2\r\n", "the answer is not HTTP: 'SSH-2.0-OpenSSH_9.2'"),
    (b"\xff\x00" * 20000, "the answer is not HTTP: '"),
    (b"HTTP/1.1 302 Found\r\nLocation: http://10.99.0.1/\r\n\r\n", "status 302 Found"),
    (b"HTTP/1.1 500 Internal Server Error\r\n\r\nd5:filesdee", "status 500 Internal Server Error"),
    (b"HTTP/1.1 200 OK\r\n\r\n<html>hello", "the answer is not a tracker's: '<html>hello'"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nd5:filesdee", "the answer is cut off"),
]


@pytest.mark.parametrize("answer, reason", ODD_ANSWERS, ids=range(len(ODD_ANSWERS)))
def test_another_server_on_the_port_is_unhealthy(answer, reason):
    with foreign_server(answer):
        code, said, seconds = health("--health", f"http://{TRACKER_V4}:7500")
    assert code == 1 and seconds < 3
    assert said.startswith(f"unhealthy: TCP {TRACKER_V4}:7500: {reason}"), said


@pytest.mark.parametrize(
    "answer, reason",
    [
        (b"\0\0\0\3TRANgo away", "error: 'go away'"),
        (b"\0\0\0\0TRAN1234", "the answer is not a tracker's: 12 bytes, action 0"),
        (b"\0\0\0\0????12345678", "no answer within 3 s"),
        (b"x", "no answer within 3 s"),
    ],
    ids=["error", "short", "foreign", "garbage"],
)
def test_another_server_on_the_udp_port_is_unhealthy(answer, reason):
    with foreign_udp_server(answer):
        assert_unhealthy(
            "--health",
            f"udp://{TRACKER_V4}:7500",
            reasons=[f"UDP {TRACKER_V4}:7500: {reason}"],
        )
