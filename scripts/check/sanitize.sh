#!/bin/bash
# Build everything with sanitizers and run the tests under them.
#
# usage: sanitize.sh asan|tsan [CTEST-OPTION...]
#
# asan: AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer.
# tsan: ThreadSanitizer. What is passed over in libraries that are not ours is
# listed, with the reasons, in scripts/check/suppressions.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
  asan | tsan) preset=$1 && shift ;;
  *) usage >&2 && exit 2 ;;
esac

cd "$(dirname "$(readlink -f "$0")")/../.."
scripts/install-packages.sh build test
cmake --preset "$preset" --log-level=WARNING
cmake --build "build-$preset"

lists=$PWD/scripts/check/suppressions
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export LSAN_OPTIONS=suppressions=$lists/lsan.txt:print_suppressions=0
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=suppressions=$lists/tsan.txt:halt_on_error=1
exec ctest --preset "$preset" --no-tests=error -j"$(nproc)" "$@"
