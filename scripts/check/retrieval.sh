#!/bin/bash
# How well features tell classes of photos apart: for each photo, the share of
# its 10 nearest others, and of its nearest one, that are of its class.
#
# usage: retrieval.sh FOLDER WEIGHTS [PRECISION]
#
# FOLDER holds the photos (.jpg) at any depth, and the name of the folder that a
# photo is in is its class. WEIGHTS is what extract --weights takes. PRECISION is
# float32, the default, or int8: then float32 is measured as well, and how many of
# the 10 nearest are the same. Prints a table, tab-separated; the files made on
# the way are removed.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -ne 2 && $# -ne 3 ]]; then
  usage >&2
  exit 2
fi

bin=$(dirname "$(readlink -f "$0")")/../../build/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# An indexed image is not among its own answers: query, rank, similarity, name.
answers_of() {
  local precision=$1
  "$bin/extract" -o "$work/fvecs.bin" -n "$work/fnames.txt" --weights "$2" \
    --precision "$precision" "$3/**/*.jpg"
  "$bin/build-index" -n "$work/fnames.txt" -o "$work/index" "$work/fvecs.bin"
  sed 's/^/--like=/' "$work/fnames.txt" | tr '\n' '\0' |
    xargs -0 "$bin/query" -i "$work/index" -k 10 >"$work/$precision"
}

precisions=(float32)
[[ ${3:-float32} == float32 ]] || precisions+=("$3")
printf 'precision\tphotos\tsame_class_of_10\tsame_class_of_1\tsame_as_float32\n'
for precision in "${precisions[@]}"; do
  answers_of "$precision" "$2" "$1"
  awk -F '\t' -v precision="$precision" '
    function class(name, parts, n) {
      n = split(name, parts, "/")
      return parts[n - 1]
    }
    NR == FNR { exact[$1 FS $4]; next }
    {
      same = class($1) == class($4)
      all++
      all_same += same
      kept += ($1 FS $4) in exact
      if ($2 == 1) { first++; first_same += same }
    }
    END {
      printf "%s\t%d\t%.4f\t%.4f\t%.4f\n", precision, first,
        all_same / all, first_same / first, kept / all
    }' "$work/float32" "$work/$precision"
done
