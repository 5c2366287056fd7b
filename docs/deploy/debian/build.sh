#!/bin/bash
# Builds a Debian package from a tree that `make install` has filled; called by `make deb`.
#
#     build.sh VERSION STAGE OUTPUT     OUTPUT is a folder; packages that are in it are removed
#
# The same commit produces the same bytes: all times are the commit's (SOURCE_DATE_EPOCH), all owners
# are root. Needs dpkg-dev. The maintainer is DEBFULLNAME <DEBEMAIL>, as with Debian's own tools. HOMEPAGE is
# where your copy of this program is described; else the page of the C program is named.
#
# The package has no conffile: dpkg would ask about a changed one, and an unattended upgrade would end there,
# half configured. postinst copies the sample if there is no configuration; dpkg touches nothing in
# /etc/opentracker.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

version=$1 stage=$(readlink -f "$2") output=$3
maintainer="${DEBFULLNAME:-opentracker maintainers} <${DEBEMAIL:-opentracker@packages.example.org}>"
architecture=$(dpkg --print-architecture)
homepage=${HOMEPAGE:-https://erdgeist.org/arts/software/opentracker/}
doc=$stage/usr/share/doc/opentracker
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

# The libraries that the program needs, each with the lowest version that has the symbols it uses.
libraries() {
  local work
  work=$(mktemp -d)
  mkdir "$work/debian"
  printf 'Source: opentracker\n\nPackage: opentracker\nArchitecture: any\n' >"$work/debian/control"
  (cd "$work" && dpkg-shlibdeps -O --warnings=0 "$stage/usr/bin/opentracker") |
    sed -n 's/^shlibs:Depends=//p'
  rm -rf "$work"
}

changelog() {
  echo "opentracker ($version) unstable; urgency=medium"
  echo
  echo "  * Version $version, packaged by its own sources."
  echo
  echo " -- $maintainer  $(date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")"
}

rm "$stage/etc/opentracker/opentracker.conf"
# Prometheus reads rules where its configuration says; Debian's names files below /etc/prometheus. A link is
# no conffile either.
mkdir -p "$stage/etc/prometheus/rules"
ln -s /usr/share/opentracker/prometheus-alerts.yml "$stage/etc/prometheus/rules/opentracker.yml"

install -D -m 644 "$here/copyright" "$doc/copyright"
changelog | gzip -9n >"$doc/changelog.gz"
find "$stage/usr/share/man" -type f -exec gzip -9nf {} +

mkdir -p "$stage/DEBIAN"
needed=$(libraries)
[ -n "$needed" ] || { echo "deb: dpkg-shlibdeps found no libraries" >&2; exit 1; }
size=$(du -sk --apparent-size --exclude=DEBIAN "$stage" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$size/" \
  -e "s/@MAINTAINER@/$maintainer/" -e "s/@LIBRARIES@/$needed/" -e "s|@HOMEPAGE@|$homepage|" "$here/control" \
  >"$stage/DEBIAN/control"
for script in postinst prerm postrm; do
  install -m 755 "$here/$script" "$stage/DEBIAN/$script"
done
(cd "$stage" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' |
  LC_ALL=C sort -z | xargs -0 md5sum) >"$stage/DEBIAN/md5sums"

mkdir -p "$output"
rm -f "$output"/opentracker_*.deb
dpkg-deb --root-owner-group --build "$stage" "$output/opentracker_${version}_$architecture.deb"
