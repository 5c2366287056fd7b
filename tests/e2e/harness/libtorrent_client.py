"""A BitTorrent client around libtorrent: libtorrent_client.py METAINFO DIRECTORY ADDRESS PORT.

SIGINT stops sharing, SIGKILL ends it.

This is a separate program because libtorrent shares UDP connection ids between the sessions of a
process, and a tracker refuses an id from any address but the one it was issued to.
"""
import signal
import sys
import time

import libtorrent


def settings(address, port):
    host = f"[{address}]" if ":" in address else address
    return {
        "listen_interfaces": f"{host}:{port}",
        "outgoing_interfaces": address,
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "alert_mask": libtorrent.alert.category_t.tracker_notification
        | libtorrent.alert.category_t.error_notification,
    }


def main(metainfo, directory, address, port):
    session = libtorrent.session(settings(address, port))
    handle = session.add_torrent({"ti": libtorrent.torrent_info(metainfo), "save_path": directory})
    # A destroyed session does not wait for its last UDP announces, so this one is kept alive.
    signal.signal(signal.SIGINT, lambda *_: session.remove_torrent(handle))
    while True:
        for alert in session.pop_alerts():
            print(alert, flush=True)
        time.sleep(0.1)


main(*sys.argv[1:])
