"""Waiting for a condition instead of sleeping."""
import os
import time


def wait_until(condition, what, timeout=10.0, pause=0.02):
    """Returns the first true value of condition(). After `timeout` seconds fails and names `what`.
    """
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited {timeout} s in vain: {what}")
        time.sleep(pause)


def soon():
    """How long something may take that needs the worker for a moment and must not wait for the two
    seconds after which a young file is read again. The worker runs at nice 19: on a machine with
    more to do than cores it gets its turn late.
    """
    return 1.9 if os.getloadavg()[0] < 2 * os.cpu_count() else 15.0
