"""Waiting on a condition instead of on the clock."""
import time


def wait_until(condition, what, timeout=10.0, pause=0.02):
    """Returns the first true value of condition(); after timeout seconds fails naming `what`."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited {timeout} s in vain: {what}")
        time.sleep(pause)
