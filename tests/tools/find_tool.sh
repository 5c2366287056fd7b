#!/bin/sh
# Prints the name of the program to use where several versions of a tool may be installed.
#
#     find_tool.sh NAME OLDEST [SUFFIX]
#
# That is NAME with SUFFIX (the version that this Debian release packages) if it is installed; else NAME
# if its version is OLDEST or newer; else the newest NAME-VERSION from OLDEST on. Without any of these it
# is NAME, so that running it reports what is missing.
set -eu
name=$1 oldest=$2 suffix=${3:-}

version_of() {
  "$1" --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+' | head -n 1 | cut -d. -f1
}

newest_version() {
  echo "$PATH" | tr : '\n' | while read -r folder; do
    ls "$folder" 2>/dev/null || true
  done | sed -n "s/^$name-\([0-9][0-9]*\)\$/\1/p" | sort -n | tail -n 1
}

if [ -n "$suffix" ] && command -v "$name$suffix" >/dev/null; then
  echo "$name$suffix"
elif [ "$(version_of "$name")" -ge "$oldest" ] 2>/dev/null; then
  echo "$name"
elif newest=$(newest_version) && [ "${newest:-0}" -ge "$oldest" ]; then
  echo "$name-$newest"
else
  echo "$name"
fi
