"""The rooms of src/ and what each may include: the rules behind check_layers and check_rooms."""

import pathlib

# A room and the rooms below it that it may include; a folder inside a room (swarm/peers) is a room of its own, and a
# room that may include the outer room may include it. bittorrent/ and base/ are the ground that every room above them
# stands on.
GROUND = {"bittorrent", "base"}
ROOMS = {
    "base": set(),
    "bittorrent": {"base"},
    "net": {"base"},
    "access": GROUND,
    "protocol": GROUND,
    "swarm/peers": GROUND,
    "swarm/slots": {"swarm/peers"} | GROUND,
    "swarm": GROUND,
    "traffic": {"access"} | GROUND,
    "state": {"access", "swarm", "protocol", "net"} | GROUND,
    "lists": {"access", "swarm", "net"} | GROUND,
    "tracker": {"traffic", "access", "swarm", "net"} | GROUND,
    "census": {"traffic", "swarm", "net"} | GROUND,
    "cluster": {"tracker", "swarm", "protocol", "net", "access"} | GROUND,
    "dump": {"census", "tracker", "swarm", "protocol", "net"} | GROUND,
    "stats": {"dump", "cluster", "census", "lists", "state", "traffic", "tracker"}
    | {"swarm", "protocol", "access", "net"}
    | GROUND,
    "config": {"access"} | GROUND,
}
ROOMS["frontend"] = ROOMS["stats"] | {"stats"}
ROOMS["app"] = set(ROOMS)
ROOMS["main"] = set(ROOMS)


def room_of(name):
    """The innermost room of a file under SRC; a file that lies in none is a room by itself (main)."""
    parents = [str(parent) for parent in pathlib.PurePath(name).parents]
    known = [parent for parent in parents if parent in ROOMS]
    return known[0] if known else name.split("/")[0]
