#!/bin/bash
# Build for 64-bit ARM on an x86-64 machine and run what can be run of it under
# qemu: all unit tests, the arithmetic under each kernel table, and the main job.
#
# usage: arm64.sh [FOLDER]
#
# Prints
#   - that the features of data/photos are the same bytes as those of build/bin,
#     and the answers the same lines;
#   - the instructions that one distance takes, by table: scalar, neon, and
#     neon-dotprod. No speed is measured: an emulator's says nothing.
#
# The libraries for ARM are unpacked in FOLDER (default: build-aarch64/root, kept
# between runs; 250 MB). Needs build/bin and a network the first time.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "arm64.sh: $*" >&2; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
source=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
cd "$source"
root=$(realpath -m "${1:-build-aarch64/root}")
scripts/install-packages.sh arm64

# The same libraries as on x86-64; what is for every machine comes along, since
# CMake looks for all of it there.
if [[ ! -e $root/usr/include/oneapi ]]; then
  mapfile -t libraries < <(awk '$2 == "build" && $1 ~ /-dev$|^fonts-/ \
    { print $1 }' scripts/packages.txt)
  list=$(IFS=, && echo "libc6-dev,libstdc++-12-dev,libgomp1,doctest-dev,${libraries[*]}")
  say "unpacking libraries in $root"
  mkdir -p "$root"
  mmdebstrap --quiet --architectures=arm64 --variant=extract --include="$list" \
    bookworm "$root"
fi

export IMSEARCH_ARM64_ROOT=$root
cmake --preset aarch64 -DIMSEARCH_BUILD_TESTS=ON --log-level=WARNING
cmake --build build-aarch64
ctest --preset aarch64 --no-tests=error -L unit -j"$(nproc)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
arm() { qemu-aarch64-static -L "$root" "build-aarch64/bin/$1" "${@:2}"; }
x86() { "build/bin/$1" "${@:2}"; }

for cpu in arm x86; do
  "$cpu" extract -q --weights demo -o "$work/$cpu.bin" -n "$work/$cpu.txt" \
    data/photos
  "$cpu" build-index "$work/$cpu.bin" -n "$work/$cpu.txt" 2>/dev/null
  "$cpu" query -i "$work/$cpu.bin.hnsw.index" --id 3 2>/dev/null \
    >"$work/$cpu.answers"
done
if cmp -s "$work/arm.bin" "$work/x86.bin"; then
  echo "features: the same bytes"
else
  build/test-bin/compare-rows "$work/arm.bin" "$work/x86.bin" 1280 1e-4 0.99999
fi
cmp -s "$work/arm.answers" "$work/x86.answers" && echo "answers: the same lines"

# One line of qemu's log for each instruction.
instructions() {
  IMSEARCH_SIMD=$1 qemu-aarch64-static -L "$root" -singlestep \
    -d exec,nochain -D /dev/stdout build-aarch64/test-bin/distance-loop \
    "${@:2}" | grep -c '^Trace'
}
printf 'table\tvalues\tn\tinstructions\n'
for what in 'codes 64' 'codes 1280' 'floats 1280'; do
  read -r kind n <<<"$what"
  for table in scalar neon neon-dotprod; do
    few=$(instructions "$table" "$kind" "$n" 40)
    many=$(instructions "$table" "$kind" "$n" 140)
    printf '%s\t%s\t%d\t%d\n' "$table" "$kind" "$n" $(((many - few) / 100))
  done
done
