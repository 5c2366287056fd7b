#!/bin/bash
# Tests the program for 64-bit ARM in qemu's emulation of a processor (`make check-arm64`).
#
#     emulated.sh unit [FLAG...]     runs build/arm64/unit_tests; flags are GoogleTest's
#     emulated.sh serve [FLAG...]    runs end-to-end tests with build/arm64/opentracker; flags are pytest's
#
# What cannot work here is named here, and left out instead of skipped. All of it is tested natively.
set -euo pipefail
cd "$(dirname "$0")/../.."

left_out=(
  # Assertions are compiled out, as in the release.
  '*DeathTest.*'
  # They measure time, or need minutes of it, since emulation is slower by a factor of 20 to 50.
  '*Cost.*' '*IsNotSlowedBy*' 'PeerListOf/*.KeepsBlocksShortAndFullInASwarmOfAHundredThousand'
  PeerBlock.KeepsLeechersBeforeSeedersThroughAnyChanges
  AccessList.TakesLessThan32MegabytesForAMillionHashes NetworkIndex.HoldsAHundredThousandNetworks
  TorrentIndex.HoldsTwoHundredThousandDenselyAndGivesMemoryBack
  TorrentIndex.StaysIntactWhereverMemoryRunsOut
)
# A served announce of both protocols and families, every kind of request, chroot, lists and a state file.
served=(test_udp.py test_http_requests.py test_http_scrape.py test_access_lists.py test_state_file.py)
# strace sees the system calls of qemu, which renames by another one.
traced=(
  test_the_file_is_synced_before_the_renames_and_the_directory_after_them
  'test_a_failed_system_call_leaves_the_old_file_unchanged[rename]'
  'test_a_failed_system_call_leaves_the_old_file_unchanged[second rename]'
)

what=$1
shift
case $what in
  unit)
    filter=$(IFS=:; echo "-${left_out[*]}")
    OT_MODEL_OPERATIONS=${OT_MODEL_OPERATIONS:-100000} \
      qemu-aarch64 build/arm64/unit_tests --gtest_filter="$filter" "$@" ;;
  serve)
    OPENTRACKER=$PWD/tests/tools/qemu_arm64.sh \
      "${PYTHON:-/usr/bin/python3}" -m pytest -p no:cacheprovider -n 2 --dist loadfile "$@" \
      "${traced[@]/#/--deselect=test_state_file.py::}" -m "not long" "${served[@]/#/tests/e2e/}" ;;
  *)
    echo "usage: emulated.sh unit|serve [FLAG...]" >&2
    exit 1 ;;
esac
