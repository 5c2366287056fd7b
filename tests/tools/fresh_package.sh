#!/bin/bash
# The life of the Debian package in a new Debian of this machine's release: it installs by the commands of
# docs/operations.md and serves, keeps a configuration on unattended upgrades (its own, of a version that had
# it as a conffile, of the C program's packages, and back) without a word to dpkg about it; under a systemd of its own it starts only where policy-rc.d
# permits, serves by the hardened unit, restarts without loss; and it leaves nothing behind. Run
# by `make test-package`, after `make deb`. Needs what fresh_system.sh needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tools/fresh_system.sh
source tests/tools/fresh_system.sh
# The package is for the release that it was built on.
RELEASE=

CONF=/etc/opentracker/opentracker.conf
work=$(mktemp -d /var/tmp/opentracker-package.XXXXXX)
end() {
  end_namespaces "${booted:-}"
  rm -rf "$work"
  end_system
}
trap end EXIT

say() { echo "== $* ($SECONDS s)"; }
in_system() { (inside "env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 /bin/bash -euo pipefail -c '$1'"); }
# Without a network but its own loopback: port 6969 is free there, whoever has it outside.
in_sandbox() { (NAMESPACES=--net in_system "ip link set lo up; $1"); }

# The commands that docs/operations.md gives for a place (tests/e2e/test_documentation.py).
documented() { sed -n "/^\`\`\`sh $1\$/,/^\`\`\`\$/{/^\`\`\`/!p}" docs/operations.md; }

# The package with a higher version, and a line more in its sample; and with a lower one, whose configuration
# is a conffile as it once was.
other_packages() {
  local kind
  for kind in next last; do
    dpkg-deb --raw-extract "$1" "$work/$kind"
  done
  sed -i 's/^Version: .*/&+next1/' "$work/next/DEBIAN/control"
  echo "# a line that is new in this version" >>"$work/next/usr/share/opentracker/opentracker.conf.sample"
  sed -i 's/^Version: .*/&~last1/' "$work/last/DEBIAN/control"
  echo $CONF >"$work/last/DEBIAN/conffiles"
  install -D -m 644 "$work/last/usr/share/opentracker/opentracker.conf.sample" "$work/last$CONF"
  for kind in next last; do
    dpkg-deb --root-owner-group --build "$work/$kind" "$root/srv/opentracker/$kind.deb" >/dev/null
  done
}

# Upgrades as unattended-upgrades does, without --force-conf*, and with nobody to ask. The configuration has to
# stay as it is, with nothing beside it. $1: a package
upgrade_keeping() {
  local before after
  before=$(cd "$root/etc/opentracker" && md5sum -- *)
  in_system "apt-get install -y -q --allow-downgrades --no-install-recommends $1"
  after=$(cd "$root/etc/opentracker" && md5sum -- *)
  [ "$before" = "$after" ] || fail "upgrading to $1 changed /etc/opentracker: $before; $after"
  in_system "dpkg -s opentracker" | grep -qx "Status: install ok installed" || fail "$1 is not configured"
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
  say "an upgrade from the package of the C program keeps its configuration, edited or not, and its closed list"
  local edited
  for edited in no yes; do
    in_system "apt-get purge -y -q opentracker"
    in_system "apt-get install -y -q --no-install-recommends opentracker"
    [ $edited = no ] || echo "tracker.redirect_url https://tracker.example.org/" >>"$root$CONF"
    upgrade_keeping ./this.deb
    [ -e "$root/lib/systemd/system/opentracker.service" ] || fail "the unit has gone with the old package"
    in_system "opentracker --version" >/dev/null || fail "the old program is still there"
    ! grep -q "/var/lib/opentracker" "$root/var/lib/dpkg/statoverride" || fail "its statoverride is still there"
  done
  say "and so does the way back, and the next upgrade"
  upgrade_keeping "opentracker/$(. "$root/etc/os-release" && echo "$VERSION_CODENAME")"
  upgrade_keeping ./next.deb
  grep -q "tracker.example.org" "$root$CONF" || fail "the edit is lost"
  in_system "dpkg --purge opentracker opentracker-common"
  [ ! -e "$root/etc/opentracker" ] || fail "purging left $(ls "$root/etc/opentracker")"
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
  say "an upgrade from any version of its own keeps the configuration"
  upgrade_keeping ./next.deb
  in_system "apt-get purge -y -q opentracker && apt-get install -y -q ./last.deb"
  in_system "dpkg -s opentracker" | grep -q "^ $CONF" || fail "the last version has no conffile"
  echo "tracker.interval 20m" >>"$root$CONF"
  upgrade_keeping ./this.deb
  upgrade_keeping ./next.deb
  serve_and_announce || fail "the upgraded tracker does not answer"
  rm "$root$CONF"
  in_system "apt-get install -y -q --reinstall ./next.deb"
  grep -q "new in this version" "$root$CONF" || fail "without a configuration, the sample was not copied"
}

main_pid() { in_booted "systemctl show --property MainPID --value opentracker.service"; }
announces() { in_booted "curl -sf '$1/announce?info_hash=abcdefghijklmnopqrst&port=7000&left=0'" | grep -a -q ^d8:; }

starts_as_permitted() {
  say "a service is started only where policy-rc.d permits"
  local verdict
  for verdict in 101 0; do
    printf '#!/bin/sh\nexit %s\n' $verdict >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    in_booted "apt-get purge -y -q opentracker"
    in_booted "apt-get install -y -q /srv/opentracker/this.deb"
    if in_booted "systemctl -q is-active opentracker.service"; then
      [ $verdict = 0 ] || fail "started although policy-rc.d forbids"
    else
      [ $verdict = 101 ] || fail "not started: $(in_booted "systemctl status opentracker.service")"
    fi
  done
}

serves_under_systemd() {
  say "the hardened unit serves, reloads, and binds a port below 1024"
  announces http://127.0.0.1:6969 || fail "the service does not answer"
  in_booted "systemctl reload opentracker.service && systemctl -q is-active opentracker.service"
  printf 'listen.tcp_udp 0.0.0.0:80\nlisten.tcp_udp *:6969\n' >>"$root$CONF"
  in_booted "systemctl restart opentracker.service"
  announces http://127.0.0.1:80 || fail "port 80 does not answer"
}

keeps_serving_with_a_broken_configuration() {
  say "an upgrade does not restart the service into a configuration with errors"
  local before
  before=$(main_pid)
  echo "tracker.no_such_key 1" >>"$root$CONF"
  in_booted "apt-get install -y -q /srv/opentracker/next.deb" |
    grep "has errors" || fail "the upgrade does not speak of the error"
  [ "$(main_pid)" = "$before" ] || fail "the service was restarted"
  sed -i '/^[a-z]/d' "$root$CONF"
}

restarts_without_loss() {
  say "with the socket unit, by the documented commands, a restart loses no datagram"
  documented systemd >"$root/srv/opentracker/change_over.sh"
  in_booted "bash -eux /srv/opentracker/change_over.sh"
  nsenter --target "$init" --net /usr/bin/python3 tests/tools/count_answers.py 6 >"$work/answers" &
  local counting=$! round
  for round in 1 2 3; do
    sleep 1
    in_booted "systemctl restart opentracker.service"
  done
  wait $counting || fail "requests were lost: $(cat "$work/answers")"
  cat "$work/answers"
}

leaves_nothing() {
  say "removing keeps the configuration, purging leaves nothing"
  touch "$root/var/lib/opentracker/state"
  in_booted "apt-get remove -y -q opentracker"
  ! in_booted "systemctl -q is-active opentracker.service" || fail "removing left the service running"
  [ -e "$root$CONF" ] || fail "removing took the configuration"
  [ ! -e "$root/usr/bin/opentracker" ] || fail "removing left the program"
  in_booted "apt-get purge -y -q opentracker"
  local left
  left=$(cd "$root" && find . -xdev -name '*opentracker*' ! -path './srv/*' ! -path './var/cache/*' \
    ! -path './proc/*' ! -path './var/lib/apt/*' ! -path './run/*')
  [ -z "$left" ] || fail "purging left: $left"
}

package=$(readlink -f build/deb/opentracker_*.deb)
make_system ca-certificates,curl,iproute2,systemd,systemd-sysv
cp "$package" "$root/srv/opentracker/this.deb"
other_packages "$package"
installs_and_serves "$package"
upgrades
reference_gives_way
boot_system
starts_as_permitted
serves_under_systemd
keeps_serving_with_a_broken_configuration
restarts_without_loss
leaves_nothing
echo "test-package: ok"
