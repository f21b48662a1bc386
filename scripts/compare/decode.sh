#!/bin/bash
# Measure how fast photos become the network's input: decoded and resized to
# 224 x 224, by imsearch and by what others use.
#
# usage: decode.sh [--rounds N] PHOTOS
#
# PHOTOS is a folder of JPEG files. Prints tab-separated, with a header:
#
#   program        imsearch also reads each file's hash and the perceptual hash
#   cpu_ms         user and system time of a photo in one thread: the median of
#                  N turns (default 3), each the median of 3 rounds over all
#                  photos
#   ratio_to_ours
#
# The programs take turns, so that a change in the machine's speed meets all
# alike. What each makes of a photo is not the same picture: imsearch and OpenCV
# mix 4 pixels, and so do simplejpeg's pixels, resized by OpenCV, and
# torchvision's, resized by PyTorch; Pillow's resize reads all pixels, and with
# draft() those of a picture decoded at an eighth or a quarter of its size.
#
# Pillow, simplejpeg and OpenCV are installed from PyPI, once, below the build
# folder; torchvision is Debian's. What cannot be had is left out. Needs a build
# with tests.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "decode.sh: $*" >&2; }
fail() {
  say "$*"
  exit 1
}

rounds=3
case ${1:-} in
  -h | --help) usage && exit ;;
  --rounds)
    rounds=${2:-}
    shift 2 || true
    ;;
esac
if [[ $# -ne 1 || ! $rounds =~ ^[1-9][0-9]*$ ]]; then
  usage >&2
  exit 2
fi
[[ -d $1 ]] || fail "$1: no folder"

source=$(dirname "$(readlink -f "$0")")/../..
ours=$source/build/test-bin/load-inputs
peers=$source/scripts/compare/decode/peers.py
cache=$source/build/compare-decode
[[ -x $ours ]] || fail "$ours: not built: run scripts/test.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find "$1" -type f -iname '*.jp*g' | sort >"$work/paths"
[[ -s $work/paths ]] || fail "$1: no JPEG files"

[[ -x $cache/venv/bin/python ]] || /usr/bin/python3 -m venv "$cache/venv"
"$cache/venv/bin/python" -m pip install --quiet --only-binary :all: \
  pillow simplejpeg opencv-python-headless >&2 ||
  say "some packages of PyPI cannot be had"

# measure PROGRAM COMMAND...: what the command prints becomes a turn.
measure() {
  local time status=0
  time=$("${@:2}" <"$work/paths") || status=$?
  [[ $status -eq 3 ]] && return
  [[ $status -eq 0 ]] || fail "$1: failed"
  printf '%s\t%s\n' "$1" "$time" >>"$work/turns"
  say "turn $turn of $rounds: $1: $time ms"
}

for ((turn = 1; turn <= rounds; ++turn)); do
  measure imsearch "$ours" 3
  for name in pillow pillow_draft opencv simplejpeg; do
    measure "$name" "$cache/venv/bin/python" "$peers" "$name" 3
  done
  measure torchvision /usr/bin/python3 "$peers" torchvision 3
done

sort -t $'\t' -k 1,1 -k 2,2n "$work/turns" | awk -F '\t' -v OFS='\t' '
  { times[$1, ++count[$1]] = $2 }
  END {
    print "program", "cpu_ms", "ratio_to_ours"
    for (name in count) median[name] = times[name, int((count[name] + 1) / 2)]
    for (name in median)
      printf "%s\t%.1f\t%.2f\n", name, median[name],
        median[name] / median["imsearch"] | "sort -t \"\t\" -k 2,2n"
  }'
