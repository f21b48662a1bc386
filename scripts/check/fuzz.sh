#!/bin/bash
# Feed the readers of files with what libFuzzer makes up, under AddressSanitizer
# and UndefinedBehaviorSanitizer.
#
# usage: fuzz.sh [SECONDS [FUZZER]]        60 seconds each of all, unless given
#
# What was found interesting stays in build-fuzz/corpus and is where the next
# run starts; an input that crashes is left in build-fuzz and named.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-60} in
  -h | --help) usage && exit ;;
  *[!0-9]*) usage >&2 && exit 2 ;;
esac
seconds=${1:-60}

cd "$(dirname "$(readlink -f "$0")")/../.."
scripts/install-packages.sh build formats dev
cmake --preset clang -B build-fuzz -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_CXX_FLAGS=-fsanitize=fuzzer-no-link,address,undefined \
  -DIMSEARCH_BUILD_FUZZERS=ON -DIMSEARCH_BUILD_TESTS=OFF --log-level=WARNING
cmake --build build-fuzz

source=$PWD
cd build-fuzz
# fuzz-changes writes files, which need not get to a disk.
[[ ! -w /dev/shm ]] || export TMPDIR=/dev/shm
fuzzers=(bin/fuzz-*)
[[ -z ${2:-} ]] || fuzzers=("bin/$2")
for fuzzer in "${fuzzers[@]}"; do
  name=${fuzzer##*/}
  seeds=("$source/tests/fuzz/seeds/${name#fuzz-}")
  [[ $name != fuzz-decode ]] || seeds+=("$source/tests/golden/images")
  [[ $name != fuzz-formats ]] || seeds=("$source/tests/golden/formats")
  [[ $name != fuzz-archive ]] || seeds=("$source/tests/golden/archives")
  # libheif and dav1d lose some bytes for damaged files: their process ends then.
  leaks=1
  [[ $name != fuzz-formats ]] || leaks=0
  # libarchive asks for as much as a header of cpio claims its name to have, and
  # touches what is there.
  malloc=0
  [[ $name != fuzz-archive ]] || malloc=9000
  mkdir -p "corpus/$name"
  echo "$name: $seconds s"
  ASAN_OPTIONS=detect_leaks=$leaks "$fuzzer" -max_total_time="$seconds" -max_len=20000 -rss_limit_mb=4096 -malloc_limit_mb=$malloc -timeout=60 \
    -print_final_stats=1 -artifact_prefix="$name-" "corpus/$name" "${seeds[@]}"
done
