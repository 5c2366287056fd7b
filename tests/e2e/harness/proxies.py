"""Proxies between clients and the tracker: Debian's nginx and haproxy, and the bytes of PROXY
protocol headers. Source: HAProxy's proxy-protocol.txt.
"""
import contextlib
import ipaddress
import struct
import subprocess

from harness.daemon import listening_addresses
from harness.tools import find_program
from harness.waiting import wait_until

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"

NGINX = """
pid {directory}/pid;
error_log stderr;
daemon off;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
	access_log off;
	client_body_temp_path {directory}/body;
	proxy_temp_path {directory}/proxy;
	fastcgi_temp_path {directory}/fastcgi;
	uwsgi_temp_path {directory}/uwsgi;
	scgi_temp_path {directory}/scgi;
	{servers}
}}
"""

HAPROXY = """
global
	maxconn 200
defaults
	mode tcp
	timeout connect 2s
	timeout client 10s
	timeout server 10s
{sections}
"""


@contextlib.contextmanager
def running(command, directory, port):
    """Runs the proxy until the block ends; the block begins when something listens on `port`."""
    with open(directory / "log", "wb") as log:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(
            lambda: process.poll() is not None or listening_addresses("tcp", port), command[0]
        )
        assert process.poll() is None, (directory / "log").read_text()
        yield
    finally:
        process.terminate()
        process.wait(10)


def nginx(servers, directory, port):
    """Runs nginx. `servers` is the contents of its http block; the last listen line has `port`."""
    conf = directory / "nginx.conf"
    conf.write_text(NGINX.format(directory=directory, servers=servers))
    command = [find_program("nginx", "nginx-light"), "-e", "stderr", "-p", directory, "-c", conf]
    return running(command, directory, port)


def haproxy(sections, directory, port):
    """Runs haproxy. `sections` follow its defaults; the last bind line has `port`."""
    conf = directory / "haproxy.cfg"
    conf.write_text(HAPROXY.format(sections=sections))
    return running([find_program("haproxy", "haproxy"), "-db", "-f", conf], directory, port)


def text_header(source, destination, port=4711):
    """A version 1 header; its family is that of the addresses."""
    family = "TCP6" if ":" in source else "TCP4"
    return f"PROXY {family} {source} {destination} {port} 6969\r\n".encode()


def binary_header(source, destination, port=4711, records=b""):
    """A version 2 header with the command PROXY."""
    addresses = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
    body = addresses + struct.pack("!HH", port, 6969) + records
    family = 0x21 if ":" in source else 0x11
    return SIGNATURE + struct.pack("!BBH", 0x21, family, len(body)) + body


TEXT_UNKNOWN = b"PROXY UNKNOWN\r\n"
BINARY_LOCAL = SIGNATURE + struct.pack("!BBH", 0x20, 0, 0)
