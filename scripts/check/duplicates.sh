#!/bin/bash
# What `duplicates` finds of altered copies of photos, and what it takes for
# copies that are none.
#
# usage: duplicates.sh [--set 1|2] [--altered N] [OPTION OF extract...] PHOTOS
#
# Makes copies of the first N (600) photos of a folder, in an order by a fixed
# seed: 15 kinds of them, or 12 others with --set 2 (duplicate_copies.py).
# Extracts all with the options given (--weights keras), and prints two tables:
# how many copies are in a group with their original, by kind, and how many
# pairs of different photos are in one, for the default, --loose and --strict,
# and for a range of thresholds; then, where these are known, how many groups
# there are in photos that are no copies at all. Photos that are near-copies of
# each other in your folder count as false here: look at the groups, which stay
# in build/duplicates. Needs a build and python3-pil; 600 photos take some
# minutes and 500 MB.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

set=1 altered=600 options=()
while [[ $# -gt 1 ]]; do
  case $1 in
    --set) set=$2 && shift 2 ;;
    --altered) altered=$2 && shift 2 ;;
    *) options+=("$1") && shift ;;
  esac
done
case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -ne 1 || ! -d $1 ]]; then
  usage >&2
  exit 2
fi
photos=$(readlink -f "$1")
root=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")
bin=$root/build/bin
python=${PYTHON:-/usr/bin/python3}
work=$root/build/duplicates
rm -rf "$work"
mkdir -p "$work"

"$python" "$root/scripts/check/duplicate_copies.py" --set "$set" \
  --altered "$altered" "$photos" "$work/copies"
cd "$work"
"$bin/extract" -q "${options[@]}" copies
"$bin/build-index" -q

tables=()
# table NAME OPTION...: the groups that these options give, unless the network
# is unknown and has no default.
table() {
  local name=$1 status=0
  shift
  "$bin/duplicates" -q "$@" >"$name.tsv" || status=$?
  case $status in
    0) tables+=("$name=$name.tsv") ;;
    2) echo "duplicates.sh: no $name for this network" >&2 ;;
    *) exit "$status" ;;
  esac
}
table default
table loose --loose
table strict --strict
for threshold in .86 .88 .90 .92 .93 .94 .95 .96 .97 .98 .985 .99 .995 .998; do
  table "$threshold" --threshold "$threshold"
done
"$python" "$root/scripts/check/duplicate_table.py" copies "${tables[@]}"
