#!/bin/bash
# serve under mixed load for a long time, at a moderate rate: does it lose a
# request, and does it grow?
#
# usage: serve-soak.sh [SECONDS [RATE [PHOTOS]]]
#
# Asks for SECONDS (3600 unless given) at RATE requests a second (200): searches
# for vectors, several at once, filtered, by rows, names and posted photos;
# documents, thumbnails, the page, metrics; requests that are wrong, and
# connections that end in the middle of one. Every minute an index is replaced: in
# turn one of vectors by mv, and one of the photos in the folder PHOTOS (data/photos
# unless given; 400 at most) by update, to which a photo came or from which one went.
#
# Prints a line a minute, tab-separated: seconds, requests, failures, new indexes;
# memory beside pages of files in MB, of serve and of its networks; open descriptors
# and threads of serve. Then each kind's count, median, p99 and longest time.
# Fails where an answer is none that was asked for, an index is not taken, or memory,
# descriptors or threads grow: by the slope of what is seen after the first quarter.
# Requests that got no answer while all was stopped (a machine that sleeps) are counted
# apart.
# Needs a build: scripts/test.sh makes it.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in -h | --help) usage && exit ;; esac
seconds=${1:-3600} rate=${2:-200}
[[ $# -le 3 && $seconds =~ ^[1-9][0-9]*$ && $rate =~ ^[1-9][0-9]*$ ]] || {
  usage >&2
  exit 2
}

source=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
export IMSEARCH_BIN=${IMSEARCH_BIN:-$source/build/bin} IMSEARCH_SOURCE=$source
export PYTHONDONTWRITEBYTECODE=1
[[ -x $IMSEARCH_BIN/serve ]] || {
  echo "serve-soak.sh: $IMSEARCH_BIN/serve is not built: run scripts/test.sh" >&2
  exit 1
}
exec python3 "$source/scripts/check/serve_soak.py" "$seconds" "$rate" \
  "${3:-$source/data/photos}"
