#!/bin/bash
# Compare with what TensorFlow made of the same images, by its own decoder,
# resize and network: pixels to the bit, features to 1e-4 and a cosine of 0.999999.
#
# usage: golden.sh PHOTOS GOLDEN WEIGHTS
#
# GOLDEN holds images/, images.tsv and photos.tsv (columns as in
# tests/golden/images.tsv; names in photos.tsv are below PHOTOS) and images.f32
# and photos.f32: TensorFlow's features of the lines without an error, 1280
# float32 each. WEIGHTS is the Keras file that they were made with. Prints the
# figures and fails if one is out of bounds. Needs a build with tests.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -ne 3 ]]; then
  usage >&2
  exit 2
fi
photos=$1 golden=$2 weights=$3

bin=$(dirname "$(readlink -f "$0")")/../../build/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# Formats that TensorFlow's decode_jpeg refuses and imsearch reads.
extras='bmp.jpg|gif_two_frames.jpg|webp_named.jpg'

# pixels TABLE FOLDER: the hashes after decoding, resizing and preprocessing.
pixels() {
  tail -n +2 "$1" | cut -f 1-5 |
    awk -F '\t' -v OFS='\t' '$2 == "error" { print $1, $2; next } 1' >"$work/theirs"
  cut -f 1 "$work/theirs" | "$bin/../test-bin/pixel-hashes" tensorflow "$2" >"$work/ours"
  awk -F '\t' -v extras="^($extras)\$" -v table="$(basename "$1")" '
    NR == FNR { ours[$1] = $0; next }
    ours[$1] == $0 { $2 == "error" ? refused++ : equal++; next }
    $2 == "error" && $1 ~ extras { extra++; next }
    { different++; print table ": " $1 " differs" }
    END {
      print "table\tequal\trefused_by_both\textra\tdifferent"
      printf "%s\t%d\t%d\t%d\t%d\n", table, equal, refused, extra, different
      exit different > 0
    }' "$work/ours" "$work/theirs" || failed=1
}

# features TABLE FOLDER ROWS
features() {
  tail -n +2 "$1" | awk -F '\t' -v folder="$2" '
    $2 != "error" { print folder "/" $1 }' >"$work/list"
  "$bin/extract" --quiet --strict --weights "$weights" -o "$work/fvecs.bin" \
    -n "$work/fnames.txt" --files-from "$work/list"
  "$bin/../test-bin/compare-rows" "$work/fvecs.bin" "$3" 1280 1e-4 0.999999 || failed=1
}

pixels "$golden/images.tsv" "$golden/images"
features "$golden/images.tsv" "$golden/images" "$golden/images.f32"
pixels "$golden/photos.tsv" "$photos"
features "$golden/photos.tsv" "$photos" "$golden/photos.f32"
exit "$failed"
