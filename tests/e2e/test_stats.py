"""The statistics that existing scripts parse by line and position, mode by mode."""
import re
import xml.etree.ElementTree

import pytest

from harness.peers import info_hash
from harness.udp_client import COMPLETED, UdpClient, UdpError


@pytest.fixture
def traffic(tracker, http):
    """8 TCP connections: 3 announces, 1 scrape, 4 errors; 7 datagrams: 2 connects, 2 announces, 1
    scrape, 2 bad.
    """
    http.announce(info_hash(1))
    http.announce(info_hash(1), port=1000, left=0)
    http.announce(info_hash(2), port=1000, left=0, event="completed")
    http.scrape(info_hash(1))
    http.get("/xyz")
    http.get("/announce")
    http.get("/scrape?")
    http.exchange(b"POST / HTTP/1.0\r\n\r\n")
    with UdpClient(tracker.port) as udp:
        udp.announce(info_hash(1), port=1001)
        udp.announce(info_hash(3), port=1002, left=0, event=COMPLETED)
        udp.scrape(info_hash(1))
        assert udp.silent(b"too short")
        with pytest.raises(UdpError):
            udp.announce(info_hash(1), connection_id=12)
    return http


def four_lines(text):
    """The four lines of an MRTG block; the last has no newline."""
    assert not text.endswith("\n")
    lines = text.split("\n")
    assert len(lines) == 4, text
    return lines


def uptime_of(line):
    """The uptime in seconds, from line 3 of a block."""
    match = re.fullmatch(r"(\d+) seconds \((\d+) hours\)", line)
    assert match, line
    seconds = int(match[1])
    assert seconds < 60 and int(match[2]) == 0
    return seconds


def per_second(count, seconds):
    return count // max(seconds, 1)


@pytest.mark.parametrize("mode", ["peer", None])
def test_the_default_mode_counts_peers_and_seeds(traffic, mode):
    text = traffic.stats(mode) if mode else traffic.get("/stats").body.decode()
    assert text == "5\n3\nopentracker serving 3 torrents\nopentracker"


def test_mode_torr_counts_torrents(traffic):
    assert traffic.stats("torr") == "3\n0\nopentracker serving 3 torrents\nopentracker"


def test_an_empty_tracker_has_only_zeros(http):
    assert http.stats("peer") == "0\n0\nopentracker serving 0 torrents\nopentracker"
    assert http.stats("torr") == "0\n0\nopentracker serving 0 torrents\nopentracker"


def test_mode_tcp4_counts_connections_and_announces(traffic):
    lines = four_lines(traffic.stats("tcp4"))
    seconds = uptime_of(lines[2])
    assert lines[:2] == ["9", "3"]
    rates = f"{per_second(9, seconds)} conns/s :: {per_second(3, seconds)} success/s."
    assert lines[3] == "opentracker tcp4 stats, " + rates


def test_mode_udp4_counts_datagrams_and_announces_with_connects(traffic):
    lines = four_lines(traffic.stats("udp4"))
    seconds = uptime_of(lines[2])
    assert lines[:2] == ["7", "4"]
    rates = f"{per_second(7, seconds)} conns/s :: {per_second(4, seconds)} success/s."
    assert lines[3] == "opentracker udp4 stats, " + rates


def test_mode_conn_adds_up_tcp_and_udp(traffic):
    lines = four_lines(traffic.stats("conn"))
    seconds = uptime_of(lines[2])
    assert lines[:2] == ["16", "7"]
    rates = f"{per_second(16, seconds)} conns/s :: {per_second(7, seconds)} success/s."
    assert lines[3] == "opentracker connections, " + rates


def test_mode_scrp_counts_scrapes(traffic):
    lines = four_lines(traffic.stats("scrp"))
    seconds = uptime_of(lines[2])
    assert lines[:2] == ["1", "1"]
    assert lines[3] == f"opentracker scrape stats, {per_second(2, seconds)} scrape/s (tcp and udp)"


def test_mode_version_is_one_line_with_the_name_of_the_program(http):
    text = http.stats("version")
    assert text.startswith("opentracker")
    assert len(text.rstrip("\n").split("\n")) == 1


# With the reference's indentation; N stands for any number.
EVERYTHING = """\
<?xml version="1.0" encoding="UTF-8"?>
<stats>
  <tracker_id>N</tracker_id>
  <version>
TEXT
  </version>
  <uptime>N</uptime>
  <torrents>
    <count_mutex>3</count_mutex>
    <count_iterator>3</count_iterator>
  </torrents>
  <peers>
    <count>5</count>
  </peers>
  <seeds>
    <count>3</count>
  </seeds>
  <completed>
    <count>2</count>
  </completed>
  <connections>
    <tcp>
      <accept>9</accept>
      <announce>3</announce>
      <scrape>1</scrape>
    </tcp>
    <udp>
      <overall>7</overall>
      <connect>2</connect>
      <announce>2</announce>
      <scrape>1</scrape>
      <missmatch>1</missmatch>
    </udp>
    <livesync>
      <count>0</count>
    </livesync>
  </connections>
  <debug>
    <renew>
      <count interval="00">0</count>
"""


def test_mode_everything_is_exactly_these_lines_up_to_the_debug_part(traffic):
    pattern = re.escape(EVERYTHING).replace(">N<", r">\d+<").replace("TEXT", r"[^<>\n]+")
    text = traffic.stats("everything")
    assert re.match(pattern, text), text


def test_mode_everything_is_well_formed_xml_in_a_fixed_order(traffic):
    root = xml.etree.ElementTree.fromstring(traffic.stats("everything"))
    order = "tracker_id version uptime torrents peers seeds completed connections debug"
    assert root.tag == "stats"
    assert [child.tag for child in root] == order.split()
    debug = root.find("debug")
    assert [child.tag for child in debug] == ["renew", "http_error", "mutex_stall"]
    renewals = debug.findall("renew/count")
    assert [count.get("interval") for count in renewals] == [
        f"{minute:02d}" for minute in range(45)
    ]
    assert debug.findtext("mutex_stall/count") == "0"


def test_renewals_are_counted_by_minutes_since_the_last_announce(http):
    for _ in range(3):
        http.announce(info_hash(1))
    root = xml.etree.ElementTree.fromstring(http.stats("everything"))
    renewals = [int(count.text) for count in root.findall("debug/renew/count")]
    assert renewals[0] == 2 and sum(renewals) == 2


def test_http_errors_are_counted_by_code(traffic):
    root = xml.etree.ElementTree.fromstring(traffic.stats("everything"))
    errors = {
        count.get("code"): int(count.text) for count in root.findall("debug/http_error/count")
    }
    assert all(re.match(r"[345]\d\d ", code) for code in errors), errors
    assert sum(n for code, n in errors.items() if code.startswith("404")) == 1
    assert sum(n for code, n in errors.items() if code.startswith("400")) >= 1
    assert "402" in " ".join(errors) and "500" in " ".join(errors)


def test_the_tracker_id_is_random_and_does_not_change(start_tracker, http):
    def tracker_id(client):
        return xml.etree.ElementTree.fromstring(client.stats("everything")).findtext("tracker_id")

    first = tracker_id(http)
    assert tracker_id(http) == first
    other = start_tracker(arguments=["-i", "10.99.0.2", "-p", "7000", "-P", "7000"], port=7000)
    client = type(http)(other.port, "10.99.0.2")
    assert tracker_id(client) != first


def test_statistics_are_plain_text(http):
    for mode in ("peer", "conn", "everything", "version"):
        assert http.get(f"/stats?mode={mode}").headers["content-type"] == "text/plain"
