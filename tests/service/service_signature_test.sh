#!/bin/bash
# Requests are signed as AWS's own library signs them, whatever they are.
set -euo pipefail

for node in "$IMSEARCH_OPENSEARCH" "$IMSEARCH_ELASTICSEARCH"; do
  echo "push and query to $node"
  "$IMSEARCH_SOURCE/scripts/check/signature.sh" "$node"
done
