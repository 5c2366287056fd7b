"""docs/deploy/nginx.conf in Debian's nginx, between clients and the tracker: unchanged, and with the # removed
from its lines for TLS. The tracker's configuration is the one in its header, as it is.
"""
import os
import re
import socket
import ssl
import subprocess

import pytest

from harness import bencode, proxies
from harness.daemon import TOP
from harness.http_client import HttpClient, announce_target, percent
from harness.peers import info_hash, peers_of
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6
from harness.udp_client import UdpClient

SNIPPET = os.path.join(TOP, "docs", "deploy", "nginx.conf")
# Bytes that a proxy would change if it decoded and re-encoded paths or queries.
ODD_HASH = bytes([0, 10, 13, 32, 35, 37, 38, 43, 47, 61, 63, 92, 127, 128, 255]) + b"abcde"


def snippet():
    with open(SNIPPET, encoding="ascii") as file:
        return file.read()


@pytest.fixture
def backend(start_with):
    """A tracker with the configuration in the comment at the top of nginx.conf."""
    wanted = re.findall(r"^#     (\S+ \S+)$", snippet(), re.M)
    udp = ["listen.udp 0.0.0.0:6969", "listen.udp [::]:6969"]
    assert wanted == ["listen.tcp 127.0.0.1:6969", *udp, "access.proxy 127.0.0.1"]
    return start_with("\n".join([*reversed(wanted), ""]))


@pytest.fixture
def proxy(backend, tmp_path):
    """HTTP clients for the IPv4 and the IPv6 address of nginx."""
    with proxies.nginx(f"include {SNIPPET};", tmp_path, 80):
        yield HttpClient(80, TRACKER_V4), HttpClient(80, TRACKER_V6)


def get(client, target, source=None, fields=""):
    head = f"GET {target} HTTP/1.1\r\nHost: tracker.example.org\r\nConnection: close\r\n{fields}\r\n"
    return client.exchange(head.encode("latin-1"), source)


def announced(client, info_hash=ODD_HASH, source=None, fields="", **parameters):
    target = announce_target(info_hash, **{"left": 0, **parameters})
    return bencode.decode(get(client, target, source, fields).body)


def test_announces_of_both_families_are_answered_by_the_tracker(backend, proxy):
    for at, client in enumerate(proxy):
        reply = announced(client, port=7000 + at)
        assert reply[b"complete"] == at + 1 and reply[b"interval"] > 0
    assert HttpClient(backend.port, "127.0.0.1").scrape(ODD_HASH)[ODD_HASH][b"complete"] == 2


def test_the_configuration_in_the_header_serves_udp_to_the_same_swarm(proxy):
    announced(proxy[0], source=v4(9), port=7000)
    for address in (TRACKER_V4, TRACKER_V6):
        with UdpClient(6969, address) as client:
            assert client.announce(ODD_HASH).seeders >= 1, address


def test_the_page_about_proxies_and_the_header_agree():
    with open(os.path.join(TOP, "docs", "proxies.md"), encoding="utf-8") as page:
        nginx = page.read().partition("## nginx")[2].partition("```conf\n")[2].partition("```")[0]
    assert nginx.splitlines() == re.findall(r"^#     (\S+ \S+)$", snippet(), re.M)


def test_peers_have_the_address_that_nginx_saw(proxy):
    forged = "X-Forwarded-For: 10.99.0.77\r\n"
    for client, source in zip(proxy, (v4(9), v6(9))):
        announced(client, source=source, fields=forged, left=1)
    told = announced(proxy[0], source=v4(8), port=1)
    assert {address for address, _ in peers_of(told)} == {v4(9), v6(9)}


def test_every_byte_of_an_info_hash_passes_through(backend, proxy):
    announced(proxy[0])
    raw = "/scrape?info_hash=" + percent(ODD_HASH)
    assert list(bencode.decode(get(proxy[0], raw).body)[b"files"]) == [ODD_HASH]


def test_a_failure_reason_passes_through(proxy):
    reply = bencode.decode(get(proxy[0], "/announce?info_hash=short&port=1").body)
    assert b"info_hash" in reply[b"failure reason"]


def test_the_connection_to_the_tracker_is_kept(backend, proxy):
    for at in range(50):
        announced(proxy[0], port=7000 + at, info_hash=info_hash(at))
    stats = HttpClient(backend.port, "127.0.0.1").stats("everything")
    accepted = int(stats.partition("<accept>")[2].partition("<")[0])
    assert accepted < 25


@pytest.mark.parametrize("target", ["/", "/index.html", "/ascrape", "/metrics"])
def test_other_paths_are_not_forwarded(proxy, target):
    response = get(proxy[0], target)
    assert response.status == 404 and b"nginx" in response.body


def test_statistics_are_only_for_the_machine_itself(proxy):
    assert get(proxy[0], "/stats?mode=version", source=v4(9)).status == 403
    assert get(HttpClient(80, "127.0.0.1"), "/stats?mode=version").status == 200


@pytest.fixture
def plain_proxy(start_with, tmp_path):
    """Through an nginx that says nothing about its clients, as proxy_pass does by default."""
    start_with("listen.tcp 127.0.0.1:6969\nlisten.tcp [::1]:6969\n")
    servers = "".join(
        f"server {{ listen {port}; location / {{ proxy_pass http://{backend}:6969; {more} }} }}\n"
        for port, backend, more in (
            (82, "[::1]", ""),
            (81, "127.0.0.1", 'proxy_http_version 1.1; proxy_set_header Connection "";'),
            (80, "127.0.0.1", ""),
        )
    )
    with proxies.nginx(servers, tmp_path, 80):
        yield [HttpClient(port, TRACKER_V4) for port in (80, 81, 82)]


def test_a_proxy_that_adds_no_header_lends_nobody_the_names_of_networks(plain_proxy):
    for client in plain_proxy:
        for mode in ("s24s", "busy", "woodpeckers", "fulllog"):
            assert get(client, f"/stats?mode={mode}", source=v4(9)).status == 403, mode
        assert get(client, "/stats?mode=peer", source=v4(9)).status == 200


def test_head_and_options_pass_through_a_proxy(plain_proxy):
    for client in plain_proxy:
        for method, status in ("HEAD", 200), ("OPTIONS", 204):
            with client.connect() as connection:
                connection.send(
                    f"{method} /stats.json HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n".encode()
                )
                reply = b"".join(iter(lambda: connection.socket.recv(65536), b""))
            assert reply.startswith(b"HTTP/1.1 %d" % status), reply
            assert reply.endswith(b"\r\n\r\n")
            assert b"Access-Control-Allow-Origin: *" in reply


@pytest.fixture
def certificate(tmp_path):
    """The files that the first commands of docs/proxies.md make."""
    with open(os.path.join(TOP, "docs", "proxies.md"), encoding="utf-8") as page:
        commands = re.search(r"^```sh certificate\n(.*?)^```", page.read(), re.M | re.S)[1]
    subprocess.run(["bash", "-euc", commands], cwd=tmp_path, check=True, capture_output=True, timeout=30)
    return tmp_path


@pytest.fixture
def tls(backend, certificate, tmp_path):
    """nginx with the lines for TLS in force."""
    text, count = re.subn(r"^\t# (listen .*443 ssl;|ssl_.*;)$", r"\t\1", snippet(), flags=re.M)
    assert count == 6
    site = tmp_path / "site.conf"
    site.write_text(text.replace("/etc/letsencrypt/live/tracker.example.org", str(certificate)))
    with proxies.nginx(f"include {site};", tmp_path, 443):
        yield certificate / "fullchain.pem"


def say(connection, port):
    """The reply to an announce on a connection that stays open, and whether the proxy keeps it."""
    head = f"GET {announce_target(ODD_HASH, port=port, left=0)} HTTP/1.1\r\nHost: tracker.example.org\r\n\r\n"
    connection.sendall(head.encode("latin-1"))
    reply = b""
    while b"\r\n\r\n" not in reply or not reply.endswith(b"e"):
        chunk = connection.recv(4096)
        assert chunk, reply
        reply += chunk
    fields, _, body = reply.partition(b"\r\n\r\n")
    return bencode.decode(body), b"connection: keep-alive" in fields.lower()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_over_tls_a_client_keeps_its_connection_and_takes_its_session_up_again(tls, version):
    context = ssl.create_default_context(cafile=tls)
    context.minimum_version = context.maximum_version = version
    session = None
    for visit in range(3):
        with socket.create_connection((TRACKER_V4, 443), 5) as plain, context.wrap_socket(
            plain, server_hostname="tracker.example.org", session=session
        ) as connection:
            for port in (7000, 7001):
                reply, kept = say(connection, port)
                assert reply[b"complete"] >= 1 and kept
            if visit == 0 and version == ssl.TLSVersion.TLSv1_2:
                assert "ECDSA" in connection.cipher()[0]
            assert connection.session_reused == (visit > 0)
            session = session or connection.session
            # Longer than tracker.interval, or nobody ever comes back in time.
            assert session.has_ticket and session.ticket_lifetime_hint >= 3600


def test_a_client_keeps_a_plain_connection_too(proxy):
    with socket.create_connection((TRACKER_V6, 80), 5) as connection:
        for port in (7000, 7001, 7002):
            assert say(connection, port)[1]
