#!/bin/sh
# Installs those of the named Debian packages that are missing; says nothing when none is.
# Without apt it prints the names and succeeds: check_system.sh tells whether the build can do without.
set -eu

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "This system has no apt; provide what these Debian packages contain: $*" >&2
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
# Tests start nginx and similar servers by themselves; installing the packages must not start any on this machine.
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
if ! $as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -q --no-install-recommends $missing; then
  echo "apt could not install:$missing" >&2
  echo "On a system other than Debian 12 or 13, provide what these packages contain under its own names." >&2
  exit 1
fi
