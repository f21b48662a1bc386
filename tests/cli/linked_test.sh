#!/bin/bash
# What is slow to load is loaded only by the tools that use it: libtorch, whose
# start costs most of a second, by extract-torch; libcurl, which would cost query
# more than all the rest of its start, by those that ask services.
set -euo pipefail

failures=0
complain() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

loads() {
  local libraries
  libraries=$(ldd "$IMSEARCH_BIN/$1") || complain "no libraries of $1"
  [[ $libraries == *"$2"* ]]
}

for tool in extract build-index query query-service eval-recall bench push serve; do
  echo "$tool loads no libtorch"
  ! loads "$tool" libtorch || complain "$tool is linked with libtorch"
done
if [[ -e $IMSEARCH_BIN/extract-torch ]]; then
  echo "extract-torch loads it"
  loads extract-torch libtorch || complain "extract-torch is not linked with it"
fi

# extract has it from HDF5, which reads files over networks, too.
for tool in build-index query serve; do
  echo "$tool loads no libcurl"
  ! loads "$tool" libcurl || complain "$tool is linked with libcurl"
done
echo "query-service loads it"
loads query-service libcurl || complain "query-service is not linked with it"

# Decoders of the rarer formats are loaded by who meets one of their files.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
loads_for() {
  LD_DEBUG=files "$IMSEARCH_BIN/extract" -q --weights demo -o "$scratch/v.bin" \
    -n "$scratch/n.txt" "$1" 2>&1 | grep "file=$2.*dynamically loaded" >/dev/null
}
echo "extract loads libheif, libtiff and libjxl for their files alone"
formats=$IMSEARCH_SOURCE/tests/golden/formats
for library in libheif libtiff libjxl; do
  ! loads extract "$library" || complain "extract is linked with $library"
  ! loads query "$library" || complain "query is linked with $library"
  ! loads_for "$IMSEARCH_SOURCE/tests/golden/images/s444.jpg" "$library" ||
    complain "extract loads $library for a JPEG"
done
loads_for "$formats/rgb.tif" libtiff || complain "TIFF without libtiff"
echo "libarchive is loaded for archives alone"
for tool in extract query update; do
  ! loads "$tool" libarchive || complain "$tool is linked with libarchive"
done
! loads_for "$IMSEARCH_SOURCE/tests/golden/images/s444.jpg" libarchive ||
  complain "extract loads libarchive for a JPEG"
loads_for "$IMSEARCH_SOURCE/tests/golden/archives/solid.7z" libarchive ||
  complain "7z without libarchive"

echo "extract is not linked with the index"
# Names of functions stay in a binary that is not stripped.
[[ $(nm -C "$IMSEARCH_BIN/query" | grep -c 'imsearch::Searcher::') -gt 0 ]] ||
  complain "query has no Searcher: this test looks for the wrong name"
[[ $(nm -C "$IMSEARCH_BIN/extract" | grep -c 'imsearch::Searcher::') -eq 0 ]] ||
  complain "extract is linked with the index"

exit $((failures > 0))
