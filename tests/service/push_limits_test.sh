#!/bin/bash
# push to nodes that cannot take as much as it sends.
set -euo pipefail
# shellcheck source=tests/service/faults.sh
. "$IMSEARCH_SOURCE/tests/service/faults.sh"
# shellcheck source=tests/service/push.sh
. "$IMSEARCH_SOURCE/tests/service/push.sh"

# push_within KB URL [OPTION...]: without more memory than that, beside files.
# Stacks count, of a thread for each CPU: small ones, so that these do not matter.
push_within() { (ulimit -d "$1" -s 512 && push "${@:2}"); }
echo "memory does not grow with the rows: 230 MB as JSON go through 160 MB"
make_rows 40000 512
start_cluster opensearch
expect 0 'rows stored' push_within 160000 "${urls[0]}" -M 4
expect_rows "${urls[0]}" "$rows"
ask -o "$work/deleted" -X DELETE "${urls[0]}/photos"

echo "where that is not enough, what stays is said"
expect 1 'out of memory' push_within 60000 "${urls[0]}" -M 4
grep -q 'the same command goes on' "$work/err" || fail "push does not go on"
expect 0 '' service stop --remove --name "$cluster" opensearch

make_rows 3000

echo "a write queue of one place: rows that it refuses are sent again"
start_cluster opensearch -Ethread_pool.write.size=1 \
  -Ethread_pool.write.queue_size=1
expect 0 'requests sent again' push "${urls[0]}" --connections 16
expect_rows "${urls[0]}" "$rows"
rejected=$(ask "${urls[0]}/_cat/thread_pool/write?h=rejected")
[[ $rejected -gt 0 ]] || fail "the queue was never full"
expect 0 '' service stop --remove --name "$cluster" opensearch

echo "requests of 1 MB at most: halves are sent, each as large as goes"
start_cluster elasticsearch -Ehttp.max_content_length=1mb
expect 0 'rows stored' push "${urls[0]}"
expect_rows "${urls[0]}" "$rows"

echo "indexing pressure: a whole request that is refused is sent again"
expect 0 '' service stop --remove --name "$cluster" elasticsearch
start_cluster opensearch -Eindexing_pressure.memory.limit=6mb
expect 0 'requests sent again' push "${urls[0]}" --connections 16
expect_rows "${urls[0]}" "$rows"
expect 0 '' service stop --remove --name "$cluster" opensearch

# watermarks LOW HIGH FLOOD: null for what they are without us.
watermarks() {
  local disk=cluster.routing.allocation.disk
  ask -f -o "$work/set" -X PUT -H 'Content-Type: application/json' \
    "${urls[0]}/_cluster/settings" -d "{\"persistent\":{
      \"$disk.watermark.low\":$1, \"$disk.watermark.high\":$2,
      \"$disk.watermark.flood_stage\":$3}}"
}
blocked() {
  ask "${urls[0]}/photos/_settings" | grep -q 'read_only_allow_delete":"true'
}
echo "a disk that is too full: refused before anything is written"
start_cluster opensearch -Ecluster.info.update.interval=10s \
  -Ecluster.routing.allocation.disk.threshold_enabled=true
watermarks '"0.1%"' '"0.2%"' '"0.3%"'
expect 1 'watermark' push "${urls[0]}"
[[ $(ask -o "$work/out" -w '%{http_code}' "${urls[0]}/photos") -eq 404 ]] ||
  fail "an index was made"

echo "one that fills meanwhile: rows wait until there is room"
watermarks null null null
start_push "${urls[0]}" --connections 1
kill -STOP "$pushing" # the service looks at its disk every ten seconds
watermarks '"0.1%"' '"0.2%"' '"0.3%"'
await 60 blocked || fail "no block"
kill -CONT "$pushing"
sleep 10 # so that some requests meet it
kill -0 "$pushing" || fail "push did not wait"
watermarks null null null
await_push 0
expect_said 'requests sent again'
expect_rows "${urls[0]}" "$rows"
