#!/bin/bash
# What an update costs where nothing has changed: COUNT small files, vectors of
# 8 values and a ledger that fits them, against find(1) on the same tree.
#
# usage: update-cost.sh [COUNT [ROUNDS]]
#
# Prints a line for each round (seconds of find, of update and of update
# --dry-run, and the peak memory of update in MB) and the medians' ratio. COUNT
# is a million unless given, which takes 4 GB of disk and some minutes.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
case ${1:-} in
  -h | --help) usage && exit ;;
esac
count=${1:-1000000}
rounds=${2:-3}
here=$(dirname "$(readlink -f "$0")")
export PATH=${IMSEARCH_BIN:-$here/../../build/bin}:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 python3 - "$count" <<'END'
import json
import random
import struct
import sys

from made_up import COLUMNS, write_folders

count = int(sys.argv[1])
rng = random.Random(1)
with open("fvecs.bin", "wb") as vectors, \
        open("fvecs.bin.ledger.tsv", "w") as ledger:
    ledger.write("\t".join(COLUMNS) + "\n")
    for line in write_folders(count):
        ledger.write(line)
        vectors.write(struct.pack("8f", *(rng.gauss(0, 1) for _ in range(8))))
model = {"architecture": "mobilenet_v2", "variant": "keras", "weights": "w",
         "weights_sha256": "0" * 64, "input_size": 224,
         "preprocessing": "none", "exif": False}
with open("fvecs.bin.json", "w") as sidecar:
    json.dump({"dim": 8, "rows": count, "model": model,
               "imsearch": "1.0.0"}, sidecar)
END
head -c 300 fvecs.bin.json >&2
build-index -q --ef-construction 16 -M 8
update -q p >/dev/null

seconds_of() {
  local begin end
  begin=$(date +%s%N)
  "$@" >/dev/null
  end=$(date +%s%N)
  echo $(((end - begin) / 1000000))
}
printf 'find_ms\tupdate_ms\tdry_run_ms\tupdate_MB\n'
for _ in $(seq "$rounds"); do
  found=$(seconds_of find p -printf '%s %T@ %p\n')
  updated=$(seconds_of update -q)
  dry=$(seconds_of update -q --dry-run)
  memory=$(/usr/bin/time -f %M update -q 2>&1 | tail -1)
  printf '%d\t%d\t%d\t%d\n' "$found" "$updated" "$dry" $((memory / 1000))
done | tee rounds.tsv
median() { cut -f "$1" rounds.tsv | sort -n | sed -n "$((rounds / 2 + 1))p"; }
awk -v a="$(median 1)" -v b="$(median 2)" \
  'BEGIN { printf "update / find: %.2f\n", b / a }'
