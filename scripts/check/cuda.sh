#!/bin/bash
# Whether extract --device cuda computes what the CPU computes, and how fast, on
# a machine with an NVIDIA GPU and a build on a libtorch that has CUDA.
#
# usage: cuda.sh FOLDER [WEIGHTS]
#
# FOLDER holds photos (.jpg, at any depth). WEIGHTS is what extract --weights
# takes, keras unless given. Prints a table, tab-separated, with a line for each
# device and batch, first of the built-in network, then of a vision transformer
# that python3-torch exports here (random weights, as extract --model runs it):
#   images_per_s    of the whole extract, from files to vectors; median of three
#   network_per_s   of the network alone, as bench extract --network says;
#                   median of three
#   difference      the largest of a number from that of the CPU, of features of length 1
#   cosine          the smallest of a feature and the CPU's
#   same            whether three runs wrote the same bytes
# Fails above a difference of 1e-4. Needs python3-torch and python3-numpy.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -lt 1 || $# -gt 2 ]]; then
  usage >&2
  exit 2
fi

here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$here/cuda.py" "$here/../../build/bin" "$(readlink -f "$1")" "${2:-keras}" "$work"
