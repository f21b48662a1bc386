#!/bin/bash
# `duplicates` beside other programs, on the same altered copies.
#
# usage: duplicates.sh [OPTION OF extract...]
#
# On the copies that scripts/check/duplicates.sh made in build/duplicates.
# Prints a table: of each program the share of copies that it finds, by kind,
# pairs of different photos that it takes for duplicates, and CPU seconds from
# image files to groups. Compared are, as far as they are installed:
# findimagedupes (Debian), at its default and at 98 %; czkawka_cli (crates.io),
# at its default, with larger distances, a better filter and smaller hashes,
# always with turned and mirrored images; imagehash and imagededup (PyPI), by
# their pHash at several distances. An exact join of features by Faiss (PyPI) is
# timed beside the join of the index. PYTHON says which Python has these; what
# is not installed is named on standard error.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "duplicates.sh: $*" >&2; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
root=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")
bin=$root/build/bin
python=${PYTHON:-/usr/bin/python3}
work=$root/build/duplicates
[[ -d $work/copies ]] || {
  say "no copies: run scripts/check/duplicates.sh first"
  exit 1
}
cd "$work"
mkdir -p peers
tables=()
seconds=()
add() {
  tables+=("$1=$2")
  seconds+=("$1"$'\t'"$3")
}
# timed COMMAND...: CPU seconds in $took.
timed() {
  local TIMEFORMAT='%U %S' spent
  { time "$@" 2>&3; } 3>&2 2>peers/time
  spent=$(tail -n 1 peers/time)
  took=$(awk -v a="${spent% *}" -v b="${spent#* }" 'BEGIN { printf "%.0f", a + b }')
}

ours() {
  "$bin/extract" -q "$@" -o peers/v.bin -n peers/n.txt copies &&
    "$bin/build-index" -q peers/v.bin -n peers/n.txt -o peers/v.index &&
    "$bin/duplicates" -q -i peers/v.index >peers/imsearch.tsv
}
timed ours "$@"
add imsearch peers/imsearch.tsv "$took"

# find_dupes PERCENT: a group a line, names separated by spaces.
find_dupes() {
  findimagedupes -R -q -t "$1" -f peers/fingerprints copies 2>/dev/null |
    awk '{ for (i = 1; i <= NF; ++i) print NR "\t" $i }' >"peers/fid-$1.tsv"
}
if command -v findimagedupes >/dev/null; then
  rm -f peers/fingerprints
  timed findimagedupes -R -q -n -f peers/fingerprints copies 2>/dev/null
  of_fingerprints=$took
  for percent in 90% 98%; do
    timed find_dupes "$percent"
    add "findimagedupes-$percent" "peers/fid-$percent.tsv" \
      $((of_fingerprints + took))
  done
else
  say "no findimagedupes: it is a package of Debian"
fi

# czkawka NAME OPTION...: without what earlier runs remembered.
czkawka() {
  local name=$1
  shift
  czkawka_cli image -d "$work/copies" -m 1 "$@" -H -N -W -C peers/czkawka.json \
    >/dev/null
  "$python" -c 'import json
for number, group in enumerate(json.load(open("peers/czkawka.json"))):
    for image in group:
        print(number, image["path"], sep="\t")' >"peers/$name.tsv"
}
if command -v czkawka_cli >/dev/null; then
  # Hashes of 256 bits (-c 16) or 64 (-c 8), of pictures made small by that
  # filter (-z), so many bits apart at most (-s).
  for options in "-c 16 -z Nearest -s 5" "-c 16 -z Nearest -s 20" \
    "-c 16 -z Lanczos3 -s 20" "-c 16 -z Lanczos3 -s 40" \
    "-c 8 -z Lanczos3 -s 5" "-c 8 -z Lanczos3 -s 10"; do
    read -ra options <<<"$options"
    name=czkawka-${options[1]}-${options[3]}-${options[5]}
    timed czkawka "$name" "${options[@]}" \
      --geometric-invariance mirror-flip-rotate90
    add "$name" "peers/$name.tsv" "$took"
  done
else
  say "no czkawka_cli: cargo install czkawka_cli brings it, with rustc 1.94"
fi

for library in imagehash imagededup; do
  "$python" -c "import $library" 2>/dev/null || {
    say "no $library: pip brings it; PYTHON says for which Python"
    continue
  }
  took=$("$python" "$root/scripts/compare/duplicates/hashes.py" "$library" \
    copies 0,2,4,6,8,10 "peers/$library")
  for bits in 0 2 4 6 8 10; do
    add "$library-$bits" "peers/$library.$bits" "$took"
  done
done

"$python" "$root/scripts/check/duplicate_table.py" copies "${tables[@]}"
printf '\nprogram\tcpu_seconds\n'
printf '%s\n' "${seconds[@]}"

if "$python" -c 'import faiss' 2>/dev/null; then
  echo
  "$python" "$root/scripts/compare/duplicates/join.py" fvecs.bin 0.90 \
    "$bin/../test-bin/duplicate-pairs" fvecs.bin.hnsw.index
fi
