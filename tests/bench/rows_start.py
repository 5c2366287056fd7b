"""The row of starting: from the start of the program to its first answer, loading a state dump."""

import random
import socket
import statistics
import subprocess
import time

from processes import SERVER_CPU, WrongAnswer, free_port
from rows_udp import spread
from table import Result

LINES = 1_000_000
PATIENCE = 60


def write_dump(path):
    """Writes torrents in the order of the table's 1024 shards but unsorted within each, as in
    dumps.
    """
    chance = random.Random(18)
    minute = int(time.time()) // 60
    hashes = sorted((chance.randbytes(20) for _ in range(LINES)), key=lambda h: (h[0], h[1] >> 6))
    with open(path, "w", encoding="ascii") as dump:
        for info_hash in hashes:
            age, downloaded = chance.randrange(600), chance.randrange(5000)
            dump.write(f"{info_hash.hex().upper()}:{minute - age}:{downloaded}\n")


def ask(port):
    """The number of torrents, from the first answer there is. A program that is loading its dump
    has bound its socket already, so the request waits there.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as client:
            client.settimeout(PATIENCE)
            if client.connect_ex(("127.0.0.1", port)) != 0:
                time.sleep(0.001)
                continue
            client.sendall(b"GET /stats?mode=torr HTTP/1.0\r\n\r\n")
            reply = b"".join(iter(lambda: client.recv(4096), b""))
            return int(reply.partition(b"\r\n\r\n")[2].split()[0])
    raise WrongAnswer(f"nobody answers on port {port}")


def seconds_to_answer(bench, program, flags, torrents):
    port = free_port()
    command = [program, "-i", "127.0.0.1", "-p", port, "-P", port, "-d", bench.folder, *flags]
    start = time.monotonic()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = bench.start(command, SERVER_CPU, **quiet)
    found = ask(port)
    took = time.monotonic() - start
    bench.stop(process)
    if found != torrents:
        raise WrongAnswer(f"{program} has {found} torrents instead of {torrents}")
    return took


def state_dump(bench, count):
    """Row 18, and for comparison a start without a dump and a program that only reads the file."""
    dump = bench.folder / "dump"
    write_dump(dump)
    ours = bench.tree / "opentracker"
    with_dump, without, only_read = [], [], []
    for _ in range(count):
        with_dump.append(seconds_to_answer(bench, ours, ["-l", dump.name], LINES))
        without.append(seconds_to_answer(bench, ours, [], 0))
        start = time.monotonic()
        bench.run(["wc", "-l", dump], SERVER_CPU)
        only_read.append(time.monotonic() - start)
    dump.unlink()
    return {
        "18": Result(
            statistics.median(with_dump),
            f"{spread(with_dump)} s; without a dump {statistics.median(without):.3g} s, `wc -l` of it "
            f"{statistics.median(only_read):.3g} s; Debian's reference loads none",
        )
    }
