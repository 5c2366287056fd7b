"""The switches of full scrapes: WANT_FULLSCRAPE, WANT_COMPRESSION_GZIP(_ALWAYS) and
WANT_MODEST_FULLSCRAPES.
"""
import gzip

import pytest

from harness import bencode
from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, v4

LISTEN = f"access.bless {TRACKER_V4}\nlisten.tcp {TRACKER_V4}\n"
ACCEPTING = "Accept-Encoding: gzip\r\n"


@pytest.fixture
def client_of(start_build):
    """A client of a tracker of this build with one torrent."""

    def start(build):
        start_build(build, LISTEN)
        client = HttpClient(6969)
        client.announce(info_hash(1))
        return client

    return start


def names_in(response):
    body = response.body
    if response.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return list(bencode.decode(body)[b"files"])


def test_without_the_switch_there_are_state_dumps_but_no_full_scrapes(client_of):
    client = client_of("none")
    assert "full scrapes" in client.get("/scrape").failure()
    refused = client.get("/stats?mode=tpbs")
    assert refused.status == 400 and b"WANT_FULLSCRAPE" in refused.body
    assert client.stats("statedump").startswith(info_hash(1).hex().upper())


def test_without_gzip_full_scrapes_are_never_compressed(client_of):
    response = client_of("WANT_FULLSCRAPE").get("/scrape", fields=ACCEPTING)
    assert "content-encoding" not in response.headers
    assert names_in(response) == [info_hash(1)]


def test_with_gzip_full_scrapes_are_compressed_if_the_client_accepts_it(client_of):
    client = client_of("default")
    zipped, plain = client.get("/scrape", fields=ACCEPTING), client.get("/scrape")
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert names_in(zipped) == names_in(plain) == [info_hash(1)]


@pytest.mark.parametrize("build, target", [
    ("every", "/scrape"),
    ("WANT_COMPRESSION_GZIP_ALWAYS", "/stats?mode=statedump"),
])
def test_with_gzip_always_full_scrapes_are_compressed_for_everybody(client_of, build, target):
    response = client_of(build).get(target)
    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(response.body)


def test_modest_builds_allow_each_address_one_full_scrape_in_five_minutes(client_of):
    client = client_of("every")
    assert names_in(client.get("/scrape", source=v4(9))) == [info_hash(1)]
    refused = client.get("/scrape", source=v4(9))
    assert refused.status == 402
    assert refused.body == b"<title>Payment Required</title>\n"
    assert client.get("/scrape", source=v4(8)).status == 200
    assert client.get("/stats?mode=tpbs").status == 200
    assert client.get("/stats?mode=tpbs&format=txt").status == 402
    assert client.get("/stats?mode=statedump").status == 200


def test_head_uses_up_no_full_scrape_of_a_modest_build(client_of):
    client = client_of("every")

    def head():
        with client.connect(v4(9)) as connection:
            connection.send(b"HEAD /scrape HTTP/1.0\r\n\r\n")
            return b"".join(iter(lambda: connection.socket.recv(65536), b""))

    for _ in range(2):
        assert head().startswith(b"HTTP/1.1 200 OK\r\n")
    assert client.get("/scrape", source=v4(9)).status == 200
    assert head().startswith(b"HTTP/1.0 402 Payment Required\r\n")
    assert head().endswith(b"\r\n\r\n")


def test_other_builds_do_not_limit_full_scrapes(client_of):
    client = client_of("default")
    assert {client.get("/scrape", source=v4(9)).status for _ in range(3)} == {200}
