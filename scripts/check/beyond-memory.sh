#!/bin/bash
# An index that is larger than memory: built, and searched where it lies.
#
# usage: beyond-memory.sh [--memory MB] [--rows ROWS] [FOLDER]
#
# Makes ROWS (1,000,000 unless given) vectors of 1280 floats by make_vectors.py in
# FOLDER (build/beyond unless given), or takes those that are there. Builds an
# index inside a memory control group of MB, for which 750 bytes a row and 100 MB
# are taken unless given, and checks the memory that the build takes, without
# mapped files: 750 bytes a row at most. Then, inside the same group: recall and
# time over ef, and bench with the index mapped. Needs root, for the group, and
# some 7.1 kB of disk a row.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "beyond-memory.sh: $*" >&2; }

rows=1000000 megabytes=''
while [[ ${1:-} == -* ]]; do
  case $1 in
    --memory) megabytes=${2:-} ;;
    --rows) rows=${2:-} ;;
    -h | --help) usage && exit ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift $(($# < 2 ? $# : 2))
done
: "${megabytes:=$((rows * 750 / 1000000 + 100))}"
[[ $# -le 1 && $rows =~ ^[1-9][0-9]*$ && $megabytes =~ ^[1-9][0-9]*$ ]] || {
  usage >&2
  exit 2
}

source=$(dirname "$(readlink -f "$0")")/../..
bin=${IMSEARCH_BIN:-$source/build/bin}
folder=${1:-$source/build/beyond}
vectors=$folder/v-$rows.bin index=$folder/v-$rows.index
row_bytes=$((1280 * 4))
[[ -x $bin/bench ]] || {
  say "$bin/bench: not built: run scripts/quickstart.sh"
  exit 1
}
mkdir -p "$folder"

if [[ ! -f $vectors ]]; then
  say "making $vectors"
  /usr/bin/python3 "$source/scripts/data/make_vectors.py" "$rows" "$folder/new"
  mv "$folder/new.q" "$vectors.q"
  mv "$folder/new" "$vectors"
fi
head -c $((200 * row_bytes)) "$vectors.q" > "$folder/queries.bin"
seq "$rows" > "$folder/names.txt"

# Pages that this shell has read or written count for the group it is in: let go of
# them before.
sync "$vectors"
dd if="$vectors" iflag=nocache count=0 status=none

group=''
bound_memory() {
  local bytes=$((megabytes * 1000000))
  if [[ -f /sys/fs/cgroup/cgroup.controllers ]]; then
    group=/sys/fs/cgroup/imsearch-$$
    mkdir "$group" && echo "$bytes" > "$group/memory.max" &&
      echo 0 > "$group/memory.swap.max"
  else
    group=/sys/fs/cgroup/memory/imsearch-$$
    mkdir "$group" && echo "$bytes" > "$group/memory.limit_in_bytes"
  fi
}
bound_memory || {
  say "no memory control group can be made: are you root?"
  exit 1
}
inside() { # COMMAND…: runs it in the group
  (echo "$BASHPID" > "$group/cgroup.procs" && exec "$@")
}
trap 'rmdir "$group"' EXIT

# The most anonymous memory of the process, in kB.
most_anonymous() {
  local most=0 now
  while now=$(awk '/^RssAnon/ {print $2}' "/proc/$1/status" 2> /dev/null); do
    [[ -n $now ]] || break
    ((now > most)) && most=$now
    sleep 0.2
  done
  echo "$most"
}

echo "memory of the group: $megabytes MB"
began=$(date +%s.%N)
# Not by inside(), whose process would be the parent of this one.
(echo "$BASHPID" > "$group/cgroup.procs" &&
  exec "$bin/build-index" -n "$folder/names.txt" -o "$index" "$vectors") \
  2> "$folder/said" &
build=$!
anonymous=$(most_anonymous "$build")
wait "$build" || {
  cat "$folder/said" >&2
  exit 1
}
ended=$(date +%s.%N)
tr '\r' '\n' < "$folder/said" | grep 'needs' || true
awk -v b="$began" -v e="$ended" -v kb="$anonymous" -v n="$rows" 'BEGIN {
  printf "build: %.0f s, %.0f MB of memory, %.0f bytes a row\n",
    e - b, kb * 1.024e-3, kb * 1024 / n
  if (kb * 1024 / n > 750 + 3e7 / n) exit 1
}' || {
  say "more than 750 bytes a row"
  exit 1
}
stat -c 'index: %s bytes' "$index"
stat -Lc 'vectors: %s bytes' "$vectors"

echo
inside "$bin/eval-recall" -i "$index" --vectors "$folder/queries.bin" \
  --ef 24,38,64,128,256
echo
inside "$bin/bench" -i "$index" --vectors "$vectors.q" --ef 38
