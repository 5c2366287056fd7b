"""The tracker behind nginx and haproxy: peers have the address of the client."""
import re

import pytest

from harness import proxies, swarms
from harness.http_client import HttpClient
from harness.peers import info_hash, peers_of
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6
from harness.waiting import wait_until

HASH = info_hash(1)
REFUSAL = b"The proxy in front of this tracker did not pass on your address."
LISTEN = f"listen.tcp [{TRACKER_V6}]\nlisten.tcp {TRACKER_V4}\n"
TRACKER = HttpClient(6969)
CLIENTS = [v4(9), v6(9)]
SINGLE_HEADERS = ["X-Real-IP", "CF-Connecting-IP", "True-Client-IP"]


def forwarded(*addresses):
    return f"X-Forwarded-For: {', '.join(addresses)}\r\n"


def swarm():
    return swarms.addresses_in(6969, HASH)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_header_from_outside_access_proxy_is_ignored(start_with, client):
    start_with(f"access.proxy {v4(2)}\n{LISTEN}")
    tracker = HttpClient(6969, TRACKER_V6 if ":" in client else TRACKER_V4)
    for header in SINGLE_HEADERS + ["X-Forwarded-For"]:
        tracker.announce(HASH, source=client, fields=f"{header}: {v4(77)}\r\n")
    tracker.announce(HASH, source=client, fields=f"Forwarded: for={v4(77)}\r\n")
    assert swarm() == [client]


def test_without_access_proxy_every_header_is_ignored(start_with):
    start_with(LISTEN)
    TRACKER.announce(HASH, source=v4(2), fields=forwarded(v4(77)))
    assert swarm() == [v4(2)]


@pytest.mark.parametrize("fields", ["", forwarded("unknown"), forwarded("0.0.0.0")])
def test_a_proxy_that_names_no_usable_address_is_refused(start_with, fields):
    start_with(f"access.proxy {v4(2)}\n{LISTEN}")
    assert b"failure reason" in TRACKER.announce(HASH, source=v4(2), fields=fields)
    if fields != forwarded("0.0.0.0"):
        reply = TRACKER.announce(HASH, source=v4(2), fields=fields)
        assert reply[b"failure reason"] == REFUSAL
    assert swarm() == []


# Two hops on IPv4, the first also on IPv6; each adds the address of its client.
CHAIN = f"""
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
server {{
	listen {v4(3)}:8080;
	location / {{ proxy_bind {v4(3)}; proxy_pass http://{TRACKER_V4}:6969; }}
}}
server {{
	listen [{v6(2)}]:8081;
	listen {v4(2)}:8081;
	location / {{ proxy_bind {v4(2)}; proxy_pass http://{v4(3)}:8080; }}
}}
"""


@pytest.fixture
def chain(tmp_path):
    """Returns the client of the first hop for an address of either family."""
    with proxies.nginx(CHAIN, tmp_path, 8081):
        yield lambda client: HttpClient(8081, v6(2) if ":" in client else v4(2))


@pytest.mark.parametrize("client", CLIENTS)
def test_behind_a_chain_of_trusted_hops_peers_have_their_own_address(start_with, chain, client):
    start_with(f"access.proxy 10.99.0.2/31\n{LISTEN}")
    chain(client).announce(HASH, source=client)
    chain(client).announce(HASH, source=client, port=7000, fields=forwarded(v4(77), v4(3)))
    assert swarm() == [client, client], "forged entries come before those the hops add"


def test_an_untrusted_hop_counts_as_the_client(start_with, chain):
    start_with(f"access.proxy {v4(3)}\n{LISTEN}")
    chain(v4(9)).announce(HASH, source=v4(9))
    assert swarm() == [v4(2)]


SINGLE = f"""
server {{
	listen [{v6(2)}]:8080;
	listen {v4(2)}:8080;
	location / {{
		proxy_bind {v4(2)};
		proxy_set_header NAME $remote_addr;
		proxy_pass http://{TRACKER_V4}:6969;
	}}
}}
"""


@pytest.mark.parametrize("name", SINGLE_HEADERS)
@pytest.mark.parametrize("client", CLIENTS)
def test_proxies_may_name_the_client_in_another_header(start_with, tmp_path, name, client):
    start_with(f"access.proxy {v4(2)}\naccess.proxy_header {name.lower()}\n{LISTEN}")
    with proxies.nginx(SINGLE.replace("NAME", name), tmp_path, 8080):
        nginx = HttpClient(8080, v6(2) if ":" in client else v4(2))
        nginx.announce(HASH, source=client, fields=forwarded(v4(77)))
        nginx.announce(HASH, source=client, fields=f"{name}: {v4(77)}\r\n", port=7000)
    assert swarm() == [client, client]
    reply = TRACKER.announce(HASH, source=v4(2), fields=forwarded(v4(9)))
    assert reply[b"failure reason"] == REFUSAL, "X-Forwarded-For is not the configured header"


# Networks that contain the clients too, because nobody knows where the proxies are.
@pytest.mark.parametrize("networks", ["access.proxy 0.0.0.0/0\n", "access.proxy 10.0.0.0/8\n"
                                      "access.proxy fd00::/8\naccess.proxy ::/0\n"])
@pytest.mark.parametrize("name", SINGLE_HEADERS)
def test_a_header_that_holds_one_address_names_the_client_in_any_network(start_with, networks, name):
    start_with(f"{networks}access.proxy_header {name}\n{LISTEN}")
    named = ["203.0.113.9", "2001:db8::9", v4(9)]
    for client in named:
        TRACKER.announce(HASH, source=v4(2), fields=f"{name}: {client}\r\n")
    reply = TRACKER.announce(HASH, source=v4(2), fields=f"{name}: {v4(250)}\r\n", left=0, numwant=9)
    assert sorted(address for address, _ in peers_of(reply)) == sorted(named)


@pytest.mark.parametrize("header, chain", [
    ("X-Forwarded-For", "X-Forwarded-For: {0}, {1}\r\n"),
    ("X-Forwarded-For", "X-Forwarded-For: {0}\r\nX-Forwarded-For: {1}\r\n"),
    ("Forwarded", "Forwarded: for={0};proto=https, for={1}\r\n"),
    ("Forwarded", "Forwarded: for=\"{0}:4711\"\r\nforwarded: by=x;for=\"{1}\"\r\n"),
])
def test_if_all_addresses_are_proxies_the_leftmost_is_the_client(start_with, header, chain):
    start_with(f"access.proxy 10.99.0.2/31\naccess.proxy_header {header}\naccess.stats {v4(3)}\n"
               f"{LISTEN}")
    fields = chain.format(v4(3), v4(2))
    TRACKER.announce(HASH, source=v4(2), fields=fields)
    assert swarm() == [v4(3)]
    assert TRACKER.get("/stats", source=v4(2), fields=fields).status == 403, "it may be a proxy"


FORWARDED = [
    ("for=198.51.100.9, for={}", v4(9)),
    ("for=\"198.51.100.9, for={};by=10.99.0.2", v4(9)),
    ("for=\"[{}]:4711\"; proto=https", v6(9)),
    ("proto=http;For=\"[{}]:_hidden\", for=10.99.0.2", v6(9)),
]


@pytest.mark.parametrize("value, client", FORWARDED)
def test_proxies_may_name_the_client_in_forwarded(start_with, value, client):
    start_with(f"access.proxy {v4(2)}\naccess.proxy_header forwarded\n{LISTEN}")
    TRACKER.announce(HASH, source=v4(2), fields=f"Forwarded: {value.format(client)}\r\n")
    assert swarm() == [client]
    for hidden in ("for=unknown", "for=_x", "by=10.99.0.9", f"for={client};for={client}"):
        reply = TRACKER.announce(HASH, source=v4(2), fields=f"Forwarded: {hidden}\r\n")
        assert reply[b"failure reason"] == REFUSAL, hidden


HAPROXY = f"""
listen text
	bind {v4(2)}:8001
	bind {v6(2)}:8001
	server tracker {TRACKER_V4}:6970 source {v4(2)} send-proxy
listen binary
	bind {v4(2)}:8002
	bind {v6(2)}:8002
	option httpchk GET /
	server tracker {TRACKER_V4}:6970 source {v4(2)} send-proxy-v2 check inter 100ms check-send-proxy
listen binary6
	bind {v4(2)}:8003
	bind {v6(2)}:8003
	server tracker [{TRACKER_V6}]:6970 source [{v6(2)}] send-proxy-v2-ssl
listen forwarded
	mode http
	option forwardfor
	bind {v4(2)}:8004
	bind {v6(2)}:8004
	server tracker {TRACKER_V4}:6969 source {v4(2)}
"""
BEHIND_HAPROXY = f"""\
listen.tcp.proxy {TRACKER_V4}:6970
listen.tcp.proxy [{TRACKER_V6}]:6970
access.proxy {v4(2)}
access.proxy {v6(2)}
tracker.redirect_url https://tracker.example.org/
{LISTEN}"""


@pytest.fixture
def haproxy(start_with, tmp_path):
    tracker = start_with(BEHIND_HAPROXY)
    with proxies.haproxy(HAPROXY, tmp_path, 8004):
        yield tracker


@pytest.mark.parametrize("port", [8001, 8002, 8003, 8004])
@pytest.mark.parametrize("client", CLIENTS)
def test_behind_haproxy_peers_have_their_own_address(haproxy, port, client):
    proxy = HttpClient(port, v6(2) if ":" in client else v4(2))
    proxy.announce(HASH, source=client)
    reply = proxy.announce(HASH, source=client, port=7000, fields=forwarded(v4(77)))
    assert reply[b"incomplete"] == 2
    assert swarm() == [client, client]
    assert "closed a connection" not in haproxy.output()


def redirects():
    return int(re.search(r'"302 Redirect">(\d+)<', TRACKER.stats("everything"))[1])


def test_haproxys_own_health_checks_are_answered(haproxy):
    wait_until(lambda: redirects() >= 2, "two health checks")
    assert "closed a connection" not in haproxy.output()


def test_rights_to_statistics_belong_to_the_client_not_to_its_proxy(start_with, chain):
    start_with(f"access.proxy 10.99.0.2/31\naccess.stats {v4(9)}\naccess.stats {v4(2)}\n{LISTEN}")
    client = chain(v4(9))
    assert client.get("/stats", source=v4(9)).status == 200
    assert client.get("/stats", source=v4(8)).status == 403
    assert client.get("/stats", source=v4(8), fields=forwarded(v4(9))).status == 403
    assert TRACKER.get("/stats", source=v4(2)).status == 403, "a proxy has no rights of its own"
