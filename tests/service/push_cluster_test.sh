#!/bin/bash
# push to three nodes, and query of them, one of which is lost for good.
set -euo pipefail
# shellcheck source=tests/service/faults.sh
. "$IMSEARCH_SOURCE/tests/service/faults.sh"
# shellcheck source=tests/service/push.sh
. "$IMSEARCH_SOURCE/tests/service/push.sh"

make_rows 6000
start_cluster opensearch 2.19.6 3
url=${urls[0]}

echo "with replicas while loading, every row survives the loss of a node"
start_push "$url" --shards 3 --replicas 1 --replicas-while-loading
expect 0 '' service kill --name "$cluster" --node 3 opensearch
await_push 0
expect_rows "$url" "$rows"
expect 0 '' service start --name "$cluster" --node 3 opensearch

echo "with replicas, every query is answered though a node is lost meanwhile"
green() { ask "$url/_cluster/health" | grep -q '"status":"green"'; }
await 120 green || fail "the replicas do not come back"
"$IMSEARCH_BIN/query" --url "$url/photos" --vectors "$work/fvecs.bin" \
  >"$work/answers" 2>"$work/query.err" &
asking=$!
await 60 test -s "$work/answers" || fail "no answer: $(<"$work/query.err")"
expect 0 '' service kill --name "$cluster" --node 3 opensearch
kill -0 "$asking" 2>/dev/null || done=yes
wait "$asking" || fail "query: $(<"$work/query.err")"
[[ -z ${done:-} ]] || fail "query was done before a fault could meet it"
# Row i is the most similar to itself.
awk -F '\t' '$2 == 1 { print $4 }' "$work/answers" >"$work/first"
[[ $(wc -l <"$work/answers") -eq $((rows * 10)) ]] || fail "answers are missing"
cmp "$work/fnames.txt" "$work/first" || fail "wrong answers"
ask -o "$work/deleted" -X DELETE "$url/photos"
expect 0 '' service start --name "$cluster" --node 3 opensearch

echo "without, push fails, names the shards that are gone, and what to do"
start_push "$url" --shards 3 --replicas 1 --retry-for 20
expect 0 '' service kill --name "$cluster" --node 3 opensearch
await_push 1
expect_said 'no copy of shard'
expect_said 'start over'
expect_said '--replicas-while-loading'
grep -q 'no copy of shards [0-2]' "$work/push.err" || fail "no shard is named"
