"""A network of our own: one loopback interface that nothing outside this process tree can reach.

enter() moves the calling process into a new network namespace; every child started later is in it
too. There 10.99.0.1 to 10.99.0.254 and fd00:99::1 to fd00:99::40 exist, so each peer of a test has
an address of its own. Must be called while the process has one thread, and as root.
"""
import ctypes
import os
import resource
import subprocess

CLONE_NEWNET = 0x40000000

TRACKER_V4 = "10.99.0.1"
TRACKER_V6 = "fd00:99::1"


def v4(n):
    """The n-th IPv4 address of the private network, 1 to 254."""
    return f"10.99.0.{n}"


def v6(n):
    """The n-th IPv6 address of the private network, 1 to 64."""
    return f"fd00:99::{n:x}"


def enter():
    if os.geteuid() != 0:
        raise RuntimeError(
            "the end-to-end tests need root: they make a network namespace of their own"
        )
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise RuntimeError(f"no network namespace: unshare: {os.strerror(ctypes.get_errno())}")
    # A real network's MTU keeps the kernel's socket buffers as small as they would be there.
    lines = ["link set lo mtu 1500 up"]
    lines += [f"addr add {v4(n)}/32 dev lo" for n in range(1, 255)]
    lines += [f"addr add {v6(n)}/128 dev lo nodad" for n in range(1, 65)]
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)
    # Only a namespace with a route to the outside lets a kernel choose a source address for [::]
    # and 0.0.0.0; rtorrent and aria2 look one up that way.
    subprocess.run(["ip", "route", "add", "default", "dev", "lo", "src", v4(254)], check=True)


def raise_descriptor_limit():
    """The soft limit becomes the hard one: some tests open thousands of sockets."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
