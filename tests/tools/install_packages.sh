#!/bin/sh
# Installs those of the named Debian packages that are missing; says nothing when none is.
# Without apt it prints the names, and fails only if a program the build itself needs is absent.
set -eu

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian; please provide what these packages hold: $*" >&2
  for tool in make "${CXX:-g++}"; do
    command -v "$tool" >/dev/null || { echo "$tool is missing" >&2; exit 1; }
  done
  exit 0
fi

missing=""
for package in "$@"; do
  # shellcheck disable=SC2016 # ${Status} is dpkg-query's, not the shell's
  case "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)" in
    *" installed") ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

as_root=""
[ "$(id -u)" = 0 ] || as_root=sudo
echo "installing:$missing"
# Tests start nginx and its like by themselves; their packages shall start nothing on this machine.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  # shellcheck disable=SC2064 # as it is now
  trap "$as_root rm -f $policy" EXIT
  $as_root chmod 755 "$policy"
fi
$as_root apt-get update -q || echo "package lists could not be updated; trying with what is there" >&2
# Word splitting is wanted: $missing is a list of names.
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -q --no-install-recommends $missing
