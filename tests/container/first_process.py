"""Becomes process number 1 of a container, as a container runtime would start it.

    first_process.py JSON

JSON is an object of "root" (a folder), "command" (a list, looked up in that root), "mounts" (pairs of a folder
and the path where it is seen), "writable" (those of these paths that may be written), "refuse_ipv6", and
"close_streams". New namespaces for mounts, processes, network and IPC; no /proc, no /dev, the root read-only,
no capability and no way to one. Prints the process number of the child, as seen here, and starts the command
once a line comes in on standard input; then exits with its exit code. The command inherits standard error;
standard input and output are /dev/null.
"""
import ctypes
import json
import os
import signal
import struct
import subprocess
import sys

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = 0x20000, 0x8000000, 0x20000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 22, 24, 38
SECCOMP_MODE_FILTER, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO, EAFNOSUPPORT = 2, 0x7FFF0000, 0x50000, 97
SYS_SOCKET, AF_INET6 = {"x86_64": 41, "aarch64": 198}[os.uname().machine], 10
USER = 65534

libc = ctypes.CDLL(None, use_errno=True)


def call(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def prctl(option, *values):
    call(libc.prctl(option, *[ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)][:4]), f"prctl {option}")


def make_root(plan):
    def mount(*words):
        subprocess.run(["mount", *words], check=True)

    root = plan["root"]
    mount("--make-rprivate", "/")
    mount("--bind", root, root)
    for folder, path in plan["mounts"]:
        os.makedirs(root + path, exist_ok=True)
        mount("--bind", folder, root + path)
        if path not in plan["writable"]:
            mount("-o", "remount,bind,ro", root + path)
    mount("-o", "remount,bind,ro", root)
    os.chroot(root)
    os.chdir("/")


def give_up_root():
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0)
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # a change of user takes it back
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def refuse_ipv6():
    """As a kernel without IPv6: socket(AF_INET6, …) fails. The filter is for the classic BPF of seccomp(2)."""
    load, equal, answer = 0x20, 0x15, 0x06
    program = [
        (load, 0, 0, 0),
        (equal, 0, 3, SYS_SOCKET),
        (load, 0, 0, 16),
        (equal, 0, 1, AF_INET6),
        (answer, 0, 0, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
        (answer, 0, 0, SECCOMP_RET_ALLOW),
    ]
    text = b"".join(struct.pack("HBBI", *line) for line in program)
    lines = ctypes.create_string_buffer(text, len(text))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(lines)))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(header))


def become(plan):
    assert sys.stdin.readline() == "start\n"
    nothing = os.open("/dev/null", os.O_RDWR)
    make_root(plan)
    give_up_root()
    if plan["refuse_ipv6"]:
        refuse_ipv6()
    for stream in (0, 1):
        os.dup2(nothing, stream)
    os.set_inheritable(nothing, False)
    if plan["close_streams"]:
        os.closerange(0, 3)
    os.execve(plan["command"][0], plan["command"], {})


def main():
    call(libc.unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET), "unshare")
    child = os.fork()
    if child == 0:
        become(json.loads(sys.argv[1]))
    print(child, flush=True)
    _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status) % 256)


if __name__ == "__main__":
    main()
