#!/bin/bash
# Change a folder of photos at random, run update after each change, and compare
# with what extract and build-index make of the folder from nothing.
#
# usage: update.sh FOLDER [CHANGES [SEED]]
#
# The photos of FOLDER are copied; a third of them come in later. CHANGES (60
# unless given) are drawn from: add, edit, delete, rename, rename a folder, swap
# two files, touch, zip a folder, remove a zip, change one. After each one every image must have the very row that a
# fresh run gives it, the ledger must name it, and the answers to ten questions
# must be the same names with the same similarities. Prints a line for each
# change; fails at the first difference. IMSEARCH_BIN is where the tools are
# (default: build/bin).
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
case ${1:-} in
  -h | --help) usage && exit ;;
  '') usage >&2 && exit 2 ;;
esac
here=$(dirname "$(readlink -f "$0")")
export PATH=${IMSEARCH_BIN:-$here/../../build/bin}:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$here/update.py" "$(realpath "$1")" "$work" "${2:-60}" "${3:-1}"
