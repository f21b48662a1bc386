# Pushes that meet faults: rows, a push that runs, and whether all are there.
# Sourced after faults.sh.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # set for, and by, who sources it

# make_rows ROWS [DIM]: $work/fvecs.bin and $work/fnames.txt.
make_rows() {
  rows=$1 dim=${2:-1280}
  python3 -c 'import array, random, sys
random.seed(1)
for _ in range(int(sys.argv[1])):
  row = array.array("f", (random.random() for _ in range(int(sys.argv[2]))))
  sys.stdout.buffer.write(row.tobytes())' "$rows" "$dim" >"$work/fvecs.bin"
  seq -f '%g.jpg' 0 $((rows - 1)) >"$work/fnames.txt"
}

# make_command URL [OPTION...]: sets `command`, a push; the index is called photos.
make_command() {
  command=("$IMSEARCH_BIN/push" "$1/photos" "$work/fvecs.bin" --dim "$dim"
    "${@:2}")
  if ask "$1/_nodes/_local" | grep -qF opensearch-knn; then
    command+=(--engine lucene)
  fi
}

push() {
  local command
  make_command "$@"
  "${command[@]}"
}

# start_push URL [OPTION...]: sets `pushing`, a process. Returns when it has sent
# some of the rows, and fails unless it is at work then.
start_push() {
  local command
  make_command "$@"
  # With job control it is not deaf to SIGINT.
  set -m
  "${command[@]}" >"$work/push.out" 2>"$work/push.err" &
  pushing=$!
  set +m
  processes+=("$pushing")
  await 120 has_rows "$1" || fail "no row arrives: $(<"$work/push.err")"
  if ! kill -0 "$pushing" 2>/dev/null || grep -q stored "$work/push.err"; then
    fail "push was done before a fault could meet it"
  fi
}

has_rows() {
  [[ $(number "$1/photos/_stats/indexing" index_total) -gt 0 ]]
}

# await_push STATUS: the end of what start_push began.
await_push() {
  local status=0
  wait "$pushing" || status=$?
  cat "$work/push.err" >>"$work/log"
  [[ $status -eq $1 ]] || fail "push: exit $status, not $1"
}

expect_said() {
  grep -qF -- "$1" "$work/push.err" || fail "push does not say '$1'"
}

# expect_rows URL COUNT: so many, with the ids of the first so many rows.
expect_rows() {
  local all ids
  ids=$(seq -s '","' 0 $(($2 - 1)))
  ask -o "$work/refreshed" -X POST "$1/photos/_refresh"
  all=$(number "$1/photos/_count" count)
  echo "{\"size\":0,\"track_total_hits\":true,
    \"query\":{\"ids\":{\"values\":[\"$ids\"]}}}" >"$work/query"
  ids=$(ask -H 'Content-Type: application/json' --data-binary "@$work/query" \
    "$1/photos/_search" | sed -n 's/.*"total":{"value":\([0-9]*\).*/\1/p')
  [[ $all -eq $2 && $ids -eq $2 ]] ||
    fail "$all rows are there, $ids of them wanted, of $2"
}
