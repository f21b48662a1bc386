#!/bin/bash
# Whether the graph, which is built on short codes, is as good as one that
# hnswlib builds on the vectors themselves.
#
# usage: graph.sh VECTORS QUERIES
#
# VECTORS and QUERIES are raw float32 of 1280 values a row, such as those of
# make_vectors.py. Both graphs have M 48 and efConstruction 128, and are searched
# by the same loop, hnswlib's in float32: ours comes from build-index --format
# hnswlib. Prints recall@10 of both at several ef, tab-separated, and fails where
# ours is lower by more than 0.002. Takes a minute for 20,000 rows.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -ne 2 ]]; then
  usage >&2
  exit 2
fi

source=$(dirname "$(readlink -f "$0")")/../..
"$source/scripts/install-packages.sh" test >&2
vectors=$(readlink -f "$1")
queries=$(readlink -f "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
PATH=$source/build/bin:$PATH PYTHONDONTWRITEBYTECODE=1 \
  /usr/bin/python3 "$source/scripts/check/graph.py" "$vectors" "$queries"
