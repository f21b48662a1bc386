#!/bin/bash
# Run the tests that need a real search service: start an OpenSearch and an
# Elasticsearch on this machine, build, test, and stop them.
#
# usage: test-service.sh [--all] [CTEST-OPTION...]
#
# --all: also OpenSearch 2.19 beside 3, Elasticsearch 9 beside 8 where there is a
# Java of at least 21, and the tests of faults, which start clusters of their own
# of up to three nodes and end some: 5 GB of memory, and half an hour instead of
# minutes.
#
# Installs the Debian packages that are missing (with sudo when not root), among
# them Java and Maven; the services come from Maven's central repository
# (service.sh --help tells where they are kept). So the first run needs a network,
# and says so and fails where there is none. What runs is stopped however this
# ends.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "test-service.sh: $*" >&2; }

all=
case ${1:-} in
  -h | --help) usage && exit ;;
  --all) all=yes && shift ;;
esac

cd "$(dirname "$(dirname "$(readlink -f "$0")")")"
scripts/install-packages.sh build test service-test
cmake --preset release -DIMSEARCH_BUILD_TESTS=ON -DIMSEARCH_SERVICE_TESTS=ON \
  --log-level=WARNING
cmake --build build

# Clusters of this run alone.
clusters=()
stop_all() {
  local cluster
  for cluster in "${clusters[@]}"; do
    scripts/service.sh stop --remove --name "$cluster" "${cluster%%-*}"
  done
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# start VARIABLE SERVICE [VERSION]: the variable gets the URL.
start() {
  local cluster=$2-test-$$-${#clusters[@]} url
  clusters+=("$cluster")
  url=$(scripts/service.sh start --name "$cluster" "${@:2}") || return
  export "$1=$url"
  say "${*:2}: $url"
}

start IMSEARCH_OPENSEARCH opensearch
start IMSEARCH_ELASTICSEARCH elasticsearch
label='^service$'
if [[ -n $all ]]; then
  label='^service(-all)?$'
  start IMSEARCH_OPENSEARCH_2 opensearch 2.19.6
  if start IMSEARCH_ELASTICSEARCH_9 elasticsearch 9.2.0; then
    label='^service(-all|-java21)?$'
  else
    say "Elasticsearch 9 is left out"
  fi
fi
ctest --preset release --no-tests=error -j"$(nproc)" -L "$label" "$@"
