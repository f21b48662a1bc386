#!/bin/bash
# Run the tests of pages in a real browser: Debian's Chromium, without a window.
#
# usage: test-browser.sh [--screenshots FOLDER] [TEST...]
#                                        e.g. test-browser.sh pages_test
#
# --screenshots keeps pictures of the pages there. Installs the Debian packages
# that are missing (with sudo when not root), 0.3 GB the first time, and builds.
# Needs no network once they are there.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
  --screenshots)
    [[ $# -ge 2 ]] || { usage >&2 && exit 2; }
    mkdir -p "$2"
    IMSEARCH_SCREENSHOTS=$(readlink -f "$2")
    export IMSEARCH_SCREENSHOTS
    shift 2 ;;
esac

source=$(dirname "$(dirname "$(readlink -f "$0")")")
cd "$source"
scripts/install-packages.sh build formats browser
cmake --preset release --log-level=WARNING
cmake --build build

export IMSEARCH_SOURCE=$source IMSEARCH_BIN=${IMSEARCH_BIN:-$source/build/bin}
export PYTHONDONTWRITEBYTECODE=1
cd tests/browser
if [[ $# -gt 0 ]]; then
  exec /usr/bin/python3 -m unittest -v "$@"
fi
exec /usr/bin/python3 -m unittest discover -v -p '*_test.py'
