#!/bin/bash
# How well features tell classes of photos apart: for each photo, the share of
# its 10 nearest others, and of its nearest one, that are of its class.
#
# usage: retrieval.sh FOLDER WEIGHTS
#
# FOLDER holds the photos (.jpg) at any depth, and the name of the folder that a
# photo is in is its class. WEIGHTS is what extract --weights takes. Prints a
# table, tab-separated; the files made on the way are removed.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -ne 2 ]]; then
  usage >&2
  exit 2
fi

bin=$(dirname "$(readlink -f "$0")")/../../build/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$bin/extract" -o "$work/fvecs.bin" -n "$work/fnames.txt" --weights "$2" \
  "$1/**/*.jpg"
"$bin/build-index" -n "$work/fnames.txt" -o "$work/index" "$work/fvecs.bin"

# An indexed image is not among its own answers: query, rank, similarity, name.
sed 's/^/--like=/' "$work/fnames.txt" | tr '\n' '\0' |
  xargs -0 "$bin/query" -i "$work/index" -k 10 >"$work/answers"

awk -F '\t' '
  function class(name, parts, n) {
    n = split(name, parts, "/")
    return parts[n - 1]
  }
  {
    same = class($1) == class($4)
    all++
    all_same += same
    if ($2 == 1) { first++; first_same += same }
  }
  END {
    print "photos\tsame_class_of_10\tsame_class_of_1"
    printf "%d\t%.4f\t%.4f\n", first, all_same / all, first_same / first
  }' "$work/answers"
