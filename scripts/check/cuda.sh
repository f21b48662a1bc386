#!/bin/bash
# Whether extract --device cuda computes what the CPU computes, and how fast, on
# a machine with an NVIDIA GPU and a build on a libtorch that has CUDA.
#
# usage: cuda.sh [--batches LIST] FOLDER [WEIGHTS]
#
# FOLDER holds photos (.jpg, at any depth). WEIGHTS is what extract --weights
# takes, keras unless given. LIST has the batches to try, separated by commas,
# 1,8,64,256 unless given. Prints a table, tab-separated, with a line for each
# device and batch, first of the built-in network, then of a vision transformer
# that python3-torch exports here (random weights, as extract --model runs it):
#   start_s         seconds of extract for one photo: what a run begins with
#   images_per_s    of the whole extract, from files to vectors, with its start;
#                   median of three
#   network_per_s   of the network alone, as bench extract --network says;
#                   median of three
#   difference      the largest of a number from that of the CPU, of features of length 1
#   cosine          the smallest of a feature and the CPU's
#   same            whether three runs wrote the same bytes
# Fails above a difference of 1e-4, and of 1e-3 for the transformer, in which
# rounding grows. Needs python3-torch and python3-numpy.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

batches=1,8,64,256
case ${1:-} in
  -h | --help) usage && exit ;;
  --batches) batches=${2:-} && shift 2 ;;
esac
if [[ $# -lt 1 || $# -gt 2 ]]; then
  usage >&2
  exit 2
fi

here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$here/cuda.py" "$here/../../build/bin" "$(readlink -f "$1")" "${2:-keras}" \
  "$batches" "$work"
