#!/bin/bash
# Measure push against a service's own Python client, over the same vectors and
# the same node in one run.
#
# usage: push.sh [OPTION...] [ROWS [SERVICE [VERSION]]...]
#
#   --loaders LIST   which, separated by commas; default all
#   --rounds N       repetitions; default 3
#   --heap SIZE      of the node; default 1g
#   --port PORT      of the node; default as service.sh
#
# ROWS (20,000 unless given) vectors are those of make_vectors.py. SERVICE and
# VERSION are as for service.sh; without any: opensearch 3.6.0, opensearch 2.19.6
# and elasticsearch 8.19.21. Each is one node, started by service.sh, with an index
# of one shard, no replica, M 48, efConstruction 128, cosine, engine lucene.
#
# The loaders:
#   push           push, with what it does by default
#   parallel_bulk  helpers.parallel_bulk of opensearch-py or elasticsearch-py, from
#                  a numpy array: 4 threads, 200 rows a chunk; no refresh while
#                  loading, then one segment, as push does
#   reference      how the project that started imsearch loaded: 200 rows a
#                  request on one connection, the default refresh, and no merge
#
# A table, tab-separated, with a line for each service and loader:
#   rows_s         rows a second while they are sent
#   push_x         how many times as many push sends
#   client_cpu_s   CPU seconds of the loader for 1,000 rows: of push the whole
#                  process, of the others the loading alone
#   node_cpu_s     CPU seconds of the node for 1,000 rows, while they are sent
#   node_share     CPUs that the node kept busy meanwhile
#   finish_s       seconds for all that follows: refresh, merge, and push's check
#   segments       of the index then
#   recall10       recall@10, as eval-recall defines it, at ef 256
#   p50_ms p95_ms  milliseconds a query; 1,000 on one connection, one after the
#                  other
#
# A round asks each loader in turn, another first each time; figures are medians
# over the rounds. Before the first, each loads 2,000 rows, because a node's first
# rows are slower. Vectors, truth and what comes from PyPI are kept below
# build/compare-push.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "push.sh: $*" >&2; }
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
loaders=$source/scripts/compare/push
cache=$source/build/compare-push
venv=$cache/venv

names=push,parallel_bulk,reference
rounds=3 heap=1g start_options=()
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) usage && exit ;;
    --loaders | --rounds | --heap | --port)
      [[ $# -gt 1 ]] || wrong_usage
      case $1 in
        --loaders) names=$2 ;;
        --rounds) rounds=$2 ;;
        --heap) heap=$2 ;;
        --port) start_options=(--port "$2") ;;
      esac
      shift 2
      ;;
    -*) wrong_usage ;;
    *) break ;;
  esac
done
rows=${1:-20000}
shift "$(($# > 0))"
[[ $rows =~ ^[1-9][0-9]*$ && $rounds =~ ^[1-9][0-9]*$ ]] || wrong_usage
for name in ${names//,/ }; do
  [[ $name =~ ^(push|parallel_bulk|reference)$ ]] || wrong_usage
done
[[ $# -gt 0 ]] || set -- opensearch 3.6.0 opensearch 2.19.6 elasticsearch 8.19.21
[[ ,$names, != *,push,* || -x $bin/push ]] ||
  fail "$bin/push: not built: run scripts/quickstart.sh"

# The clients from PyPI, in the versions of requirements.txt.
install_from_pypi() {
  cmp -s "$loaders/requirements.txt" "$venv/requirements.txt" && return
  [[ -x $venv/bin/python ]] || /usr/bin/python3 -m venv "$venv"
  say "installing from PyPI"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    -r "$loaders/requirements.txt" >&2 || fail "PyPI's packages cannot be had"
  cp "$loaders/requirements.txt" "$venv/requirements.txt"
}

# Sets `vectors`, a file that is made unless it is there.
make_vectors() {
  vectors=$cache/synthetic-$rows.bin
  [[ ! -f $vectors ]] || return 0
  say "making $vectors"
  "$venv/bin/python" "$source/scripts/data/make_vectors.py" "$rows" "$cache/new"
  seq -f '%g.jpg' 0 $((rows - 1)) >"$vectors.names"
  mv "$cache/new.q" "$vectors.q"
  mv "$cache/new" "$vectors"
}

# service ACTION SERVICE [ARGUMENT...]: the cluster of this run.
service() {
  "$source/scripts/service.sh" "$1" --name "compare-push-$$" "${@:2}"
}
running=
stop() {
  [[ -z $running ]] || service stop --remove "$running"
  running=
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# compare SERVICE [VERSION]
compare() {
  local url process
  running=$1
  url=$(service start --heap "$heap" "${start_options[@]}" "$@")
  process=$("$source/scripts/service.sh" status |
    awk -F '\t' -v name="compare-push-$$" '$1 == name { print $4 }')
  "$venv/bin/python" "$loaders/compare.py" "$bin" "$vectors" "$rounds" "$names" \
    "$1" "$url" "$process"
  stop
}

"$source/scripts/install-packages.sh" loaders >&2
mkdir -p "$cache"
install_from_pypi
make_vectors
"$venv/bin/python" "$loaders/compare.py" --header
while [[ $# -gt 0 ]]; do
  if [[ ${2:-} =~ ^[0-9] ]]; then
    compare "$1" "$2"
    shift 2
  else
    compare "$1"
    shift
  fi
done
