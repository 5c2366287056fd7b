#!/bin/sh
# The tracker for 64-bit ARM as a program that this machine can start: OPENTRACKER of the end-to-end tests.
exec qemu-aarch64 "$(dirname "$0")/../../build/arm64/opentracker" "$@"
