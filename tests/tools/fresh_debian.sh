#!/bin/bash
# The promise of the README on a system that has nothing: a new Debian (RELEASE) with git and make, a clone
# of the last commit, then `make run` (has to answer an HTTP announce on port 6969) and `make test`.
# Needs what fresh_system.sh needs and a free port 6969.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tools/fresh_system.sh
source tests/tools/fresh_system.sh

answers() {
  local hash=%00%01%02%03%04%05%06%07%08%09%0a%0b%0c%0d%0e%0f%10%11%12%13
  /usr/bin/python3 - "$hash" 2>/dev/null <<'PYTHON'
import sys, urllib.request
url = f"http://127.0.0.1:6969/announce?info_hash={sys.argv[1]}&peer_id={'p' * 20}&port=7000&left=0"
body = urllib.request.urlopen(url, timeout=2).read()
sys.exit(not body.startswith(b"d8:complete"))
PYTHON
}

[ -z "$(ss -Hltn 'sport = :6969')" ] || fail "port 6969 is taken"
[ -z "$(git status --porcelain)" ] || echo "test-fresh: changes that are not committed are left out"

server=
end() {
  end_namespaces "$server"
  end_system
}
trap end EXIT

make_system git,make,ca-certificates
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
end_namespaces "$server"
server=
# The killed make leaves its job server's pipe, which the next make, of the same process number, falls over.
rm -f "$root"/tmp/GMfifo*

echo "== make test"
(inside "make test") || fail "make test failed"
echo "test-fresh: ok ($release)"
