#!/bin/bash
# Extract very many small images: how long listing them takes, how fast the run
# is all along, and whether its memory stays the same.
#
# usage: many-files.sh [COUNT [PERIOD]]     default: 100000 images, 20 s
#
# Makes the images in a temporary folder, 1000 to a folder, and removes them.
# Needs a build; uses the bundled weights. Prints two tables, tab-separated: of
# listing, and of the run, a line every PERIOD seconds. Fails if the memory at
# the end is more than 32 MB above that at the second line, or if there are fewer
# than three lines to tell it by.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "many-files.sh: $*" >&2; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -gt 2 ]]; then
  usage >&2
  exit 2
fi
count=${1:-100000}
period=${2:-20}

extract=$(dirname "$(readlink -f "$0")")/../../build/bin/extract
export IMSEARCH_WEIGHTS=
work=$(mktemp -d)
run=
clean_up() {
  [[ -z $run ]] || kill "$run" 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap clean_up EXIT
cd "$work"

say "making $count images of 16x16 pixels"
for ((i = 0; i < count; i++)); do
  ((i % 1000)) || mkdir -p "images/$((i / 1000))"
  printf -v pixels '%0256d' "$i"
  printf 'P5\n16 16\n255\n%s' "$pixels" >"images/$((i / 1000))/$i.pgm"
done

# All are listed, but the last shard of as many as there are has one image.
time_listing() {
  local before=${EPOCHREALTIME/[.,]/}
  "$extract" -q -o listed.bin -n listed.txt --shard "$count/$count" "$1"
  printf '%s\t%d\t%d\n' "$1" "$count" \
    $(((${EPOCHREALTIME/[.,]/} - before) / 1000))
}
printf 'input\timages\tms_to_list_them_and_extract_one\n'
time_listing images
time_listing 'images/**/*.pgm'

status_kb() { awk -v key="$1:" '$1 == key { print $2 }' "/proc/$run/status"; }
done_images() { echo $(($(stat -c %s fvecs.bin.part 2>/dev/null || echo 0) / 5120)); }

"$extract" -q images --json >summary.json &
run=$!
printf 'seconds\timages\timages_per_s\tmemory_mb\tpeak_mb\n'
lines=0
before=0
early_kb=
last_kb=
while sleep "$period" && [[ -e /proc/$run/exe ]]; do
  images=$(done_images)
  kb=$(status_kb VmRSS)
  peak_kb=$(status_kb VmHWM)
  [[ -n $kb && $images -gt 0 ]] || break
  lines=$((lines + 1))
  [[ $lines -ne 2 ]] || early_kb=$kb
  last_kb=$kb
  printf '%d\t%d\t%d\t%d\t%d\n' $((lines * period)) "$images" \
    $(((images - before) / period)) $((kb / 1024)) $((peak_kb / 1024))
  before=$images
done
wait "$run"
run=
cat summary.json
[[ $(wc -l <fnames.txt) -eq $count ]] || {
  say "$(wc -l <fnames.txt) names for $count images"
  exit 1
}
if ((lines < 3)); then
  say "$lines lines are too few to tell: give a smaller PERIOD or a greater COUNT"
  exit 1
fi
if ((last_kb > early_kb + 32768)); then
  say "memory grew from $early_kb kB to $last_kb kB"
  exit 1
fi
