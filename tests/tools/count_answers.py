"""Asks the tracker at 127.0.0.1:6969 over UDP, 400 times a second, and counts the answers.

    count_answers.py SECONDS    exit code 1 if one is missing

For restarts: whatever is sent while nobody reads has to be answered later.
"""
import select
import socket
import struct
import sys
import time

MAGIC, CONNECT = 0x41727101980, 0
PAUSE = 0.0025
LAST_ANSWER = 5.0


def receive(sock, answered, refused, seconds):
    """Takes in what comes within that time."""
    end = time.monotonic() + seconds
    while select.select([sock], [], [], max(0.0, end - time.monotonic()))[0]:
        try:
            answered.add(struct.unpack_from("!I", sock.recv(2048), 4)[0])
        except ConnectionRefusedError:
            refused.append(1)


def main(seconds):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect(("127.0.0.1", 6969))
    answered, refused, sent = set(), [], 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            sock.send(struct.pack("!QII", MAGIC, CONNECT, sent))
        except ConnectionRefusedError:
            refused.append(1)
        sent += 1
        receive(sock, answered, refused, PAUSE)
    end = time.monotonic() + LAST_ANSWER
    while len(answered) < sent and time.monotonic() < end:
        receive(sock, answered, refused, 0.1)
    print(f"{sent} sent, {len(answered)} answered, {len(refused)} refused")
    return 0 if len(answered) == sent > 0 and not refused else 1


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
