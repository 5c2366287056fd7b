#!/bin/bash
# run_fuzzers.sh replay|search BINARY...: feeds each fuzzer its corpus (tests/fuzz/corpus/<parser>),
# or searches for FUZZ_RUNS executions within FUZZ_SECONDS each. Finds and crashes go to build/,
# never into the corpus. The last line counts the fuzzers: "N passed, N failed, N skipped".
set -u
mode=$1
shift
runs=${FUZZ_RUNS:-1000000}
seconds=${FUZZ_SECONDS:-300}
mkdir -p build/fuzz  # a clean checkout has none, and libFuzzer wants the prefix's folder to exist

replay() {  # binary parser
  local seeds=("tests/fuzz/corpus/$2"/*)
  [ -e "${seeds[0]}" ] || { echo "no corpus in tests/fuzz/corpus/$2"; return 1; }
  "$1" -artifact_prefix="build/fuzz/$2-" "${seeds[@]}"
}

search() {  # binary parser
  local finds="build/fuzz/corpus/$2" log="build/fuzz/$2.log"
  mkdir -p "$finds"
  "$1" -runs="$runs" -max_total_time="$seconds" -print_final_stats=1 \
    -artifact_prefix="build/fuzz/$2-" "$finds" "tests/fuzz/corpus/$2" >"$log" 2>&1 || {
    tail -40 "$log"
    return 1
  }
  local done_runs
  done_runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  echo "$2: $done_runs executions"
  [ "${done_runs:-0}" -ge "$runs" ] || { echo "$2: the time cap came first"; return 1; }
}

# Two fuzzers share nothing, so each core has one.
results=$(mktemp -d) || exit 1
trap 'rm -rf "$results"' EXIT
for binary in "$@"; do
  while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
  parser=$(basename "$binary" _fuzz)
  { "$mode" "$binary" "$parser" && touch "$results/$parser"; } >"$results/$parser.log" 2>&1 &
done
wait

passed=0
failed=0
for binary in "$@"; do
  parser=$(basename "$binary" _fuzz)
  cat "$results/$parser.log"
  if [ -e "$results/$parser" ]; then passed=$((passed + 1)); else
    echo "FAILED: $parser"
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
