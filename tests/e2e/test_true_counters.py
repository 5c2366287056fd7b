"""The counters after load and churn agree with what the clients did and with a walk over the table.
"""
import json
import random
import xml.etree.ElementTree

import pytest

from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6
from harness.tools import answered, probed_torrents
from harness.udp_client import COMPLETED, NONE, PAUSED, STARTED, STOPPED, UdpClient

PORT = 6969
EVENTS = {NONE: None, COMPLETED: "completed", STARTED: "started", STOPPED: "stopped", PAUSED: "paused"}
TORRENTS = [info_hash(n) for n in range(40)]
ADDRESSES = [v4(n) for n in range(10, 18)] + [v6(n) for n in range(10, 18)]


class Churn:
    """Clients that start, complete, pause and stop over both protocols and families, and what a
    tracker should know about them.
    """

    def __init__(self, seed):
        self._random = random.Random(seed)
        self._http = {False: HttpClient(PORT, TRACKER_V4), True: HttpClient(PORT, TRACKER_V6)}
        self._udp = {
            source: UdpClient(PORT, TRACKER_V6 if ":" in source else TRACKER_V4, source)
            for source in ADDRESSES
        }
        self.peers = {torrent: {} for torrent in TORRENTS}  # (address, port): (seeding, completed)
        self.downloaded = dict.fromkeys(TORRENTS, 0)
        self.announces = {}  # (protocol, family): count

    def close(self):
        for client in self._udp.values():
            client.close()

    def announce(self, torrent, source, port, event, left, protocol):
        if protocol == "udp":
            self._udp[source].announce(torrent, port=port, event=event, left=left, numwant=0)
        else:
            fields = dict(port=port, event=EVENTS[event], left=left, numwant=0)
            self._http[":" in source].announce(torrent, source, **fields)
        key = protocol, "v6" if ":" in source else "v4"
        self.announces[key] = self.announces.get(key, 0) + 1
        self._note(self.peers[torrent], torrent, (source, port), event, left)

    def _note(self, peers, torrent, peer, event, left):
        if event == STOPPED:
            peers.pop(peer, None)
            return
        had_completed = peers.get(peer, (False, False))[1]
        completes = event == COMPLETED and left == 0
        self.downloaded[torrent] += completes and not had_completed
        peers[peer] = left == 0 and event != PAUSED, had_completed or completes

    def step(self):
        choose = self._random
        self.announce(
            choose.choice(TORRENTS),
            choose.choice(ADDRESSES),
            1000 + choose.randrange(3),
            choose.choice(list(EVENTS)),
            choose.randrange(2),
            choose.choice(("tcp", "udp")),
        )

    def counts(self):
        """(torrents, peers, seeds, completed); a torrent without peers counts if it was downloaded.
        """
        peers = [peer for torrent in self.peers.values() for peer in torrent.values()]
        kept = sum(bool(self.peers[t]) or self.downloaded[t] > 0 for t in TORRENTS)
        return kept, len(peers), sum(seeding for seeding, _ in peers), sum(self.downloaded.values())


@pytest.fixture
def churn(start_tracker):
    start_tracker(port=PORT)
    clients = Churn(seed=4)
    yield clients
    clients.close()


def kept_and_recounted(http):
    """(torrents, peers, seeds, completed) from the counters and from a walk; the XML must agree."""
    page = json.loads(http.get("/stats.json").body)
    names = ("torrents", "peers", "seeds", "completed")
    root = xml.etree.ElementTree.fromstring(http.stats("everything"))
    in_xml = [
        int(root.findtext(path))
        for path in ("torrents/count_mutex", "peers/count", "seeds/count", "completed/count")
    ]
    kept = tuple(page[name] for name in names)
    assert tuple(in_xml) == kept
    recount = tuple(page["recount"][name] for name in names)
    assert int(root.findtext("torrents/count_iterator")) == recount[0]
    assert sum(page["recount"]["torrents_by_peers"]) == recount[0]
    return kept, recount


def test_after_churn_the_counters_a_recount_and_the_clients_agree(churn):
    for _ in range(1500):
        churn.step()
    http = HttpClient(PORT)
    kept, recount = kept_and_recounted(http)
    assert kept == recount == churn.counts()
    scraped = http.scrape(*TORRENTS)
    for torrent in TORRENTS:
        seeds = sum(seeding for seeding, _ in churn.peers[torrent].values())
        assert scraped[torrent] == {
            b"complete": seeds,
            b"downloaded": churn.downloaded[torrent],
            b"incomplete": len(churn.peers[torrent]) - seeds,
        }


def test_the_sums_over_protocols_and_families_equal_the_announces_made(churn):
    for _ in range(400):
        churn.step()
    page = json.loads(HttpClient(PORT).get("/stats.json").body)
    told = {
        (protocol, family): page[protocol][family]["announce"]
        for protocol in ("tcp", "udp")
        for family in ("v4", "v6")
    }
    assert told == churn.announces
    conn = HttpClient(PORT).stats("conn").splitlines()
    connects = sum(page["udp"][family]["connect"] for family in ("v4", "v6"))
    assert int(conn[1]) == sum(churn.announces.values()) + connects


def test_a_peer_that_completes_twice_counts_once(churn):
    peer = TORRENTS[0], ADDRESSES[0], 1000
    for protocol in ("tcp", "udp", "udp", "tcp"):
        churn.announce(*peer, COMPLETED, 0, protocol)
    kept, recount = kept_and_recounted(HttpClient(PORT))
    assert kept == recount == (1, 1, 1, 1)


def test_after_load_the_counters_match_the_peers(churn, load_tools):
    """50 000 peers in 1000 torrents announce four times while others churn and statistics are read.
    """
    http = HttpClient(PORT)
    load = load_tools.start_load(PORT, good=200_000, window=256)
    reads = 0
    while load.poll() is None or reads < 3:
        for _ in range(50):
            churn.step()
        http.get("/metrics")
        kept_page = json.loads(http.get("/stats.json").body)
        assert kept_page["recount"]["torrents"] > 0
        reads += 1
    assert answered(load) == 200_000
    kept, recount = kept_and_recounted(http)
    torrents, peers, seeds, completed = churn.counts()
    expected = torrents + len(probed_torrents()), peers + 50_000, seeds, completed
    assert kept == recount == expected
