"""Full scrapes and dumps: framing, compression, permissions, waiting, and interrupted bodies."""
import gzip
import json
import signal
import socket
import subprocess
import time

import pytest

from harness import bencode
from harness.http_client import HttpClient, HttpConnection, get_request
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, v4
from harness.swarms import fill_torrents, numbered_torrents
from harness.waiting import wait_until

PORT = 6969
FEW = 3000
# Enough for a body that does not fit into a socket's buffers.
MANY = 200_000
LISTEN = f"listen.tcp {TRACKER_V4}\n"


def stats(port=PORT):
    return json.loads(HttpClient(port).get("/stats.json").body)


def entry(seeders=0, downloaded=0, leechers=1):
    return {b"complete": seeders, b"downloaded": downloaded, b"incomplete": leechers}


@pytest.fixture
def few(tracker):
    """A tracker with some torrents; returns their info_hashes."""
    torrents = numbered_torrents(FEW)
    fill_torrents(tracker.port, torrents)
    return torrents


def test_a_full_scrape_is_bencoded_and_sorted(few, http):
    response = http.get("/scrape")
    assert "transfer-encoding" not in response.headers
    files = response.bencoded()[b"files"]
    assert list(files) == sorted(few)
    assert all(value == entry() for value in files.values())


def test_http_1_1_gets_chunks_and_keeps_the_connection(few, tracker, http):
    with HttpConnection(tracker.port) as connection:
        request = get_request("/scrape", version="1.1")
        connection.send(request + request + get_request("/stats?mode=torr", version="1.1"))
        first, second, page = (connection.read_response() for _ in range(3))
    assert first.headers["transfer-encoding"] == "chunked"
    assert first.body == second.body == http.get("/scrape").body
    assert page.body.decode().startswith(f"{FEW}\n")


@pytest.mark.parametrize("wish, zipped", [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False)])
def test_gzip_is_used_if_the_client_accepts_it(few, http, wish, zipped):
    response = http.get("/scrape", fields=f"Accept-Encoding: {wish}\r\n")
    assert response.headers.get("content-encoding") == ("gzip" if zipped else None)
    body = gzip.decompress(response.body) if zipped else response.body
    assert list(bencode.decode(body)[b"files"]) == sorted(few)


def test_an_empty_table_gives_an_empty_document(http):
    assert http.get("/scrape").bencoded() == {b"files": {}}
    zipped = http.get("/scrape", fields="Accept-Encoding: gzip\r\n")
    assert gzip.decompress(zipped.body) == b"d5:filesdee"


def test_full_scrapes_are_counted(few, tracker, http):
    size = len(http.get("/scrape").body)
    assert http.stats("fscr").splitlines()[:2] == ["1000", str(size)]
    assert stats(tracker.port)["full_scrape_runs"] == 1


def test_access_fullscrape_closes_full_scrapes_to_others(start_with):
    start_with(f"access.fullscrape {v4(9)}\n" + LISTEN)
    assert HttpClient(PORT).get("/scrape", source=v4(9)).status == 200
    assert HttpClient(PORT).get("/scrape", source=v4(8)).status == 403


def test_a_state_dump_has_the_minute_of_the_last_announce(start_with):
    start_with(f"access.bless {TRACKER_V4}\n" + LISTEN)
    http = HttpClient(PORT)
    before = int(time.time()) // 60
    http.announce(info_hash(7), left=0, event="completed")
    name, minute, downloaded = http.stats("statedump").rstrip("\n").split(":")
    assert (name, downloaded) == (info_hash(7).hex().upper(), "1")
    assert before - 1 <= int(minute) <= int(time.time()) // 60


@pytest.fixture
def many(start_with):
    daemon = start_with(LISTEN)
    fill_torrents(PORT, numbered_torrents(MANY))
    return daemon


def ask(fields="", version="1.0"):
    """A connection that has asked for a full scrape and reads nothing."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(20)
    connection.connect((TRACKER_V4, PORT))
    connection.sendall(get_request("/scrape", version, fields))
    return connection


def read_all(connection):
    body = b""
    while chunk := connection.recv(1 << 20):
        body += chunk
    return body


def test_64_clients_may_wait_and_the_next_is_told_to_retry_later(many):
    leader = ask()
    wait_until(lambda: stats()["full_scrapes_running"] == 1, "the run to begin")
    waiting = [ask() for _ in range(64)]
    wait_until(lambda: stats()["full_scrapes_waiting"] == 64, "64 clients to wait")
    turned_away = HttpClient(PORT).get("/scrape")
    assert turned_away.status == 503
    assert int(turned_away.headers["retry-after"]) > 0
    waiting.pop().close()
    time.sleep(0.2)  # ten times a second the tracker checks which waiting clients have left
    waiting.append(ask())
    wait_until(lambda: stats()["full_scrapes_waiting"] == 64, "the free place to be taken")
    time.sleep(0.1)
    assert stats()["full_scrapes_refused"] == 1, "a client that leaves makes room for another"
    leader.close()
    wait_until(lambda: stats()["full_scrapes_running"] == 64, "all to be served by one run")
    assert stats()["full_scrape_runs"] == 2
    for connection in waiting:
        connection.close()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_body_does_not_look_complete(many, end):
    reader = ask()
    reader.recv(1000)
    many.signal_and_wait(end, timeout=10)
    with pytest.raises(ConnectionResetError):
        read_all(reader)


def test_a_slow_reader_is_cut_off_and_a_fast_one_gets_everything(many):
    blocker = ask()
    wait_until(lambda: stats()["full_scrapes_running"] == 1, "the run to begin")
    slow = ask()
    with HttpConnection(PORT) as fast:
        fast.send(get_request("/scrape", version="1.1"))
        wait_until(lambda: stats()["full_scrapes_waiting"] == 2, "both to wait for one run")
        blocker.close()
        body = fast.read_response().body
    assert body.endswith(b"eee") and body.count(b"d8:complete") == MANY
    wait_until(lambda: stats()["full_scrapes_running"] == 0, "the slow reader to be cut off")
    assert stats()["full_scrapes_reset"] == 1
    with pytest.raises(ConnectionResetError):
        read_all(slow)


def limit_data(daemon, limit):
    """Limits its data memory, without effect on what it has. Root may not do so everywhere, so this
    runs as the user of the daemon.
    """
    uid, gid = (daemon.status()[who].split()[0] for who in ("Uid", "Gid"))
    user = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
    subprocess.run([*user, "prlimit", f"--pid={daemon.pid}", f"--data={limit}:"], check=True)


def test_a_failed_run_resets_its_reader_and_the_next_run_is_complete(many):
    """The first run gets no memory."""
    limit_data(many, 1)
    with pytest.raises(ConnectionResetError):
        read_all(ask(fields="Accept-Encoding: gzip\r\n"))
    limit_data(many, "unlimited")
    assert stats()["worker"]["failed"] >= 1
    body = HttpClient(PORT).get("/scrape", fields="Accept-Encoding: gzip\r\n").body
    assert gzip.decompress(body).count(b"d8:complete") == MANY
