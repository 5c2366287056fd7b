#!/bin/bash
# The promise of the README on a system that has nothing: a new Debian 12 with git and make, a clone
# of the last commit, then `make run` (has to answer an HTTP announce on port 6969) and `make test`.
# Needs root, debootstrap, the network and a free port 6969. Sources, apt settings and certificates
# are those of this machine. The folder is FRESH_DIR (kept) or a temporary one (removed).
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() { echo "test-fresh: $*" >&2; exit 1; }

answers() {
  local hash=%00%01%02%03%04%05%06%07%08%09%0a%0b%0c%0d%0e%0f%10%11%12%13
  /usr/bin/python3 - "$hash" 2>/dev/null <<'PYTHON'
import sys, urllib.request
url = f"http://127.0.0.1:6969/announce?info_hash={sys.argv[1]}&peer_id={'p' * 20}&port=7000&left=0"
body = urllib.request.urlopen(url, timeout=2).read()
sys.exit(not body.startswith(b"d8:complete"))
PYTHON
}

# Where apt finds Debian itself; grep's options say whether files or addresses are wanted.
sources() {
  grep -rE "$1" -- 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list* 2>/dev/null || true
}

make_system() {
  local mirror
  mirror=$(sources -ho | head -n 1)
  debootstrap --variant=minbase --include=git,make,ca-certificates \
    bookworm "$root" "${mirror:-http://deb.debian.org/debian}"
  # Only Debian's own sources: the keys of others are not in the new system.
  rm -f "$root/etc/apt/sources.list"
  sources -l | while read -r file; do install -D -m 644 "$file" "$root$file"; done
  cp -n /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  mkdir -p "$root/usr/local/share/ca-certificates"
  cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
  chroot "$root" update-ca-certificates >/dev/null
  # No package may start a service in here.
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
}

# Runs a command in the clone, with mounts and processes of its own that end with it.
inside() {
  # shellcheck disable=SC2016 # expanded inside
  exec unshare --mount --pid --fork --kill-child --propagation private /bin/bash -c '
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    mount --rbind /sys "$1/sys"
    exec chroot "$1" /bin/sh -c "cd /srv/opentracker && exec $2" </dev/null' inside "$root" "$1"
}

[ "$(id -u)" = 0 ] || fail "needs root"
command -v debootstrap >/dev/null || fail "needs debootstrap"
[ -z "$(ss -Hltn 'sport = :6969')" ] || fail "port 6969 is taken"
[ -z "$(git status --porcelain)" ] || echo "test-fresh: changes that are not committed are left out"

root=${FRESH_DIR:-$(mktemp -d /var/tmp/opentracker-fresh.XXXXXX)}
server=
end() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -n "${FRESH_DIR:-}" ] || rm -rf --one-file-system "$root"
}
trap end EXIT

[ -x "$root/usr/bin/make" ] || make_system
rm -rf "$root/srv/opentracker"
git clone -q --no-hardlinks . "$root/srv/opentracker"

echo "== make run"
inside "make run" >"$root/run.log" 2>&1 &
server=$!
for ((i = 0; i < 600; i++)); do
  if answers; then break; fi
  kill -0 "$server" 2>/dev/null || { tail -n 30 "$root/run.log"; fail "make run has ended"; }
  sleep 1
done
answers || { tail -n 30 "$root/run.log"; fail "make run does not answer on port 6969"; }
echo "make run: answers an announce after about $i s"
kill "$server"
wait "$server" 2>/dev/null || true
server=

echo "== make test"
(inside "make test") || fail "make test failed"
echo "test-fresh: ok"
