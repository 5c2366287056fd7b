"""What the end-to-end tests are built on: a private network, the daemon, and small clients of our
own.
"""
