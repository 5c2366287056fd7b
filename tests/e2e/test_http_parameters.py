"""Good and bad announce parameters over HTTP. A bad one gets status 200 and a failure reason that
names it.
"""
import pytest

from harness.access_lists import NOT_AUTHORIZED, listed
from harness.http_client import HttpClient, percent, query
from harness.peers import info_hash, peers_of
from harness.private_network import TRACKER_V4, TRACKER_V6
from harness.swarms import LEECHER, fill

HASH = info_hash(1)
NO_HASH = "Your client forgot to send your torrent's info_hash. Please upgrade your client."
HASH_SIZE = "Invalid info_hash: it must be 20 bytes."
HASH_TWICE = "Invalid info_hash: it may be given only once."
HASH_ESCAPE = "Invalid info_hash: bad percent-encoding."
NO_PORT = "Missing port: your client must say where it listens."
BAD_PORT = "Invalid port: it must be a number from 1 to 65535."
BAD_LEFT = "Invalid left: it must be a number of bytes."

H = "info_hash=" + percent(HASH)

FAILURES = [
    ("", NO_HASH),
    ("port=6881", NO_HASH),
    ("info_hash&port=6881", HASH_SIZE),
    ("info_hash=&port=6881", HASH_SIZE),
    ("info_hash=%aa%bb&port=6881", HASH_SIZE),
    (H + "%00&port=6881", HASH_SIZE),
    ("info_hash=" + HASH.hex() + "&port=6881", HASH_SIZE),
    ("info_hash=" + "a" * 19 + "%g0&port=6881", HASH_ESCAPE),
    ("info_hash=" + "a" * 19 + "%0&port=6881", HASH_ESCAPE),
    ("info_hash=" + "a" * 19 + "%&port=6881", HASH_ESCAPE),
    (f"{H}&{H}&port=6881", HASH_TWICE),
    (f"{H}&port=6881&info_hash=" + "b" * 20, HASH_TWICE),
    (H, NO_PORT),
    (H + "&port", BAD_PORT),
    (H + "&port=", BAD_PORT),
    (H + "&port=0", BAD_PORT),
    (H + "&port=0&event=started", BAD_PORT),
    (H + "&port=65536", BAD_PORT),
    (H + "&port=4294967297", BAD_PORT),
    (H + "&port=99999999999999999999999", BAD_PORT),
    (H + "&port=-6881", BAD_PORT),
    (H + "&port=+6881", BAD_PORT),
    (H + "&port=0x1ae1", BAD_PORT),
    (H + "&port=6881x", BAD_PORT),
    (H + "&port=%206881", BAD_PORT),
    (H + "&port=abc&event=stopped", BAD_PORT),
    (H + "&port=6881&left=abc", BAD_LEFT),
    (H + "&port=6881&left=1x", BAD_LEFT),
    (H + "&port=6881&left=--1", BAD_LEFT),
    (H + "&port=6881&left=1.5", BAD_LEFT),
    (H + "&port=6881&left=undefined", BAD_LEFT),
]


@pytest.mark.parametrize("parameters, reason", FAILURES)
def test_the_failure_reason_of_a_bad_announce_names_the_parameter(http, parameters, reason):
    response = http.get("/announce?" + parameters)
    assert response.failure() == reason
    reply = response.bencoded()
    assert list(reply) == [b"failure reason", b"interval", b"retry in"]
    assert 1620 <= reply[b"interval"] <= 1980
    is_malformed = reason in (HASH_SIZE, HASH_TWICE, HASH_ESCAPE)
    assert reply[b"retry in"] == (b"never" if is_malformed else b"30")
    assert http.stats("torr").splitlines()[0] == "0"


@pytest.mark.parametrize("kind, retry", [("whitelist", b"30"), ("blacklist", b"never")])
@pytest.mark.parametrize("address", [TRACKER_V4, TRACKER_V6])
def test_a_refused_torrent_is_retried_unless_it_is_black_listed(
    start_with, tmp_path, kind, retry, address
):
    """Some clients remove a tracker for good if they are told "never"; a white list gets mended."""
    listed_hash = HASH if kind == "blacklist" else info_hash(2)
    _, conf = listed(tmp_path, listed_hash)
    start_with(conf.replace("whitelist", kind) + f"listen.tcp [{TRACKER_V6}]\nlisten.tcp {TRACKER_V4}\n")
    reply = HttpClient(6969, address).announce(HASH)
    assert reply[b"failure reason"].decode() == NOT_AUTHORIZED
    assert reply[b"retry in"] == retry
    assert reply[b"interval"] == 1800


def test_a_proxy_that_is_not_set_up_yet_is_retried(start_with):
    start_with(f"access.proxy {TRACKER_V4}/16\nlisten.tcp {TRACKER_V4}\n")
    reply = HttpClient(6969).announce(HASH)
    assert b"proxy" in reply[b"failure reason"]
    assert reply[b"retry in"] == b"30"


def test_an_announce_without_a_query_gets_the_same_failure_reason(http):
    assert http.get("/announce").failure() == NO_HASH


LEFT = {
    "0": (1, 0),
    "00": (1, 0),
    "1": (0, 1),
    "-1": (0, 1),
    "9" * 30: (0, 1),
    str(2**64): (0, 1),
}


@pytest.mark.parametrize("left, counts", LEFT.items())
def test_only_left_zero_is_a_seeder(http, left, counts):
    reply = http.announce(HASH, left=left)
    assert (reply[b"complete"], reply[b"incomplete"]) == counts


def test_a_peer_without_left_is_a_leecher(http):
    assert http.announce(HASH, left=None)[b"incomplete"] == 1


@pytest.mark.parametrize("peer_id", [None, "", "x", "x" * 40, "%zz", "%00"])
def test_an_absent_or_odd_peer_id_is_accepted(http, peer_id):
    assert http.announce(HASH, peer_id=peer_id)[b"incomplete"] == 1


@pytest.mark.parametrize(
    "event", [None, "", "started", "paused", "unheard-of", "STARTED", "completed"]
)
def test_an_unknown_event_is_ignored(http, event):
    assert http.announce(HASH, event=event, left=1)[b"incomplete"] == 1


@pytest.mark.parametrize("port", ["0", "-1", "65536", "99999999999999999999"])
def test_a_stopping_peer_needs_no_valid_port(http, port):
    reply = http.announce(HASH, port=port, event="stopped")
    assert (reply[b"complete"], reply[b"incomplete"], reply[b"peers"]) == (0, 0, b"")


@pytest.mark.parametrize("port", ["1", "80", "65535", "06881"])
def test_ports_from_1_to_65535_are_stored(http, port):
    http.announce(HASH, port=port)
    assert peers_of(http.announce(HASH, port=50000)) == [("10.99.0.1", int(port))]


NUMWANT = {
    None: 50, "": 50, "-1": 50, "-2147483648": 50, "abc": 50, "%zz": 50,
    "0": 0, "1": 1, "49": 49, "200": 200, "201": 200, "4294967297": 200, "9" * 30: 200,
}  # fmt: skip


def test_numwant_is_limited_to_the_maximum(tracker, http):
    fill(tracker.port, HASH, range(1000, 1300), LEECHER)
    for numwant, expected in NUMWANT.items():
        peers = peers_of(http.announce(HASH, port=1000, numwant=numwant))
        assert len(peers) == expected, f"numwant={numwant}"
        assert len(set(peers)) == expected


def test_numwant_zero_gives_an_empty_peers_key(http):
    http.announce(HASH, port=1000)
    response = http.get("/announce?" + query(info_hash=HASH, port=1001, numwant=0))
    assert b"5:peers0:e" in response.body


@pytest.mark.parametrize("compact", [None, "", "1", "2", "abc", "%zz"])
def test_peers_are_compact_by_default(http, compact):
    http.announce(HASH, port=1000)
    assert http.announce(HASH, compact=compact)[b"peers"] == b"\x0a\x63\x00\x01\x03\xe8"


def test_compact_zero_gives_dictionaries_of_both_families(http, http6):
    http.announce(HASH, port=1000)
    http6.announce(HASH, port=1001)
    reply = http.announce(HASH, compact=0)
    assert reply[b"peers"] == [
        {b"ip": b"10.99.0.1", b"port": 1000},
        {b"ip": b"fd00:99::1", b"port": 1001},
    ]
    assert b"peers6" not in reply


def test_the_first_of_a_repeated_parameter_counts(http):
    http.get("/announce?" + query(info_hash=HASH, port=1000, left=0) + "&port=2000&left=1")
    reply = http.announce(HASH)
    assert peers_of(reply) == [("10.99.0.1", 1000)]
    assert reply[b"complete"] == 1


def test_parameters_may_come_in_any_order_and_unknown_ones_are_ignored(http):
    http.get(f"/announce?&x=%zz&left=0&&key=1234&=&port=1000&trackerid=%00&{H}&no_peer_id")
    assert http.scrape(HASH)[HASH][b"complete"] == 1


HASHES = {
    "plus signs": (b"+" * 20, b"+" * 20),
    "raw high bytes": (bytes(range(0x80, 0x94)), bytes(range(0x80, 0x94))),
    "upper case hex": (b"%AB" * 20, b"\xab" * 20),
    "lower case hex": (b"%ab" * 20, b"\xab" * 20),
    "mixed": (b"%aB" * 10 + b"a" * 10, b"\xab" * 10 + b"a" * 10),
    "zeros": (b"%00" * 20, bytes(20)),
    "encoded delimiters": (b"%26%3d%25%20" * 5, b"&=% " * 5),
}


@pytest.mark.parametrize("sent, meant", HASHES.values(), ids=HASHES.keys())
def test_an_info_hash_is_decoded_from_every_encoding(http, sent, meant):
    request = b"GET /announce?info_hash=" + sent + b"&port=1000&left=0 HTTP/1.0\r\n\r\n"
    assert http.exchange(request).bencoded()[b"complete"] == 1
    assert http.scrape(meant)[meant][b"complete"] == 1


@pytest.mark.parametrize("name", ["ip", "ipv4", "ipv6"])
def test_an_address_in_the_query_is_ignored(http, name):
    http.announce(HASH, port=1000, **{name: "192.0.2.1"})
    assert peers_of(http.announce(HASH)) == [("10.99.0.1", 1000)]
