#!/bin/bash
# Measure imsearch against other libraries for vector search, over the same
# vectors in one run.
#
# usage: peers.sh [OPTION...] --vectors FILE QUERIES
#        peers.sh [OPTION...] --photos FOLDER WEIGHTS [ROWS [SEED]]
#        peers.sh [OPTION...] ROWS [SEED]
#
#   --engines LIST   which, separated by commas; default all not in brackets
#   --rounds N       repetitions; default 5
#   --dim N          floats a vector of FILE; default: as FILE.json says, or 1280
#
# The vectors are those in FILE, raw float32 as extract writes them, or any
# other's; QUERIES has the same of what is asked for, and that should not be in
# FILE. Or they are features of the photos in FOLDER: crops and mirror images of
# them are made until there are ROWS (20,000 unless given), and 1,000 more of
# every tenth photo, which has no other in the index, are the queries. WEIGHTS is
# what extract --weights takes. Or they are those of make_vectors.py (seed 7
# unless given), which are easier than real ones.
#
# The engines:
#   imsearch imsearch-mapped       ours, the index loaded and mapped
#   hnswlib-debian hnswlib-pypi    M 48, efConstruction 128, inner product
#   faiss-hnsw-pypi [faiss-hnsw-debian]          HNSWFlat, the same M and so on
#   symphonyqg-32 symphonyqg-64    RaBitQ-Library's, by degree; float32 vectors
#   symphonyqg-32-8bit             with 8-bit vectors
#   svs-leanvec160                 SVS: 160 dimensions and all, each in 8 bits
#   vsag-sq4 vsag-sq8              HGraph, degree 96, re-ranked in float32
#   usearch-bf16                   connectivity 48, expansion 128
#   glass-sq4                      its HNSW, degree 96, built in 8 bits, walked in
#                                  4, re-ranked in float32
#   lorann                         512 clusters, of which ef are searched
#   imsearch-exact                 bounds first, then those that are left
#   faiss-flat-debian faiss-flat-pypi            every row is compared
#   turbovec-flat                  every row, by 4 bits a value alone
#
# NGT's quantized graph (QG) is not there: its library on PyPI searches one, but
# only a program that it does not bring makes one, and Debian has neither.
#
# hnswlib is compiled here, from Debian's package and by pip, both for this CPU
# (-march=native): it is the peers' build, ours runs on any. Debian's Faiss is a
# library for any x86-64 and builds an index several times slower than PyPI's.
# What cannot be had is named on standard error.
#
# Two tables, tab-separated, with an empty line between. The first has a line
# for each engine and setting:
#   build_s    seconds on 2 threads; ours is the whole build-index, of the peers
#              the building alone
#   index_mb   the index in files; of all MB are a million bytes
#   rss_mb     resident memory after 1,000 queries, in a process of its own, less
#              what it had before it loaded its index; of ours also less the
#              pages of the vectors
#   ef         candidates kept; each engine has a name of its own for it
#   recall10   recall@10, as eval-recall defines it, over 1,000 queries
#   single_us  microseconds a query, each in a call of its own, on one thread
#   batch_us   the same with all in one call, still on one thread; -: there is
#              no such call
# Exact search is asked 100 of the queries.
#
# The second has a line for each engine: the same figures, the microseconds at a
# recall@10 of exactly .99 and .999 (single_us, on a straight line between the
# two settings around it; never: it is not reached), and with _x how many times
# ours (imsearch) each is. call_us is what an almost empty call of the library
# costs from Python; it is part of single_us. Ours and Debian's are called from
# C++. Exact searches stand beside our exact search; whether they give the same
# answers is said on standard error.
#
# A round asks each engine at one ef after the other, so that a change in the
# machine's speed meets all alike; the first round has all ef, the others only
# those around .99 and .999. Times are medians over the rounds.
#
# Vectors, truth and libraries from PyPI are kept below build/compare-peers.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "peers.sh: $*" >&2; }
fail() {
  say "$*"
  exit 1
}
wrong_usage() {
  usage >&2
  exit 2
}

source=$(dirname "$(readlink -f "$0")")/../..
bin=$source/build/bin
peers=$source/scripts/compare/peers
cache=$source/build/compare-peers
venv=$cache/venv

engines=imsearch,imsearch-mapped,hnswlib-debian,hnswlib-pypi,faiss-hnsw-pypi
engines+=,symphonyqg-32,symphonyqg-64,symphonyqg-32-8bit,svs-leanvec160
engines+=,vsag-sq4,vsag-sq8,usearch-bf16,glass-sq4,lorann
engines+=,imsearch-exact,faiss-flat-debian,faiss-flat-pypi,turbovec-flat
known=,$engines,faiss-hnsw-debian,
rounds=5
dim=
given=
queries=
photos=
weights=
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) usage && exit ;;
    --engines | --rounds | --dim)
      [[ $# -gt 1 ]] || wrong_usage
      case $1 in
        --engines) engines=$2 ;;
        --rounds) rounds=$2 ;;
        --dim) dim=$2 ;;
      esac
      shift 2
      ;;
    --vectors)
      [[ $# -gt 2 ]] || wrong_usage
      given=$2 queries=$3
      shift 3
      ;;
    --photos)
      [[ $# -gt 2 ]] || wrong_usage
      photos=$2 weights=$3
      shift 3
      ;;
    -*) wrong_usage ;;
    *) break ;;
  esac
done
if [[ -n $given ]]; then
  [[ $# -eq 0 && -z $photos && ${dim:-1} =~ ^[1-9][0-9]*$ ]] || wrong_usage
  [[ -f $given ]] || fail "$given: no file"
  [[ -f $queries ]] || fail "$queries: no file"
  [[ -n $dim || ! -f $given.json ]] ||
    dim=$(/usr/bin/python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["dim"])' "$given.json")
  set -- 1
elif [[ -n $dim ]]; then
  wrong_usage
fi
export PEERS_DIM=${dim:-1280}
[[ -n $photos && $# -eq 0 ]] && set -- 20000
[[ $# -eq 1 ]] && set -- "$1" 7
[[ $# -eq 2 && $1 =~ ^[1-9][0-9]*$ && $2 =~ ^[0-9]+$ ]] || wrong_usage
[[ $rounds =~ ^[1-9][0-9]*$ ]] || wrong_usage
rows=$1 seed=$2
for engine in ${engines//,/ }; do
  [[ $known == *,$engine,* ]] || {
    say "$engine: no such engine"
    wrong_usage
  }
done
[[ -z $photos || -d $photos ]] || fail "$photos: no folder"
[[ -x $bin/bench ]] || fail "$bin/bench: not built: run scripts/quickstart.sh"

# asks_for PATTERN: one of the engines matches it.
asks_for() { [[ ,$engines, =~ ,($1), ]]; }

# The libraries from PyPI, in the versions of requirements.txt.
install_from_pypi() {
  local package complete=yes
  cmp -s "$peers/requirements.txt" "$venv/requirements.txt" && return
  [[ -x $venv/bin/python ]] || /usr/bin/python3 -m venv "$venv" || {
    say "no environment for Python: nothing from PyPI"
    return
  }
  while read -r package; do
    say "installing $package from PyPI"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
      "$package" >&2 || {
      say "$package: cannot be had"
      complete=
    }
  done < <(grep -v '^#' "$peers/requirements.txt")
  [[ -z $complete ]] || cp "$peers/requirements.txt" "$venv/requirements.txt"
}

# compile NAME LIBRARY...: a peer in C++.
compile() {
  g++ -std=c++17 -O3 -march=native -DNDEBUG -Wall -Wextra \
    -DPEERS_DIM="$PEERS_DIM" \
    "$peers/peer.cpp" "$peers/$1.cpp" -o "$cache/$1" "${@:2}" ||
    say "$1: cannot be compiled"
}

# Features of augmented photos into the file $1, of the queries into $1.q.
extract_photos() {
  local part
  /usr/bin/python3 "$peers/augment_photos.py" "$photos" "$work/photos" \
    "$rows" "$seed"
  for part in rows queries; do
    "$bin/extract" --quiet --weights "$weights" -o "$work/$part.bin" \
      -n "$work/$part.txt" "$work/photos/$part"
  done
  mv "$work/queries.bin" "$1.q"
  mv "$work/rows.bin" "$1"
}

# Sets `vectors`, a file that is made unless it is there.
make_vectors() {
  local of
  if [[ -n $given ]]; then
    of=$(readlink -f "$given" "$queries" | cksum | cut -d ' ' -f 1)
    vectors=$cache/vectors-$of.bin
    ln -sfn "$(readlink -f "$given")" "$vectors"
    ln -sfn "$(readlink -f "$queries")" "$vectors.q"
    return
  fi
  vectors=$cache/synthetic-$rows-$seed.bin
  [[ -z $photos ]] ||
    vectors=$cache/photos-$(echo "$(readlink -f "$photos") $weights" |
      cksum | cut -d ' ' -f 1)-$rows-$seed.bin
  [[ ! -f $vectors ]] || return 0
  say "making $vectors"
  if [[ -n $photos ]]; then
    extract_photos "$vectors"
  else
    "$python" "$source/scripts/data/make_vectors.py" "$rows" "$work/new" "$seed"
    mv "$work/new.q" "$vectors.q"
    mv "$work/new" "$vectors"
  fi
}

"$source/scripts/install-packages.sh" build peers >&2 ||
  say "some packages cannot be had"
mkdir -p "$cache"
work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
if asks_for '.*-pypi|symphonyqg.*|svs.*|vsag.*|usearch.*|glass.*|lorann|turbovec.*'; then
  install_from_pypi
fi
python=$venv/bin/python
"$python" -c 'import numpy' 2>"$work/discarded" || python=/usr/bin/python3
if asks_for 'hnswlib-debian'; then compile hnswlib -pthread; fi
if asks_for 'faiss-.*-debian'; then
  compile faiss -fopenmp -lfaiss -lblas -llapack
fi
make_vectors
"$python" "$peers/compare.py" "$bin" "$cache" "$venv" "$work" "$engines" \
  "$rounds" "$vectors"
