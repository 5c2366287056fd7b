# A new Debian in a folder, for scripts that need a system without any extra packages.
#
# Sourced by bash after `set -euo pipefail`, from the top of the tree. Needs root, debootstrap and the
# network; mirrors, apt settings and certificates are those of this machine. RELEASE is the name of a Debian
# release, such as trixie; if it is empty, this machine's release is taken. The folder is FRESH_DIR (kept) or
# a temporary one; end_system removes it.
# shellcheck shell=bash

fail() { echo "$(basename "$0" .sh): $*" >&2; exit 1; }

# The first address where apt of this machine finds an archive; $1: debian or debian-security.
mirror_of() {
  grep -rhoE "https?://[^ ]+/$1/?( |\$)" /etc/apt/sources.list* 2>/dev/null | head -n 1 || true
}

# Sets $release.
choose_release() {
  local id codename
  # shellcheck source=/dev/null
  id=$(. /etc/os-release && echo "$ID") codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  release=${RELEASE:-}
  [ -n "$release" ] || [ "$id" != debian ] || release=$codename
  [ -n "$release" ] || fail "this machine is no Debian; name a release: RELEASE=bookworm or RELEASE=trixie"
  [ -e "/usr/share/debootstrap/scripts/$release" ] || fail "debootstrap knows no release \"$release\""
}

# Sets $root; $1: the packages beyond the smallest system, with commas. A folder that holds a system
# is taken as it is.
make_system() {
  local mirror security file
  [ "$(id -u)" = 0 ] || fail "needs root"
  command -v debootstrap >/dev/null || fail "needs debootstrap"
  choose_release
  root=${FRESH_DIR:-$(mktemp -d /var/tmp/opentracker-fresh.XXXXXX)}
  mkdir -p "$root"
  if [ -x "$root/usr/bin/apt-get" ]; then
    grep -qx "VERSION_CODENAME=$release" "$root/etc/os-release" || fail "$root holds another release than $release"
    return 0
  fi
  # It will be the root of users who are not root.
  chmod 755 "$root"
  mirror=$(mirror_of debian)
  mirror=${mirror:-http://deb.debian.org/debian}
  security=$(mirror_of debian-security)
  debootstrap --variant=minbase --include="$1" "$release" "$root" "$mirror"
  {
    echo "deb $mirror $release main"
    echo "deb $mirror $release-updates main"
    [ -z "$security" ] || echo "deb $security $release-security main"
  } >"$root/etc/apt/sources.list"
  # Only what no package of this machine owns: in the new system the same file may come with a package.
  for file in /etc/apt/apt.conf.d/*; do
    dpkg-query --search "$file" >/dev/null 2>&1 || cp -n "$file" "$root/etc/apt/apt.conf.d/"
  done
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  mkdir -p "$root/usr/local/share/ca-certificates" "$root/srv/opentracker"
  cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
  chroot "$root" update-ca-certificates >/dev/null
  # A transfer that has come to a standstill is begun anew, not waited for.
  printf 'Acquire::Retries "3";\nAcquire::http::Timeout "15";\nAcquire::https::Timeout "15";\n' \
    >"$root/etc/apt/apt.conf.d/80-impatient"
  # No package may start a service in here.
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
}

end_system() {
  [ -n "${FRESH_DIR:-}" ] || [ -z "${root:-}" ] || rm -rf --one-file-system "$root"
}

# Runs a command in /srv/opentracker of the new system, with mounts and processes of its own that end
# with it, instead of this shell. Its root is a mount point: unshare inside needs that. $NAMESPACES: more of
# unshare's options.
inside() {
  # shellcheck disable=SC2016 # expanded inside
  # shellcheck disable=SC2086 # a list of words
  exec unshare --mount --pid --fork --kill-child --propagation private ${NAMESPACES:-} /bin/bash -c '
    mount --bind "$1" "$1"
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    mount --rbind /sys "$1/sys"
    exec chroot "$1" /bin/sh -c "cd /srv/opentracker && exec $2" </dev/null' inside "$root" "$1"
}

# Boots the new system's systemd, in namespaces of its own with nothing but a loopback network, and sets
# $booted (what to kill) and $init (its first process, seen from here).
boot_system() {
  mkdir -p "$root/oldroot"
  # shellcheck disable=SC2016 # expanded inside
  unshare --mount --pid --uts --ipc --net --cgroup --fork --kill-child --propagation private \
    /bin/bash -euc '
      mount --bind "$1" "$1"
      mount -t proc proc "$1/proc"
      mount -t sysfs sysfs "$1/sys"
      mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
      mount -t tmpfs -o mode=755 tmpfs "$1/dev"
      cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty "$1/dev/"
      mkdir "$1/dev/shm" "$1/dev/pts"
      mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts"
      ln -s pts/ptmx "$1/dev/ptmx"
      mount -t tmpfs tmpfs "$1/dev/shm"
      mount -t tmpfs -o mode=755 tmpfs "$1/run"
      ip link set lo up
      cd "$1"
      pivot_root . oldroot
      umount -l /oldroot
      exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        /lib/systemd/systemd systemd.unified_cgroup_hierarchy=1' boot "$root" </dev/null &
  booted=$!
  for ((i = 0; i < 60; i++)); do
    sleep 1
    init=$(pgrep -P "$booted" -x systemd) || continue
    if in_booted "systemctl is-system-running" | grep -qE 'running|degraded'; then return 0; fi
  done
  fail "systemd does not come up in namespaces"
}

# Ends what `inside` or boot_system has started in the background, by its number. unshare takes no
# SIGTERM while its child runs; without it, the child and all below are killed.
end_namespaces() {
  [ -n "${1:-}" ] || return 0
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

in_booted() {
  nsenter --target "$init" --all env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
    /bin/bash -euo pipefail -c "$1" </dev/null
}
