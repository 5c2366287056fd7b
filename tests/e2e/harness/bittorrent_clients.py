"""Real BitTorrent clients, each started to share one torrent at one address of the private network.

A client is a context manager: it shares `torrent` from and into `directory` until stop(), which
lets it send its last announce. A seeder's directory already holds the content. Local discovery, DHT
and peer exchange are off, so that clients can only find each other through the tracker.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request

RPC_PORT = 9091


class Program:
    """A client that is a separate program, run until SIGINT or SIGTERM."""

    executable = None
    package = None
    stop_signal = signal.SIGINT

    def __init__(self, torrent, directory, address, port):
        self.torrent = torrent
        self.directory = str(directory)
        self.address = address
        self.port = port
        self._process = None

    def __enter__(self):
        if shutil.which(self.executable) is None:
            raise RuntimeError(f"{self.executable} is missing: apt-get install {self.package}")
        self.state = os.path.join(self.directory, "state")
        os.mkdir(self.state)
        metainfo = self.torrent.write_metainfo(self.state)
        environment = dict(os.environ, HOME=self.state, TERM="dumb")
        with open(self.log_path(), "wb") as log:
            self._process = subprocess.Popen(
                self.command(metainfo),
                cwd=self.directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def stop(self):
        """Ends it as its user would."""
        self._process.send_signal(self.stop_signal)

    def log_path(self):
        return os.path.join(self.state, "log")

    def log(self):
        with open(self.log_path(), errors="replace") as log:
            return log.read()[-3000:]


class Aria2(Program):
    executable = "aria2c"
    package = "aria2"

    def command(self, metainfo):
        return [
            self.executable,
            "--no-conf",
            f"--interface={self.address}",
            f"--listen-port={self.port}",
            # Without its DHT node aria2 has no UDP socket and ignores UDP trackers.
            "--enable-dht=true",
            f"--dht-listen-port={self.port}",
            f"--dht-file-path={self.state}/dht.dat",
            "--bt-enable-lpd=false",
            "--enable-peer-exchange=false",
            "--check-integrity=true",
            "--file-allocation=none",
            "--allow-overwrite=true",
            "--seed-ratio=0",
            "--follow-torrent=false",
            "--console-log-level=info",
            "--disable-ipv6=true",
            f"--dir={self.directory}",
            f"--torrent-file={metainfo}",
        ]


class Transmission(Program):
    executable = "transmission-daemon"
    package = "transmission-daemon"

    def command(self, metainfo):
        watched = os.path.join(self.state, "watched")
        os.mkdir(watched)
        shutil.copy(metainfo, watched)
        settings = {
            "bind-address-ipv4": self.address,
            "bind-address-ipv6": "::1",
            "peer-port": self.port,
            "rpc-enabled": True,
            "rpc-bind-address": self.address,
            "rpc-port": RPC_PORT,
            "rpc-whitelist-enabled": False,
            "dht-enabled": False,
            "lpd-enabled": False,
            "pex-enabled": False,
            "utp-enabled": False,
            "port-forwarding-enabled": False,
            "download-dir": self.directory,
            "watch-dir": watched,
            "watch-dir-enabled": True,
            "trash-original-torrent-files": False,
        }
        with open(os.path.join(self.state, "settings.json"), "w") as file:
            json.dump(settings, file)
        return [self.executable, "--foreground", "--log-info", "--config-dir", self.state]

    def stop(self):
        # On SIGTERM it exits without waiting for its last HTTP announce, which is often lost.
        remote = f"http://{self.address}:{RPC_PORT}/transmission/rpc"
        call = json.dumps({"method": "torrent-stop"}).encode()
        try:
            urllib.request.urlopen(remote, call)
        except urllib.error.HTTPError as refusal:
            token = refusal.headers["X-Transmission-Session-Id"]
        request = urllib.request.Request(remote, call, {"X-Transmission-Session-Id": token})
        urllib.request.urlopen(request).close()


class RTorrent(Program):
    executable = "rtorrent"
    package = "rtorrent"

    def command(self, metainfo):
        session = os.path.join(self.state, "session")
        os.mkdir(session)
        settings = [
            "system.daemon.set=true",
            f"log.open_file=all,{self.state}/activity",
            "log.add_output=info,all",
            f"directory.default.set={self.directory}",
            f"session.path.set={session}",
            f"network.bind_address.set={self.address}",
            f"network.port_range.set={self.port}-{self.port}",
            "network.port_random.set=no",
            "dht.mode.set=disable",
            "protocol.pex.set=no",
            # If it checks the download, it delays its completed announce for half an hour.
            "pieces.hash.on_completion.set=no",
            "trackers.use_udp.set=yes",
            f"load.start={metainfo}",
        ]
        path = os.path.join(self.state, "rtorrent.rc")
        with open(path, "w") as file:
            file.write("\n".join(settings) + "\n")
        return [self.executable, "-n", "-o", f"import={path}"]

    def log_path(self):
        path = os.path.join(self.state, "activity")
        return path if os.path.exists(path) else super().log_path()


class LibTorrent(Program):
    executable = sys.executable
    package = "python3-libtorrent"

    def command(self, metainfo):
        program = os.path.join(os.path.dirname(__file__), "libtorrent_client.py")
        words = [self.executable, program, metainfo, self.directory, self.address, self.port]
        return [str(word) for word in words]


ALL = (LibTorrent, Aria2, Transmission, RTorrent)
