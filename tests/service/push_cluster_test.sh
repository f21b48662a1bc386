#!/bin/bash
# push to three nodes, one of which is lost for good.
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
