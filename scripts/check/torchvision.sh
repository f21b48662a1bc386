#!/bin/bash
# Compare the torchvision variant with torchvision itself, on real photos: its
# own preset of transforms on Pillow, and its MobileNetV2.
#
# usage: torchvision.sh FOLDER [COUNT [RESIZE]]
#
# Takes COUNT photos (200) spread over the .jpg files in FOLDER, pictures of odd
# sizes that it draws, and the pixels alone of all images of tests/golden that
# Pillow opens. The weights are random. RESIZE is 256, the preset's first, or 232. Prints how many
# images' pixels are equal after decoding and after preprocessing, the names of
# the others, and how far the features are apart; fails where a photo's or a
# drawn picture's pixels differ, or features by more than 1e-4. Needs a build
# with tests, python3-torchvision and python3-pil.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -lt 1 || $# -gt 3 ]]; then
  usage >&2
  exit 2
fi
folder=$1 count=${2:-200} resize=${3:-256}

root=$(dirname "$(readlink -f "$0")")/../..
bin=$root/build/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

find "$(readlink -f "$folder")" -name '*.jpg' -type f | sort |
  awk -v count="$count" '
    { names[NR] = $0 }
    END { for (i = 0; i < count && i < NR; ++i) print names[1 + int(i * NR / count)] }
  ' >"$work/photos"

/usr/bin/python3 "$root/scripts/check/torchvision.py" "$resize" "$work" \
  "$root/tests/golden/images"

# The table of run_torchvision.py: path, size, decoded, "-", preprocessed.
cut -f 1 "$work/table" | "$bin/../test-bin/pixel-hashes" "pillow-$resize" / >"$work/ours"
awk -F '\t' '
  NR == FNR { size[$1] = $2; rgb[$1] = $3; input[$1] = $5; next }
  {
    kind = $1 ~ /\/golden\/images\// ? "golden" : $1 ~ /\/odd\// ? "odd sizes" : "photos"
    all[kind]++
    decoded[kind] += rgb[$1] == $3 && size[$1] == $2
    same = input[$1] == $5
    preprocessed[kind] += same
    if (!same) print "differs: " $1
    if (!same && kind != "golden") bad = 1
  }
  END {
    print "images\tcount\tdecoded_equal\tpreprocessed_equal"
    for (kind in all)
      printf "%s\t%d\t%d\t%d\n", kind, all[kind], decoded[kind], preprocessed[kind]
    exit bad
  }' "$work/ours" "$work/table" || failed=1

"$bin/extract" --quiet --strict --weights "$work/weights.safetensors" \
  -o "$work/fvecs.bin" -n "$work/fnames.txt" --files-from "$work/list"
"$bin/../test-bin/compare-rows" "$work/fvecs.bin" "$work/features.f32" 1280 1e-4 0.999999 ||
  failed=1
exit "$failed"
