#!/bin/bash
# Check that what PyTorch writes is read right: torchvision's MobileNetV2 with
# random weights, saved by torch.save in both containers and in several ways,
# gives the same features, to the byte, as the same numbers in safetensors.
#
# usage: pth.sh [FOLDER]
#
# FOLDER holds the photos (.jpg), at any depth; default data/photos. Needs a
# build. Prints a table, tab-separated, and fails if any features differ.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -gt 1 ]]; then
  usage >&2
  exit 2
fi

root=$(dirname "$(readlink -f "$0")")/../..
photos=${1:-$root/data/photos}
"$root/scripts/install-packages.sh" check
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Debian's, whatever other Python comes first in the path.
/usr/bin/python3 "$root/scripts/check/pth.py" "$work"

features() {
  "$root/build/bin/extract" --quiet --weights "$1" -o "$1.bin" -n "$1.txt" \
    "$photos/**/*.jpg"
}

failed=0
features "$work/reference.safetensors"
rows=$(wc -l <"$work/reference.safetensors.txt")
printf 'file\tbytes\tphotos\tequal\n'
for file in "$work"/*.pth; do
  features "$file"
  equal=yes
  cmp -s "$file.bin" "$work/reference.safetensors.bin" || equal=no failed=1
  printf '%s\t%d\t%d\t%s\n' "${file##*/}" "$(stat -c %s "$file")" "$rows" $equal
done
exit $failed
