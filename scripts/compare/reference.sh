#!/bin/bash
# The experiment that imsearch began with, as a whole: photos to features, an
# index of them, and its author's table of searches.
#
# usage: reference.sh [--images N] [--weights FILE] [--memory GB] PHOTOS
#
# Makes N images (200,000 unless given) of the photos in the folder PHOTOS, by
# parts, mirror images and colours (reference/vary_photos.py), 2,000 at a time:
# no more are ever on the disk. Extracts each lot and adds it to the vectors,
# builds the index, and asks 100 photos that no image was made of. FILE is what
# extract --weights takes, keras unless given. All programs run inside a memory
# control group of GB (16 unless given), where the system lets one be made.
#
# Prints two tables, tab-separated: for each step its seconds, CPU seconds, peak
# of resident memory in MB (mapped pages count) and the MB of what it wrote; and
# the searches, exact and by the index, as eval-recall prints them: single is a
# query a call on one thread, batch all 100 in one call on all threads. Making
# the images is in neither. Works in build/reference; stopped, it goes on where
# it was. 200,000 images take some half an hour on 2 cores, and 1.5 GB of disk.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "reference.sh: $*" >&2; }

source=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")
images=200000 weights=keras gigabytes=16
arguments=("$@")
while [[ $# -gt 1 ]]; do
  case $1 in
    --images) images=$2 && shift 2 ;;
    --weights) weights=$2 && shift 2 ;;
    --memory) gigabytes=$2 && shift 2 ;;
    *) break ;;
  esac
done
case ${1:-} in
  -h | --help) usage && exit ;;
esac
[[ $# -eq 1 && -d $1 && $images =~ ^[1-9][0-9]*$ && $gigabytes =~ ^[1-9][0-9]*$ ]] || {
  usage >&2
  exit 2
}
# Once more from the start, now within bounded memory.
if [[ -z ${REFERENCE_BOUNDED:-} ]]; then
  export REFERENCE_BOUNDED=1
  exec "$source/scripts/compare/bounded.sh" "$gigabytes" "$0" "${arguments[@]}"
fi

bin=$source/build/bin
[[ -x $bin/extract ]] || {
  say "$bin/extract: not built: run scripts/quickstart.sh"
  exit 1
}
photos=$(readlink -f "$1")
[[ ! -f $weights ]] || weights=$(readlink -f "$weights")
readonly kLot=2000
work=$source/build/reference
mkdir -p "$work"
cd "$work"
vary() { /usr/bin/python3 "$source/scripts/compare/reference/vary_photos.py" "$@"; }
measured() { /usr/bin/python3 "$source/scripts/compare/reference/measured.py" "$@"; }

said="$images $weights $photos"
if [[ ! -f run || $(<run) != "$said" ]]; then
  rm -rf images lots.tsv steps.tsv fvecs.bin* fnames.txt* queries*
  echo "$said" > run
  vary --count 0 "$photos" queries
  "$bin/extract" -q --weights "$weights" -o queries.bin -n queries.txt queries
fi

# The names are those of the lots, which are gone when the next one comes.
first=0
[[ ! -f fnames.txt ]] || first=$(wc -l < fnames.txt)
while ((first < images)); do
  count=$((images - first < kLot ? images - first : kLot))
  rm -rf images
  vary --first "$first" --count "$count" "$photos" images
  append=()
  [[ ! -f fnames.txt ]] || append=(--append)
  measured lots.tsv extract "$bin/extract" -q --weights "$weights" "${append[@]}" images
  first=$((first + count))
  say "$first of $images images"
done
rm -rf images

measured built.tsv build-index "$bin/build-index" -q
megabytes() { stat -c %s "$@" | awk '{ all += $1 } END { printf "%.0f", all / 1e6 }'; }
{
  printf 'step\tseconds\tcpu_seconds\tpeak_mb\twritten_mb\n'
  awk -F '\t' -v OFS='\t' -v mb="$(megabytes fvecs.bin fnames.txt)" '
    { wall += $2; cpu += $3; if ($4 > peak) peak = $4 }
    END { print "extract", wall, cpu, peak, mb }' lots.tsv
  tail -n 1 built.tsv | awk -v OFS='\t' -v mb="$(megabytes fvecs.bin.hnsw.index)" '{ print $0, mb }'
  measured asked.tsv query "$bin/query" -q "$(find queries -type f | sort | sed -n 1p)" > /dev/null
  tail -n 1 asked.tsv | awk -v OFS='\t' '{ print $0, 0 }'
} > steps.tsv
cat steps.tsv
echo
"$bin/eval-recall" --vectors queries.bin --ef 24,38,64,128,256
