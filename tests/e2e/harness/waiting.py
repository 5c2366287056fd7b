"""Waiting for a condition instead of sleeping."""
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
