"""What the end-to-end tests stand on: a private network, the daemon, and small clients of our own.
"""
