"""Debian's build of the C program, run beside ours. It only serves a white list and does not start
as root.
"""
import time

from harness.daemon import Daemon
from harness.private_network import TRACKER_V4

PROGRAM = "/usr/bin/opentracker"


def start_reference(directory, info_hashes, port):
    """Starts a reference on `port` of TRACKER_V4 that serves these torrents and shows this machine
    everything. The caller must kill() it.
    """
    directory.mkdir()
    directory.chmod(0o755)
    whitelist = directory / "white"
    whitelist.write_text("".join(f"{name.hex()}\n" for name in info_hashes))
    arguments = ["-i", TRACKER_V4, "-p", str(port), "-P", str(port)]
    arguments += ["-w", "white", "-A", TRACKER_V4, "-d", str(directory)]
    reference = Daemon(directory, port, arguments, program=[PROGRAM], says_ready=False)
    try:
        reference.start()
        # It listens before the thread of its clock has started and the list is read. A peer that
        # arrives earlier is stored as from 1970, and its renewal is not counted.
        time.sleep(0.2)
        return reference
    except BaseException:
        reference.kill()
        raise
