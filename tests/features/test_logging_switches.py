"""The switches that record individual requests: what each one counts, and who may control the log
of raw requests.
"""
import json
import re
import socket
import threading

import pytest

from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6
from harness.udp_client import COMPLETED, UdpClient
from harness.waiting import wait_until

HASH = info_hash(1)
OPERATOR = v4(7)
LISTEN = f"listen.tcp_udp {TRACKER_V4}\nlisten.tcp_udp [{TRACKER_V6}]\n"
CHANGE = "X-Opentracker: change\r\n"


def each(switch):
    return pytest.mark.parametrize("build", [switch, "every"])


def page(mode, more="", fields="", source=OPERATOR):
    response = HttpClient(6969).get(f"/stats?mode={mode}{more}", source=source, fields=fields)
    assert response.status == 200, response
    return response.body.decode()


def table(mode):
    return json.loads(page(mode, "&format=json"))


def start(start_build, build, *lines):
    return start_build(build, "\n".join(lines) + "\n" + LISTEN, "-A", OPERATOR)


@each("WANT_LOG_NETWORKS")
def test_busy_counts_connections_and_datagrams_by_network(start_build, build):
    start(start_build, build)
    for n in range(3):
        HttpClient(6969).announce(HASH, source=v4(20 + n))
    HttpClient(6969, TRACKER_V6).announce(HASH, source=v6(9))
    with UdpClient(6969, source=v4(30)) as udp:
        udp.announce(HASH)  # a connect and an announce
        assert udp.silent(b"no request of anybody's")
    found = table("busy")
    # 3 connections, 4 datagrams (silent() sends a connect of its own), and this request.
    assert found["networks_24"] == [{"network": "10.99.0.0/24", "connections": 8, "overcount": 0}]
    assert found["networks_16"][0]["network"] == "10.99.0.0/16"
    assert found["networks_48"] == [{"network": "fd00:99::/48", "connections": 1, "overcount": 0}]
    text = page("busy")
    assert text.startswith("Networks, limit /24:\n00000009: 10.99.0.0\n\nNetworks, limit /20:\n")


@each("WANT_SPOT_WOODPECKER")
def test_woodpeckers_are_peers_that_announce_too_often(start_build, build):
    start(start_build, build)
    for _ in range(3):
        HttpClient(6969).announce(HASH, source=v4(20))
    with UdpClient(6969, TRACKER_V6, source=v6(9)) as udp:
        for _ in range(2):
            udp.announce(HASH)
    found = table("woodpeckers")
    assert found["networks_24"] == [{"network": "10.99.0.0/24", "announces": 2, "overcount": 0}]
    assert found["networks_48"] == [{"network": "fd00:99::/48", "announces": 1, "overcount": 0}]


@each("WANT_LOG_NUMWANT")
def test_numwants_are_counted_as_requested(start_build, build):
    start(start_build, build)
    for numwant in (None, "", -1, 0, 80, 80, 100000):
        HttpClient(6969).announce(HASH, numwant=numwant)
    with UdpClient(6969) as udp:
        for numwant in (-1, 80):
            udp.announce(HASH, numwant=numwant)
    assert page("numwants") == "default 4\n0 1\n80 3\nmore 1\n"
    rows = [{"numwant": 0, "announces": 1}, {"numwant": 80, "announces": 3}]
    assert table("numwants") == {"default": 4, "numwants": rows, "more": 1}


@each("WANT_FULLLOG_NETWORKS")
def test_fulllog_shows_the_raw_requests_of_chosen_networks(start_build, build):
    start(start_build, build)
    HttpClient(6969).announce(HASH, source=v4(20))
    assert page("fulllog", f"&add={v4(20)}/31", CHANGE).startswith("networks: 10.99.0.20/31\n")
    page("fulllog", f"&add={v6(9)}", CHANGE)
    for source in (v4(20), v4(22)):
        HttpClient(6969).get("/announce?<script>\x1b[2J\\", source=source)
    with UdpClient(6969, TRACKER_V6, source=v6(9)) as udp:
        assert udp.silent(b"\x00\xffdatagram")
    HttpClient(6969).exchange(b"POST / HTTP/1.0\r\n\r\n", source=v4(21))
    found = table("fulllog")
    assert found["networks"] == ["10.99.0.20/31", "fd00:99::9/128"]
    assert [request["request"] for request in found["requests"]] == [
        "GET /announce?\\x3Cscript\\x3E\\x1B[2J\\x5C HTTP/1.0\\x0D\\x0A\\x0D\\x0A",
        "00FF646174616772616D",
        "00000417271019800000000000010001",  # sent by silent() to check for replies
        "POST / HTTP/1.0\\x0D\\x0A\\x0D\\x0A",
    ]
    assert [r["transport"] for r in found["requests"]] == ["tcp", "udp", "udp", "tcp"]
    assert found["requests"][0]["source"].startswith("10.99.0.20:")
    lines = page("fulllog", "&from=3").splitlines()
    assert lines[1] == "oldest 0, next 4, recorded 4"
    assert re.fullmatch(r"3 20\d\d-\S+Z tcp 10.99.0.21:\d+ 19 POST .*", lines[2]) and len(lines) == 3
    assert page("fulllog", "&reset", CHANGE) == "networks:\noldest 4, next 4, recorded 4\n"


@pytest.mark.parametrize(
    "build, line, reader",
    [("WANT_FULLLOG_NETWORKS", "", None), ("every", f"access.stats {v4(8)}", v4(8))],
)
def test_only_the_blessed_may_choose_whose_requests_are_recorded(start_build, build, line, reader):
    start(start_build, build, line)
    target = f"/stats?mode=fulllog&add={v4(20)}"

    def status(source, fields=CHANGE, more=""):
        return HttpClient(6969).get(target + more, source=source, fields=fields).status

    assert status(v4(9)) == 403
    assert status("127.0.0.1") == 403
    if reader:
        assert status(reader) == 403, "may look but not choose"
        assert page("fulllog", source=reader) == "networks:\noldest 0, next 0, recorded 0\n"
    assert status(OPERATOR, "") == 403, "a web page could make a browser send this"
    assert status(OPERATOR, CHANGE + "X-Forwarded-For: 192.0.2.1\r\n") == 403
    refused = HttpClient(6969).get(target, source=OPERATOR)
    assert b"X-Opentracker: change" in refused.body
    head = f"HEAD {target} HTTP/1.0\r\n{CHANGE}\r\n".encode()
    with HttpClient(6969).connect(OPERATOR) as connection:
        connection.send(head)
        assert connection.socket.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
    assert page("fulllog").startswith("networks:\n"), "HEAD changes nothing"
    assert status(OPERATOR) == 200
    assert page("fulllog").startswith(f"networks: {v4(20)}/32\n")


@each("WANT_FULLLOG_NETWORKS")
def test_an_invalid_network_is_named_and_too_many_are_refused(start_build, build):
    start(start_build, build)

    def add(network):
        return HttpClient(6969).get(
            f"/stats?mode=fulllog&add={network}", source=OPERATOR, fields=CHANGE
        )

    for bad in ("", "10.0.0.0/33", "tracker.example"):
        assert add(bad).status == 400 and b"add: " in add(bad).body
    assert [add(f"10.1.{n}.0/24").status for n in range(33)] == [200] * 32 + [400]
    assert b"reset" in add("10.2.0.0/24").body


@pytest.mark.parametrize("build", ["none", "default"])
def test_a_mode_without_its_switch_is_refused_with_the_name_of_the_switch(start_build, build):
    start(start_build, build)
    switches = {
        "busy": "WANT_LOG_NETWORKS",
        "woodpeckers": "WANT_SPOT_WOODPECKER",
        "numwants": "WANT_LOG_NUMWANT",
        "fulllog": "WANT_FULLLOG_NETWORKS",
    }
    for mode, switch in switches.items():
        response = HttpClient(6969).get(f"/stats?mode={mode}", source=OPERATOR)
        assert response.status == 400 and switch.encode() in response.body


# Starts a program in its own mount namespace, where /dev/log is the socket $0.
WITH_SYSLOG = """
mkdir "$0/dev" && mount -t tmpfs none "$0/dev" && touch "$0/dev/null" &&
mount --bind /dev/null "$0/dev/null" && ln -s "$0/log" "$0/dev/log" &&
mount --rbind "$0/dev" /dev && exec "$@"
"""


@pytest.fixture
def syslog(tmp_path):
    """Yields lines as they arrive. A syslog that does not read them in time loses some."""
    lines = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "log"))

        def read():
            while line := server.recv(65536):
                lines.append(line.decode())

        reader = threading.Thread(target=read)
        reader.start()
        yield lines
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b"", str(tmp_path / "log"))
        reader.join()


@pytest.mark.parametrize("build", ["WANT_SYSLOGS", "every", "default"])
def test_completed_downloads_are_logged_to_syslog(start_build, build, syslog, tmp_path):
    wrapper = ["unshare", "--mount", "sh", "-c", WITH_SYSLOG, str(tmp_path)]
    tracker = start_build(build, LISTEN, wrapper=wrapper)
    HttpClient(6969).announce(HASH, source=v4(21))
    HttpClient(6969).announce(HASH, source=v4(21), left=0, event="completed")
    with UdpClient(6969, source=v4(22)) as udp:
        for port in range(7000, 7020):
            udp.announce(HASH, port=port, left=0, event=COMPLETED)
    if build == "default":
        assert syslog == [] and ": completed " not in tracker.output()
        return
    wait_until(lambda: "left out" in "".join(syslog), "the omitted lines to be counted")
    completed = [line for line in syslog if "]: completed " in line]
    assert re.fullmatch(r"<30>opentracker\[\d+\]: completed " + HASH.hex().upper(), completed[0])
    assert 10 <= len(completed) < 20, "ten a second, like all lines"
    assert not any(v4(n) in line for line in syslog for n in (21, 22))
