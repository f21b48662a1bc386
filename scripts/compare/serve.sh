#!/bin/bash
# Measure serve against OpenSearch, over the same vectors in one run: one client
# of opensearch-py, and 8 connections of wrk.
#
# usage: serve.sh [ROWS]                  100,000 unless given
#        serve.sh --index FILE QUERIES    serve alone, over an index that is there
#
# Vectors are those of make_vectors.py. OpenSearch 3.6 is one node, started by
# service.sh, with an index of one shard and one segment, engine lucene, M 48,
# efConstruction 128, cosine, loaded by push. Each is asked with the smallest ef of
# 16, 32, 64, 128, 256, 512 that finds at least .999 of the 10 nearest, as exact
# search knows them.
#
# A table, tab-separated: who, ef, recall@10; p50 and p99 in milliseconds of one
# client of opensearch-py; requests a second and p99 of wrk.
# At the end how long serve took from its start to its first answer; what its
# process holds beside the pages of files, in MB, before and after 1,000,000 more
# requests, which take some two minutes; and how long a photo takes
# that is posted: those in the folder PHOTOS, else data/photos, which have 240 x 320
# pixels, one after the other.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
case ${1:-} in
  -h | --help) usage && exit ;;
esac

source=$(dirname "$(readlink -f "$0")")/../..
bin=$source/build/bin
cache=$source/build/compare-serve
venv=$cache/venv
[[ -x $bin/serve ]] || { echo "serve.sh: $bin/serve: not built" >&2 && exit 1; }
mkdir -p "$cache"
"$source/scripts/install-packages.sh" loaders serve-compare >&2
if [[ ! -x $venv/bin/wheel-done ]]; then
  /usr/bin/python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet numpy 'opensearch-py==2.8.0' >&2
  ln -sf python "$venv/bin/wheel-done"
fi
name=compare-serve-$$
trap '"$source/scripts/service.sh" stop --remove --name "$name" opensearch >&2 || true' EXIT

if [[ ${1:-} == --index ]]; then
  trap - EXIT
  exec "$venv/bin/python" "$source/scripts/compare/serve/compare.py" "$bin" \
    "$2" "$3"
fi
rows=${1:-100000}
vectors=$cache/synthetic-$rows.bin
if [[ ! -f $vectors.index ]]; then
  "$venv/bin/python" "$source/scripts/data/make_vectors.py" "$rows" "$vectors"
  seq -f '%g.jpg' 0 $((rows - 1)) >"$vectors.names"
  "$bin/build-index" -q --dim 1280 -n "$vectors.names" -o "$vectors.index" \
    "$vectors"
fi
url=$("$source/scripts/service.sh" start --heap 1g --name "$name" opensearch 3.6.0)
"$bin/push" -q --dim 1280 -n "$vectors.names" "$url/photos" "$vectors"
"$venv/bin/python" "$source/scripts/compare/serve/compare.py" "$bin" \
  "$vectors.index" "$vectors.q" "$url"
