#!/bin/bash
# Searches among some names alone, in a million vectors: how long one takes, and
# how much of what exact search finds it finds.
#
# usage: filter.sh [ROWS [SEED]]
#
# Makes ROWS (1,000,000 unless given) vectors by make_vectors.py in build/filter,
# in 1,000 folders, indexes them, and searches with filters that pass all names,
# 50 %, 10 %, 1 % and 0.1 % of them. Prints the names that pass, the time to
# compare all names with the pattern (once for an index), the median and the 99th
# percentile of 200 searches on one thread by the clock and by the CPU, and
# recall@10. Takes 7 GB of disk, and a quarter of an hour the first time. Needs a
# build with tests: scripts/test.sh makes it.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in -h | --help) usage && exit ;; esac
rows=${1:-1000000} seed=${2:-7}
[[ $# -le 2 && $rows =~ ^[1-9][0-9]*$ && $seed =~ ^[0-9]+$ ]] || {
  usage >&2
  exit 2
}

source=$(dirname "$(readlink -f "$0")")/../..
folder=$source/build/filter
search=$(find "$source/build" -name filtered-search -type f -print -quit)
[[ -n $search ]] || {
  echo "filter.sh: filtered-search is not built: run scripts/test.sh" >&2
  exit 1
}
mkdir -p "$folder"
vectors=$folder/v-$rows-$seed.bin

if [[ ! -f $vectors ]]; then
  /usr/bin/python3 "$source/scripts/data/make_vectors.py" "$rows" "$folder/new" "$seed"
  mv "$folder/new.q" "$vectors.q"
  mv "$folder/new" "$vectors"
fi
# 7919 is prime: neighbours in the file lie in different folders.
awk -v rows="$rows" 'BEGIN {
  for (i = 0; i < rows; ++i) printf "r%03d/IMG_%07d.jpg\n", i * 7919 % 1000, i
}' > "$folder/names.txt"
[[ -f $vectors.hnsw.index ]] ||
  "$source/build/bin/build-index" -n "$folder/names.txt" "$vectors"

"$search" "$vectors.hnsw.index" "$vectors.q" 200 - 'r[0-4]*' 'r0*' 'r00?' r007
