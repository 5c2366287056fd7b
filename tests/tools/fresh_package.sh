#!/bin/bash
# The life of the Debian package in a new Debian 12: it takes the place of the C program's package and
# keeps its configuration, installs by the commands of docs/operations.md, serves as the unit would start
# it, keeps a changed configuration on upgrade, starts services only where policy-rc.d lets it, and
# leaves nothing behind. Run by `make test-package`, after `make deb`. Needs what fresh_system.sh needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tools/fresh_system.sh
source tests/tools/fresh_system.sh

CONF=/etc/opentracker/opentracker.conf
work=$(mktemp -d /var/tmp/opentracker-package.XXXXXX)
end() { rm -rf "$work"; end_system; }
trap end EXIT

say() { echo "== $* ($SECONDS s)"; }
in_system() { (inside "env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 /bin/bash -euo pipefail -c '$1'"); }
# Without a network but its own loopback: port 6969 is free there, whoever has it outside.
in_sandbox() { (NAMESPACES=--net in_system "ip link set lo up; $1"); }

# The commands that docs/operations.md gives for a place (tests/e2e/test_documentation.py).
documented() { sed -n "/^\`\`\`sh $1\$/,/^\`\`\`\$/{/^\`\`\`/!p}" docs/operations.md; }

# The package with another version, and a line more in its configuration.
next_package() {
  dpkg-deb --raw-extract "$1" "$work/next"
  sed -i 's/^Version: .*/&+next1/' "$work/next/DEBIAN/control"
  echo "# a line that is new in this version" >>"$work/next$CONF"
  dpkg-deb --root-owner-group --build "$work/next" "$root/srv/opentracker/next.deb" >/dev/null
}

# Starts the tracker as the unit does (user, capabilities, folder, arguments), announces, stops it.
serve_and_announce() {
  local unit=$root/lib/systemd/system/opentracker.service command user folder
  command=$(sed -n 's/^ExecStart=//p' "$unit")
  user=$(sed -n 's/^User=//p' "$unit")
  folder=$(sed -n 's/^WorkingDirectory=//p' "$unit")
  in_sandbox "
    cd $folder
    setpriv --reuid=$user --regid=$user --init-groups --no-new-privs --bounding-set=-all \
      $command & tracker=\$!
    announce=\"announce?info_hash=abcdefghijklmnopqrst&peer_id=abcdefghijklmnopqrst&port=7000&left=0\"
    curl -s --retry 9 --retry-connrefused \"http://127.0.0.1:6969/\$announce\" |
      grep -a -q ^d8:completei1e
    kill \$tracker
    wait \$tracker"
}

reference_gives_way() {
  say "an upgrade from the package of the C program keeps its configuration, and its closed list"
  in_system "apt-get purge -y -q opentracker; apt-get update -q; apt-get install -y -q --no-install-recommends opentracker"
  cp "$root$CONF" "$work/reference.conf"
  in_system "apt-get install -y -q ./opentracker_*.deb"
  cmp "$work/reference.conf" "$root$CONF" || fail "the configuration of the C program was replaced"
  [ -e "$root/lib/systemd/system/opentracker.service" ] || fail "the unit has gone with the old package"
  in_system "opentracker -v" | grep -q 0.1 || fail "the old program is still there"
  in_system "apt-get purge -y -q opentracker"
}

installs_and_serves() {
  say "the documented commands install it, and it answers"
  mkdir -p "$root/srv/opentracker/build/deb"
  cp "$1" "$root/srv/opentracker/build/deb/"
  documented package-install >"$root/srv/opentracker/install.sh"
  grep -q apt-get "$root/srv/opentracker/install.sh" || fail "docs/operations.md has no such commands"
  in_system "bash -eux install.sh"
  in_system "getent passwd opentracker" | grep -q nologin || fail "no user, or one that can log in"
  serve_and_announce || fail "the installed tracker does not answer"
}

upgrades() {
  say "an upgrade keeps a changed configuration and replaces an unchanged one"
  echo "tracker.interval 20m" >>"$root$CONF"
  in_system "apt-get install -y -q -o Dpkg::Options::=--force-confold ./next.deb"
  tail -n 1 "$root$CONF" | grep -q 20m || fail "the changed configuration was replaced"
  serve_and_announce || fail "the upgraded tracker does not answer"
  in_system "apt-get purge -y -q opentracker && apt-get install -y -q ./opentracker_*.deb"
  in_system "apt-get install -y -q ./next.deb"
  grep -q "new in this version" "$root$CONF" || fail "the unchanged configuration was kept"
}

# There is no systemd in here: a script plays systemctl and writes down what is asked of it.
obeys_policy() {
  say "a service is started only where policy-rc.d permits"
  local asked=$root/srv/opentracker/asked verdict starts
  printf '#!/bin/sh\necho "$@" >>/srv/opentracker/asked\necho enabled\n' >"$root/usr/bin/systemctl"
  chmod 755 "$root/usr/bin/systemctl"
  mkdir -p "$root/run/systemd/system"
  for verdict in 101 0; do
    printf '#!/bin/sh\nexit %s\n' $verdict >"$root/usr/sbin/policy-rc.d"
    in_system "apt-get purge -y -q opentracker"
    rm -f "$asked"
    in_system "apt-get install -y -q ./opentracker_*.deb"
    starts=$(grep -c " start opentracker.service" "$asked" || true)
    [ $((verdict == 0)) = "$starts" ] || fail "policy-rc.d says $verdict; asked: $(cat "$asked")"
  done
  rm -r "$root/usr/bin/systemctl" "$root/run/systemd/system"
}

leaves_nothing() {
  say "removing keeps the configuration, purging leaves nothing"
  mkdir -p "$root/var/lib/opentracker"
  touch "$root/var/lib/opentracker/state"
  in_system "apt-get remove -y -q opentracker"
  [ -e "$root$CONF" ] || fail "removing took the configuration"
  [ ! -e "$root/usr/bin/opentracker" ] || fail "removing left the program"
  in_system "apt-get purge -y -q opentracker"
  local left
  left=$(cd "$root" && find . -xdev -name '*opentracker*' ! -path './srv/*' ! -path './var/cache/*' \
    ! -path './proc/*' ! -path './var/lib/apt/*')
  [ -z "$left" ] || fail "purging left: $left"
}

package=$(readlink -f build/deb/opentracker_*.deb)
make_system ca-certificates,curl,iproute2
cp "$package" "$root/srv/opentracker/"
next_package "$package"
reference_gives_way
installs_and_serves "$package"
upgrades
obeys_policy
leaves_nothing
echo "test-package: ok"
