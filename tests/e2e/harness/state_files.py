"""A tracker with a state file: its folder, how it is started, and what it has restored."""
import os
import pwd
import shutil

from harness.daemon import Daemon, binary, listening_addresses
from harness.http_client import HttpClient
from harness.private_network import TRACKER_V4, TRACKER_V6
from harness.waiting import wait_until

LISTEN = f"listen.tcp_udp [{TRACKER_V6}]:6969\nlisten.tcp_udp {TRACKER_V4}:6969\n"


def metrics(port=6969):
    """The metrics that have no labels, as numbers."""
    lines = HttpClient(port).get("/metrics").body.decode().splitlines()
    samples = (line.rsplit(" ", 1) for line in lines if line and line[0] != "#" and "{" not in line)
    return {name.removeprefix("opentracker_"): float(value) for name, value in samples}


def peers(port=6969):
    """The number of peers according to the default statistics."""
    return int(HttpClient(port).get("/stats").body.split()[0])


class StateFolder:
    """The root of a tracker with a state file in state/, where its user may write."""

    def __init__(self, tmp_path, listen=LISTEN, more=""):
        self.root = str(tmp_path)
        self.folder = os.path.join(self.root, "state")
        os.chmod(self.root, 0o755)
        os.mkdir(self.folder)
        shutil.chown(self.folder, pwd.getpwnam("nobody").pw_uid)
        self.configuration = os.path.join(self.root, "tracker.conf")
        with open(self.configuration, "w") as file:
            file.write(f"tracker.state_file state/peers\n{more}{listen}")
        self.trackers = []

    def path(self, suffix=""):
        return os.path.join(self.folder, "peers" + suffix)

    def names(self):
        """The files in it, except the lock, which always stays."""
        return sorted(set(os.listdir(self.folder)) - {"peers.lock"})

    def start(self, program=()):
        """Starts a tracker with this state and waits until it serves. The previous one must have
        ended.
        """
        self.trackers.append(
            Daemon(self.root, arguments=["-f", self.configuration], program=[*program, binary()])
        )
        tracker = self.trackers[-1].start()
        wait_until(lambda: len(listening_addresses("tcp", 6969)) == 2, "both addresses", pause=0.002)
        assert HttpClient(tracker.port).stats("version"), tracker.output()
        return tracker

    def end(self):
        for tracker in self.trackers:
            tracker.kill()
