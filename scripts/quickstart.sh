#!/bin/bash
# From a folder of photos to similar ones found, in one command.
#
# usage: quickstart.sh [GLOB]
#
# Installs the Debian packages that are missing (with sudo when not root),
# builds the tools, extracts the features of the images that the quoted GLOB
# matches (default: the pictures in data/photos), builds an index, and asks it
# for what is most similar to some of them. Leaves sheet.jpg, a picture of the
# answers, with the other files in build/quickstart of the source folder.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -gt 1 ]]; then
  echo "quickstart.sh: $# arguments: put the pattern in quotes" >&2
  exit 2
fi

source=$(dirname "$(dirname "$(readlink -f "$0")")")
bin=$source/build/bin
out=$source/build/quickstart
queries=6

# What the build takes: CPU seconds, measured, and disk.
cpu_seconds=230
megabytes=70

say() { echo "quickstart.sh: $*" >&2; }

say "three steps: packages of Debian that are missing (some 130 MB to" \
  "download and 550 MB of disk where all are), a build (about" \
  "$(((cpu_seconds / $(nproc) + 30) / 60 + 1)) min on $(nproc) cores, $megabytes MB)," \
  "and the search itself (seconds)"
say "1 of 3: packages"
"$source/scripts/install-packages.sh" build formats
say "2 of 3: build"
(
  cd "$source"
  cmake --preset release -DIMSEARCH_BUILD_TESTS=OFF --log-level=WARNING
  cmake --build build
) >&2

say "3 of 3: extract, build-index, query"
# Names stay as short as the pattern that was given.
if [[ $# -eq 1 ]]; then
  images=$1
else
  cd "$source"
  images='data/photos/**/*.jpg'
fi
mkdir -p "$out"
names=$out/fnames.txt
index=$out/fvecs.bin.hnsw.index

# Shows a command as one would type it, then runs it.
show() {
  local word line=
  for word in "${@/#$bin\//}"; do
    [[ $word =~ ^[[:alnum:]_./-]+$ ]] || word=${word@Q}
    line+=" $word"
  done
  printf '\n$%s\n' "$line" >&2
  "$@"
}

# An earlier run's index, maybe of other pictures, would make extract ask for
# --force.
rm -f "$index"
show "$bin/extract" -o "$out/fvecs.bin" -n "$names" "$images"
show "$bin/build-index" "$out/fvecs.bin"

# Some pictures, spread over the list.
mapfile -t photos < <(awk -v want="$queries" '
  { name[NR] = $0 }
  END {
    count = NR < want ? NR : want
    for (i = 0; i < count; i++) print name[1 + int((i + 0.5) * NR / count)]
  }' "$names")
show "$bin/query" -i "$index" -k 6 --sheet "$out/sheet.jpg" -- "${photos[@]}"

echo >&2
echo "Done. Files in $out:" >&2
ls -l "$out" >&2
echo "The answers as a picture: $out/sheet.jpg" >&2
