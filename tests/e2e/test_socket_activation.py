"""Started by a service manager: passed sockets, watchdog, and restarts without loss."""
import os
import socket
import struct
import threading
import time

import pytest

from harness.daemon import Daemon, listening_addresses
from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6
from harness.service_unit import ServiceUnit, server_socket, server_sockets
from harness.udp_client import CONNECT, MAGIC, UdpClient

PORT = 7100
HASH = info_hash(1)


def test_the_tracker_serves_only_the_sockets_it_is_given(tmp_path):
    with ServiceUnit(tmp_path, server_sockets(PORT)) as unit:
        tracker = unit.start()
        for address in (TRACKER_V4, TRACKER_V6):
            assert HttpClient(PORT, address).announce(HASH)
            with UdpClient(PORT, address) as udp:
                assert udp.announce(HASH).leechers
        assert listening_addresses("tcp", 6969) == listening_addresses("udp", 6969) == []
        for protocol in ("TCP", "UDP"):
            for address in ("0.0.0.0", "[::]"):
                assert f"listening on {protocol} {address}:{PORT}, a socket that" in tracker.output()


def test_passed_sockets_replace_the_configured_ones_which_the_log_names(tmp_path):
    arguments = ["-i", TRACKER_V4, "-p", str(PORT + 1), "-P", str(PORT + 1)]
    with ServiceUnit(tmp_path, server_sockets(PORT), arguments) as unit:
        tracker = unit.start()
        for protocol in ("TCP", "UDP"):
            line = f"warning: not listening on {protocol} {TRACKER_V4}:{PORT + 1}: the sockets that"
            assert line in tracker.output()
        assert listening_addresses("tcp", PORT + 1) == listening_addresses("udp", PORT + 1) == []


def test_sockets_meant_for_another_process_are_ignored(start_tracker):
    tracker = start_tracker(variables={"LISTEN_PID": "1", "LISTEN_FDS": "2"})
    assert HttpClient(tracker.port).stats("version")


def unbound_udp():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def tcp_without_listen():
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((TRACKER_V4, PORT))
    return server


UNFIT = [
    (unbound_udp, "UDP 0.0.0.0:0: is not bound to a port"),
    (tcp_without_listen, f"TCP {TRACKER_V4}:{PORT}: does not listen"),
    (lambda: socket.socket(socket.AF_UNIX), "is neither IPv4 nor IPv6"),
    (
        lambda: server_socket(socket.AF_INET6, socket.SOCK_DGRAM, PORT, v6_only=False),
        f"UDP [::]:{PORT}: takes IPv4 and IPv6 at once; a socket unit needs BindIPv6Only=ipv6-only",
    ),
]


@pytest.mark.parametrize("make, reason", UNFIT)
def test_an_unusable_socket_is_named_and_the_exit_code_is_1(tmp_path, make, reason):
    good = server_socket(socket.AF_INET, socket.SOCK_STREAM, PORT + 1)
    with ServiceUnit(tmp_path, [good, make()]) as unit:
        tracker = unit.launch()
        assert tracker.process.wait(5) == 1
        assert f"descriptor 4 (tracker1), passed in by LISTEN_FDS: {reason}" in tracker.output()


def test_an_invalid_variable_is_named_and_the_exit_code_is_1(tmp_path):
    tracker = Daemon(tmp_path, arguments=[], variables={"WATCHDOG_USEC": "soon"}).launch()
    assert tracker.process.wait(5) == 1
    assert "WATCHDOG_USEC=soon" in tracker.output()


def test_the_service_manager_is_told_of_start_reload_and_stop(tmp_path):
    with ServiceUnit(tmp_path, server_sockets(PORT)) as unit:
        tracker = unit.start()
        assert unit.heard[0]["STATUS"]
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        os.kill(tracker.pid, 1)
        unit.wait_for("READY=1", count=2)
        after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        assert [list(one)[0] for one in unit.heard] == ["READY", "RELOADING", "READY"]
        assert before <= int(unit.heard[1]["MONOTONIC_USEC"]) <= after
        unit.stop()
        assert [list(one)[0] for one in unit.heard[3:]] == ["STOPPING"]


def test_the_watchdog_is_notified_twice_per_interval(tmp_path):
    with ServiceUnit(tmp_path, variables={"WATCHDOG_USEC": "100000"}) as unit:
        unit.start()
        begin = time.monotonic()
        unit.wait_for("WATCHDOG=1", count=20)
        assert time.monotonic() - begin < 20 * 0.1


def test_a_missing_notify_socket_is_a_warning(start_tracker):
    tracker = start_tracker(variables={"NOTIFY_SOCKET": "/no/such/socket"})
    assert "warning: NOTIFY_SOCKET: connect /no/such/socket: No such file" in tracker.output()


class Asking(threading.Thread):
    """Sends requests without a pause until told to end; raises whatever went wrong."""

    def __init__(self):
        super().__init__(daemon=True)
        self._end = threading.Event()
        self.asked = 0
        self._failure = None

    def run(self):
        try:
            while not self._end.is_set():
                self.ask()
            self.finish()
        except Exception as failure:  # pylint: disable=broad-except
            self._failure = failure

    def end(self):
        self._end.set()
        self.join(30)
        assert not self.is_alive()
        if self._failure is not None:
            raise self._failure

    def finish(self):
        pass


class AskingByUdp(Asking):
    """Sends about a thousand connect requests a second, whether or not they are answered."""

    def __init__(self, address):
        super().__init__()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.connect((address, PORT))
        self._socket.settimeout(0.0005)
        self.answered = set()

    def ask(self):
        self._socket.send(struct.pack("!QII", MAGIC, CONNECT, self.asked))
        self.asked += 1
        self.hear()

    def hear(self):
        try:
            while True:
                self.answered.add(struct.unpack_from("!I", self._socket.recv(2048), 4)[0])
        except TimeoutError:
            return

    def finish(self):
        deadline = time.monotonic() + 10
        while len(self.answered) < self.asked and time.monotonic() < deadline:
            self.hear()
        self._socket.close()


class AskingByHttp(Asking):
    """Sends one request after the other, each on its own connection."""

    def __init__(self, address):
        super().__init__()
        self._http = HttpClient(PORT, address)
        self.answered = set()

    def ask(self):
        number = self.asked
        self.asked += 1
        assert self._http.announce(HASH, port=1 + number % 60000)[b"interval"]
        self.answered.add(number)


@pytest.mark.parametrize("client", [AskingByUdp, AskingByHttp])
def test_a_restart_loses_no_request(tmp_path, client):
    with ServiceUnit(tmp_path, server_sockets(PORT)) as unit:
        unit.start()
        clients = [client(address) for address in (TRACKER_V4, TRACKER_V6)]
        for one in clients:
            one.start()
        for _ in range(3):
            time.sleep(0.2)
            unit.stop()
            time.sleep(0.2)
            unit.start()
        for one in clients:
            one.end()
            assert one.answered == set(range(one.asked))
            assert one.asked > 10
