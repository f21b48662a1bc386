#!/bin/bash
# Kill updates at random moments; the next one must complete.
#
# usage: update-kills.sh FOLDER [KILLS [SEED [PHOTOS [ROWS]]]]
#
# PHOTOS (60, at least 40) of FOLDER are copied and changed at random, as update.sh does. An
# update is killed (kill -9), half of the time with the programs that it runs,
# until KILLS (200) have been. After each, query must answer, and the next update
# must leave rows, names and answers as extract and build-index make them from
# nothing. Fails at the first difference. IMSEARCH_BIN is where the tools are
# (default: build/bin).
#
# With ROWS (3000, or more than 2200) the collection has as many images more,
# which are made up, so that its index is one that changes go beside; answers are
# compared with numpy's (Debian: python3-numpy).
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
case ${1:-} in
  -h | --help) usage && exit ;;
  '') usage >&2 && exit 2 ;;
esac
if ((${4:-60} < 40)); then
  echo "update-kills.sh: $4 photos: fewer than 40 leave nothing to change" >&2
  exit 2
fi
here=$(dirname "$(readlink -f "$0")")
export PATH=${IMSEARCH_BIN:-$here/../../build/bin}:$PATH
export PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
/usr/bin/python3 "$here/update_kills.py" "$(realpath "$1")" "$work" \
  "${2:-200}" "${3:-1}" "${4:-60}" "${5:-0}"
