"""Real clients that only know the tracker's URL exchange a file (BEP 3, BEP 15, BEP 7)."""
import pytest

from harness.bittorrent_clients import ALL, LibTorrent
from harness.http_client import HttpClient
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6
from harness.torrent import Torrent
from harness.waiting import wait_until


def url(scheme, address, port):
    host = f"[{address}]" if ":" in address else address
    return f"{scheme}://{host}:{port}/announce"


def exchange(client, torrent, directories, addresses, tracker):
    """Runs a seeder and a leecher of one kind and checks the tracker's counts from the first
    announce to the last.
    """
    http = HttpClient(tracker.port)

    def counts():
        found = http.scrape(torrent.info_hash)[torrent.info_hash]
        return found[b"complete"], found[b"downloaded"], found[b"incomplete"]

    def wait_for_counts(wanted, what, *clients):
        try:
            wait_until(lambda: counts() == wanted, what, timeout=45, pause=0.1)
        except AssertionError as error:
            logs = [client.log() for client in clients]
            raise AssertionError("\n".join([f"{error}; counts are {counts()}", *logs])) from None

    seeding, leeching = directories
    torrent.write_content(seeding)
    with client(torrent, seeding, addresses[0], 50001) as seeder:
        wait_for_counts((1, 0, 0), "the seeder to be listed", seeder)
        with client(torrent, leeching, addresses[1], 50002) as leecher:
            wait_for_counts((2, 1, 0), "the download to be counted", seeder, leecher)
            assert torrent.is_complete_in(leeching)
            leecher.stop()
            wait_for_counts((1, 1, 0), "the leecher to leave", seeder, leecher)
            seeder.stop()
            wait_for_counts((0, 1, 0), "the seeder to leave", seeder, leecher)
    assert http.stats("peer").splitlines()[:2] == ["0", "0"]
    assert http.stats("torr").splitlines()[0] == "1"


@pytest.fixture
def directories(tmp_path):
    both = tmp_path / "seeding", tmp_path / "leeching"
    for directory in both:
        directory.mkdir()
    return both


@pytest.mark.parametrize("scheme", ["http", "udp"])
@pytest.mark.parametrize("client", ALL, ids=lambda client: client.__name__.lower())
def test_two_clients_exchange_a_file_over_ipv4(client, scheme, tracker, directories):
    torrent = Torrent(f"{client.__name__}-{scheme}", url(scheme, TRACKER_V4, tracker.port))
    exchange(client, torrent, directories, (v4(11), v4(12)), tracker)


@pytest.mark.parametrize("scheme", ["http", "udp"])
def test_libtorrent_exchanges_a_file_over_ipv6(scheme, tracker, directories):
    torrent = Torrent(f"libtorrent6-{scheme}", url(scheme, TRACKER_V6, tracker.port))
    exchange(LibTorrent, torrent, directories, (v6(11), v6(12)), tracker)


@pytest.mark.parametrize("family", ["v4", "v6"])
def test_libtorrent_can_use_the_second_address_of_a_wildcard_socket(
    family, start_tracker, directories
):
    tracker = start_tracker(arguments=[])
    address, peers = (v4(200), (v4(11), v4(12))) if family == "v4" else (v6(50), (v6(11), v6(12)))
    torrent = Torrent(f"wildcard-{family}", url("udp", address, tracker.port))
    exchange(LibTorrent, torrent, directories, peers, tracker)
