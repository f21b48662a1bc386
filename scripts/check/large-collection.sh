#!/bin/bash
# What little costs where there is much: 100 new photos, and 10 that are deleted,
# in a collection of a million.
#
# usage: large-collection.sh [--rows ROWS] [--rounds N] PHOTOS FOLDER
#
# FOLDER gets a collection of ROWS (1,000,000 unless given) images that are made
# up: small files, vectors that are mixtures of those of PHOTOS, a ledger that fits
# them, and an index. One that is there already is taken. Then come N (3) rounds,
# each with the system's memory of files dropped before (as root; else only warm
# ones) and then warm:
#
#   delete   build-index --delete of 10 images
#   append   build-index --append, after extract --append of 100 of PHOTOS
#   update   update, after 100 more came; extract, of these alone, says what of
#            that time is extraction
#
# Prints a line for each: what, seconds, MB read from the disk, MB written. Needs
# some 12 kB of disk a row, and numpy (Debian: python3-numpy).
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "large-collection.sh: $*" >&2; }

rows=1000000 rounds=3
while [[ ${1:-} == -* ]]; do
  case $1 in
    --rows) rows=${2:-} ;;
    --rounds) rounds=${2:-} ;;
    -h | --help) usage && exit ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift $(($# < 2 ? $# : 2))
done
[[ $# -eq 2 && $rows =~ ^[1-9][0-9]*$ && $rounds =~ ^[1-9][0-9]*$ ]] || {
  usage >&2
  exit 2
}
photos=$(realpath "$1")
source=$(dirname "$(readlink -f "$0")")/../..
export PATH=${IMSEARCH_BIN:-$(realpath "$source")/build/bin}:$PATH
mkdir -p "$2"
cd "$2"

mapfile -t later < <(find "$photos" -name '*.jpg' | sort)
((${#later[@]} >= 400 * rounds)) ||
  say "fewer than $((400 * rounds)) photos: some come again"
mkdir -p one
if [[ ! -f one/fvecs.bin ]]; then
  say "extracting ${#later[@]} photos"
  printf '%s\n' "${later[@]}" |
    extract -q --files-from - -o one/fvecs.bin -n one/fnames.txt
fi
if [[ ! -f fvecs.bin.ledger.tsv ]]; then
  say "making $rows files, their vectors and their ledger"
  PYTHONPATH=$(realpath "$source")/scripts/check PYTHONDONTWRITEBYTECODE=1 \
    /usr/bin/python3 - "$rows" <<'END'
import json
import os
import sys

import numpy

from made_up import write_folders

count = int(sys.argv[1])
photos = numpy.fromfile("one/fvecs.bin", "<f4").reshape(-1, 1280)
numbers = numpy.random.default_rng(1)
with open("fvecs.bin", "wb") as out:
    for first in range(0, count, 1000):
        many = min(1000, count - first)
        weights = numbers.dirichlet([0.3] * 3, many).astype("f4")
        rows = sum(weights[:, i, None] *
                   photos[numbers.integers(len(photos), size=many)]
                   for i in range(3))
        noise = numbers.standard_normal(rows.shape, dtype="f4")
        out.write((rows * (1 + 0.1 * noise)).astype("<f4").tobytes())
with open("one/fvecs.bin.ledger.tsv") as one:
    columns = one.readline().rstrip("\n")
with open("new.tsv", "w") as ledger:
    ledger.write(columns + "\n")
    ledger.writelines(write_folders(count, columns.split("\t")))
with open("one/fvecs.bin.json") as one:
    sidecar = json.load(one)
sidecar["rows"] = count
del sidecar["list"]
with open("fvecs.bin.json", "w") as out:
    json.dump(sidecar, out)
os.rename("new.tsv", "fvecs.bin.ledger.tsv")
END
fi
if [[ ! -f fvecs.bin.hnsw.index ]]; then
  say "building the index"
  build-index
fi
update -q p

next=0
photos_to() { # FOLDER: 100 more
  mkdir -p "$1"
  for ((i = 0; i < 100; ++i, ++next)); do
    cp "${later[next % ${#later[@]}]}" "$1/$next.jpg"
  done
}
names_to() { # FILE: of 10 images that are there
  for ((i = 0; i < 10; ++i, ++next)); do
    printf 'p/%04d/%07d.jpg\n' $((next * 997 % rows / 1000)) \
      $((next * 997 % rows))
  done > "$1"
}
temper() { # cold or warm
  sync
  [[ $1 == warm ]] || echo 3 > /proc/sys/vm/drop_caches
}
measure() { # WHAT COMMAND…
  local what=$1 said
  shift
  said=$(/usr/bin/time -f '%e %I %O' "$@" 2>&1 >/dev/null) || {
    echo "$said" >&2
    return 1
  }
  awk -v what="$what" 'END { printf "%s\t%.2f\t%.1f\t%.1f\n", what, $1,
    $2 * 512e-6, $3 * 512e-6 }' <<< "$said"
}
tempers='warm'
[[ ! -w /proc/sys/vm/drop_caches ]] || tempers='cold warm'

printf 'what\tseconds\tMB_read\tMB_written\n'
for ((round = 0; round < rounds; ++round)); do
  for temper in $tempers; do
    names_to gone
    temper "$temper"
    measure "$temper delete" build-index -q --delete gone
    folder=p/a-$(date +%s%N)
    photos_to "$folder"
    find "$folder" -name '*.jpg' | sort |
      extract -q --append --files-from -
    temper "$temper"
    measure "$temper append" build-index -q --append
    folder=p/u-$(date +%s%N)
    photos_to "$folder"
    temper "$temper"
    measure "$temper update" update -q
    temper "$temper"
    measure "$temper extract" extract -q --force -o one/v -n one/n "$folder"
  done
done
