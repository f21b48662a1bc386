#!/bin/bash
# The main job at full size, within bounded memory: an index of a million
# vectors, and how fast it answers.
#
# usage: million.sh [--memory GB] [ROWS [SEED]]
#
# Makes ROWS (1,000,000 unless given) vectors by make_vectors.py in
# build/million, indexes them, and prints three tables: the build; recall and
# time over ef and of exact search (200 queries, index mapped); and speed, opening
# and memory of the index, mapped and loaded, at ef 38. All but making the vectors
# runs inside a memory control group of GB (16 unless given), where the system
# lets one be made; which is said. Takes 6 GB of disk and some ten minutes.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "million.sh: $*" >&2; }

gigabytes=16
case ${1:-} in
  -h | --help) usage && exit ;;
  --memory) gigabytes=${2:-} && shift 2 ;;
esac
rows=${1:-1000000} seed=${2:-7}
[[ $# -le 2 && $gigabytes =~ ^[1-9][0-9]*$ && $rows =~ ^[1-9][0-9]*$ &&
  $seed =~ ^[0-9]+$ ]] || {
  usage >&2
  exit 2
}

source=$(dirname "$(readlink -f "$0")")/../..
bin=$source/build/bin
folder=$source/build/million
[[ -x $bin/bench ]] || {
  say "$bin/bench: not built: run scripts/quickstart.sh"
  exit 1
}
mkdir -p "$folder"
vectors=$folder/v-$rows-$seed.bin
index=$vectors.hnsw.index

if [[ ! -f $vectors ]]; then
  say "making $vectors"
  /usr/bin/python3 "$source/scripts/data/make_vectors.py" "$rows" "$folder/new" "$seed"
  mv "$folder/new.q" "$vectors.q"
  mv "$folder/new" "$vectors"
fi
seq "$rows" > "$folder/names.txt"
head -c $((200 * 1280 * 4)) "$vectors.q" > "$folder/queries.bin"

# Once more from the start, now within bounded memory.
if [[ -z ${MILLION_BOUNDED:-} ]]; then
  export MILLION_BOUNDED=1
  exec "$source/scripts/compare/bounded.sh" "$gigabytes" "$0" "$rows" "$seed"
fi

echo "build"
TIMEFORMAT=$'seconds\t%R\ncpu_seconds\t%U'
time "$bin/build-index" -n "$folder/names.txt" -o "$index" "$vectors"
stat -c $'index_bytes\t%s' "$index"
stat -c $'vectors_bytes\t%s' "$vectors"

echo
"$bin/eval-recall" -i "$index" --vectors "$folder/queries.bin" \
  --ef 24,32,38,48,64,128,256

for access in "" --load; do
  echo
  # shellcheck disable=SC2086 # nothing, or a word
  "$bin/bench" -i "$index" --vectors "$vectors.q" --ef 38 $access
done

echo
TIMEFORMAT=$'query_id_7_seconds\t%R'
time "$bin/query" -i "$index" --id 7 > "$folder/answer"
