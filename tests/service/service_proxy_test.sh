#!/bin/bash
# A service behind TLS and a password, and hosts that are none.
set -euo pipefail
# shellcheck source=tests/service/faults.sh
. "$IMSEARCH_SOURCE/tests/service/faults.sh"
# shellcheck source=tests/service/proxy.sh
. "$IMSEARCH_SOURCE/tests/service/proxy.sh"
health=/_cluster/health
user='reader:open sesame'

start_proxy "${IMSEARCH_OPENSEARCH:?run scripts/test-service.sh}"

echo "the proxy passes on what has the password, over a verified connection"
ask -f --cacert "$ca_file" -u "$user" "$proxy_url$health" |
  grep -q '"cluster_name"' || fail "no answer"

echo "it refuses another password, and none"
expect 22 401 ask -f --cacert "$ca_file" -u reader:x "$proxy_url$health"
expect 22 401 ask -f --cacert "$ca_file" "$proxy_url$health"

echo "its certificate is not trusted without the CA, nor for another name"
expect 60 certificate ask -u "$user" "$proxy_url$health"
expect 60 'no alternative certificate subject' ask --cacert "$ca_file" -u "$user" \
  "$mismatched_url$health"

echo "the silent host never answers"
start_silent_host
expect 28 'timed out' curl -sS --noproxy '*' --max-time 1 "$silent_url"
