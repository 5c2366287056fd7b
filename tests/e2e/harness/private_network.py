"""A private network: one loopback interface that nothing outside this process tree can reach.

enter() moves the calling process into a new network namespace, which all children started later
inherit. It has the addresses 10.99.0.1 to 10.99.0.254 and fd00:99::1 to fd00:99::40, so that each
peer of a test can have its own. Must be called as root from the main thread, before it starts others.
"""
import ctypes
import os
import resource
import socket
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


def socket_address(address, port):
    """As bind and connect take it. A link-local address names its interface: fe80::1%eth0."""
    return socket.getaddrinfo(address, port, flags=socket.AI_NUMERICHOST)[0][4]


def enter():
    if os.geteuid() != 0:
        raise RuntimeError(
            "the end-to-end tests need root to create a network namespace"
        )
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise RuntimeError(f"no network namespace: unshare: {os.strerror(ctypes.get_errno())}")
    # With the MTU of a real network, the kernel's socket buffers are as small as they are there.
    lines = ["link set lo mtu 1500 up"]
    lines += [f"addr add {v4(n)}/32 dev lo" for n in range(1, 255)]
    lines += [f"addr add {v6(n)}/128 dev lo nodad" for n in range(1, 65)]
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)
    # The kernel chooses a source address for [::] and 0.0.0.0 only if there is a default route;
    # rtorrent and aria2 find their address that way.
    subprocess.run(["ip", "route", "add", "default", "dev", "lo", "src", v4(254)], check=True)


def raise_descriptor_limit():
    """Raises the soft limit to the hard one, because some tests open thousands of sockets."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
