#!/bin/bash
# serve asked by clients that it was not written with: opensearch-py and
# elasticsearch-py 7.13 from PyPI, OpenSearch's JavaScript client where npm is and
# its Java client where mvn is, curl, and by nginx as its manual has it; then 10,000
# bad requests, 2,000 connections, clients that are slow on purpose, an index
# replaced 100 times under load, and SECONDS of mixed load.
#
# usage: serve.sh [SECONDS]               60 unless given; 3600 is the soak
#
# Prints what was asked and found, and at the end memory and counts.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
case ${1:-60} in
  -h | --help) usage && exit ;;
  *[!0-9]*) usage >&2 && exit 2 ;;
esac

source=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
cache=$source/build/check-serve
mkdir -p "$cache"
"$source/scripts/install-packages.sh" loaders serve-check >&2
venv=$cache/venv
if [[ ! -e $venv/done ]]; then
  /usr/bin/python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet 'opensearch-py==2.8.0' \
    'elasticsearch==7.13.4' 'urllib3<2' >&2
  touch "$venv/done"
fi
if command -v npm >/dev/null &&
  [[ ! -d $cache/node_modules/@opensearch-project ]]; then
  npm --prefix "$cache" install --silent '@opensearch-project/opensearch@2.13.0' >&2
fi
if command -v mvn >/dev/null && [[ ! -e $cache/java/Ask.class ]]; then
  mkdir -p "$cache/java"
  mvn -q -B -f "$source/scripts/check/java/pom.xml" dependency:build-classpath \
    -Dmdep.outputFile="$(readlink -f "$cache/java")/classpath" >&2
  javac -cp "$(<"$cache/java/classpath")" -d "$cache/java" \
    "$source/scripts/check/java/Ask.java" >&2
fi
export IMSEARCH_BIN=$source/build/bin IMSEARCH_SOURCE=$source
export IMSEARCH_CHECK=$cache PYTHONDONTWRITEBYTECODE=1
"$venv/bin/python" "$source/scripts/check/serve_clients.py"
cd "$source/tests/cli/serve"
SERVE_BAD_REQUESTS=10000 SERVE_CONNECTIONS=2000 python3 faults.py
python3 "$source/scripts/check/serve_slow.py"
exec python3 "$source/scripts/check/serve_load.py" "${1:-60}"
