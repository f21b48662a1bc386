#!/bin/bash
# push, interrupted, and push to a node that dies and comes back.
set -euo pipefail
# shellcheck source=tests/service/faults.sh
. "$IMSEARCH_SOURCE/tests/service/faults.sh"
# shellcheck source=tests/service/push.sh
. "$IMSEARCH_SOURCE/tests/service/push.sh"

make_rows 6000
for service in opensearch elasticsearch; do
  start_cluster "$service"
  url=${urls[0]}

  echo "$service: an interrupted push goes on with what is missing"
  start_push "$url" --connections 1
  kill -INT "$pushing"
  await_push 130
  expect_said 'refresh and replicas are still off'
  expect_said 'the same command goes on'
  expect 0 'were there' push "$url"
  read -r stored there < <(tr -d , <"$work/err" | sed -n \
    's/.* \([0-9]*\) rows stored in .* \([0-9]*\) were there.*/\1 \2/p')
  [[ $stored -gt 0 && $there -gt 0 && $((stored + there)) -eq $rows ]] ||
    fail "stored $stored, there $there"
  expect_rows "$url" "$rows"
  expect 0 'rows were pushed before' push "$url"
  ask -o "$work/deleted" -X DELETE "$url/photos"

  echo "$service: a node that is killed and started again has every row"
  start_push "$url"
  expect 0 '' service kill --name "$cluster" "$service"
  expect 0 '' service start --name "$cluster" "$service"
  await_push 0
  expect_said 'requests sent again'
  expect_rows "$url" "$rows"
  expect 0 '' service stop --remove --name "$cluster" "$service"
done
