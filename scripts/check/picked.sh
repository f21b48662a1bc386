#!/bin/bash
# Compare what extract picks from large photos while they are decoded with what
# decoding all of their pixels gives: pixels, the network's input and the
# perceptual hash, to the bit, and in all eight orientations of EXIF.
#
# usage: picked.sh [FOLDER] [COUNT]
#
# FOLDER has photos. COUNT (default: 500) JPEG files are made besides, of random
# sizes, samplings, colours, qualities and restart intervals. Prints what differs
# and fails if anything does. Needs a build with tests.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -gt 2 ]]; then
  usage >&2
  exit 2
fi
folder=${1:-} count=${2:-500}

here=$(dirname "$(readlink -f "$0")")
if [[ -n $folder ]]; then
  find "$folder" -type f -regextype posix-extended \
    -iregex '.*\.(jpe?g|png|webp|gif|bmp)' | sort
fi | "$here/../../build/test-bin/picked-pixels" "$count"
