#!/bin/sh
# Unpacks arm64 packages of this Debian release into a folder, for cross compiling. Nothing is installed and
# apt's own state stays as it is, because not every library may be installed for two architectures at a time.
#
#     arm64_sysroot.sh FOLDER PACKAGE...
#
# The archives are those of this machine's apt; needs the network but not root.
set -eu
folder=$1
shift
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || {
  echo "this system has no apt; unpack these packages for arm64 into $folder: $*" >&2
  exit 1
}

rm -rf "$folder" "$folder.apt" "$folder.new"
mkdir -p "$folder.apt/lists" "$folder.apt/cache" "$folder.apt/packages" "$folder.new"
apt=$(readlink -f "$folder.apt")
arm64_apt() {
  apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Acquire::Languages=none \
    -o Dir::State::lists="$apt/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$apt/cache" \
    -o APT::Sandbox::User= -o Acquire::Retries=3 -o DPkg::Lock::Timeout=60 \
    -o APT::Update::Post-Invoke= -o APT::Update::Post-Invoke-Success= "$@"
}
arm64_apt update
(cd "$apt/packages" && arm64_apt download "$@") || {
  echo "no arm64 packages; does a line of /etc/apt/sources.list name one architecture only (\"arch=\")?" >&2
  exit 1
}
for package in "$apt"/packages/*.deb; do
  dpkg-deb --extract "$package" "$folder.new"
done
rm -rf "$apt"
mv "$folder.new" "$folder"
