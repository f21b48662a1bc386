#!/bin/bash
# scripts/service.sh: three nodes, one of them killed and started again.
set -euo pipefail
# shellcheck source=tests/service/faults.sh
. "$IMSEARCH_SOURCE/tests/service/faults.sh"

# process N: of a node, as the table has it.
process() {
  service status | awk -F '\t' -v cluster="$cluster" -v node="$1" \
    '$1 == cluster && $2 == node { print $4 }'
}

echo "wrong command lines are refused"
expect 2 'usage:' service
expect 2 'neither opensearch nor elasticsearch' service start solr
expect 2 '4: 1 to 3 nodes' service start opensearch 3.6.0 4
expect 2 'a version has three numbers' service start opensearch latest
expect 2 'no such option' service start --nodes 3 opensearch
expect 2 'go with start' service stop --heap 1g opensearch
expect 2 '--remove goes with stop' service start --remove opensearch
expect 0 'no such cluster' service stop --name "none-$$" opensearch

echo "three nodes form one cluster, with a setting of ours"
start_cluster opensearch 2.19.6 3 -Ehttp.max_content_length=1mb
[[ ${#urls[@]} -eq 3 ]] || fail "URLs: ${urls[*]}"
for url in "${urls[@]}"; do
  [[ $(number "$url/_cluster/health" number_of_nodes) -eq 3 ]] || fail "$url"
done
head -c 2000000 /dev/zero >"$work/zeros"
[[ $(ask -o "$work/out" -w '%{http_code}' -H 'Content-Type: application/json' \
  --data-binary "@$work/zeros" "${urls[0]}/_bulk") -eq 413 ]] ||
  fail "the setting has no effect"

echo "a second start does nothing, and refuses other settings"
expect 0 'node 3 runs already' service start --name "$cluster" opensearch
[[ $(<"$work/out") == "$(printf "%s\n" "${urls[@]}")" ]] || fail "no URLs"
expect 1 'other settings' service start --name "$cluster" --heap 600m opensearch
expect 1 'stop --remove it first' service start --name "$cluster" \
  opensearch 2.19.6 1

echo "a node that is killed is gone; started again, it is back with its data"
ask -X PUT -H 'Content-Type: application/json' "${urls[0]}/kept" \
  -d '{"settings":{"number_of_replicas":0,"number_of_shards":3}}' >"$work/out"
expect 0 '' service kill --name "$cluster" --node 2 opensearch
[[ $(process 2) == - && $(process 1) != - ]] ||
  fail "the wrong one: $(service status)"
lost() { [[ $(number "${urls[0]}/_cluster/health" number_of_nodes) -eq 2 ]]; }
await 60 lost || fail "node 2 is still a member"
expect 0 'starting' service start --name "$cluster" --node 2 opensearch
[[ $(<"$work/out") == "${urls[1]}" ]] || fail "another URL: $(<"$work/out")"
green() { ask "${urls[0]}/_cluster/health" | grep -q '"status":"green"'; }
await 60 green || fail "not all shards came back"

echo "after stop nothing runs, and after --remove nothing is left"
expect 0 '' service stop --name "$cluster" opensearch
[[ "$(process 1)$(process 2)$(process 3)" == --- ]] || fail "$(service status)"
expect 0 '' service stop --remove --name "$cluster" opensearch
[[ -z $(process 1) ]] || fail "$(service status)"

echo "the log of a node that does not start is shown"
expect 1 'no.such.setting' service start --name "$cluster" \
  -Eno.such.setting=1 opensearch 2.19.6
