#!/bin/bash
# Build everything and run all tests, those of the arithmetic under each kernel
# table that this CPU has.
#
# usage: test.sh [CTEST-OPTION...]         e.g. test.sh -L unit
#
# Installs the Debian packages that are missing (with sudo when not root). Needs
# no network once they are there; the tests that need a search service are those
# of test-service.sh.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac

cd "$(dirname "$(dirname "$(readlink -f "$0")")")"
echo "test.sh: installs packages of Debian that are missing (some 320 MB to" \
  "download and 1.4 GB of disk where all are), builds (some 6 min on 2 cores," \
  "200 MB) and tests (some 4 min)" >&2
scripts/install-packages.sh build formats torch test
cmake --preset release -DIMSEARCH_BUILD_TESTS=ON -DIMSEARCH_SERVICE_TESTS=OFF \
  --log-level=WARNING
cmake --build build
exec ctest --preset release --no-tests=error -j"$(nproc)" "$@"
