#!/bin/bash
# A real OpenSearch or Elasticsearch on this machine, to try things on: one to
# three nodes on the loopback device, without passwords.
#
# usage: service.sh start [OPTION...] opensearch|elasticsearch [VERSION [NODES]]
#        service.sh stop [OPTION...] opensearch|elasticsearch [VERSION [NODES]]
#        service.sh kill [OPTION...] opensearch|elasticsearch [VERSION [NODES]]
#        service.sh status
#
# start   fetches, unpacks and starts what is not there or does not run yet, and
#         prints the URL of each node, one a line, when all answer. A cluster
#         that was stopped, or a node that was killed, comes back with its data
#         and, where no others are given, its settings.
# stop    ends the nodes in good order and waits for it.
# kill    ends them at once, as a crash would (kill -9).
# status  a table of all clusters, tab-separated: cluster, node, URL, process.
#
# VERSION is 3.6.0 of OpenSearch where a Java of at least 21 is found, else
# 2.19.6; of Elasticsearch 8.19.21. NODES is 1 unless given. stop and kill mean
# every cluster without a name that fits what is given.
#
#   --name NAME      another cluster beside those, with data of its own
#   --node N         this one alone, counted from 1; the others are let be
#   --port PORT      of the first node, the next has the next; the nodes speak to
#                    each other 100 above. Default: 9200, or the first free tens
#   --heap SIZE      of each node, default 512m; with the rest 1 to 2 GB
#   -Esetting=value  for all nodes, as the service's own command line has it
#   --remove         with stop: the data, too
#
# OpenSearch comes with its k-NN plugin, but without the native library of Faiss,
# which no archive has: take --engine lucene. Disk watermarks are off unless a
# setting names them.
#
# Archives come from Maven's central repository, 80 to 200 MB each. Debian's Java
# 17, Maven, curl and unzip are installed where they are missing. Java is looked
# for in JAVA_HOME, on the PATH and in /usr/lib/jvm.
#
# All lies in $IMSEARCH_SERVICE_HOME, else $XDG_CACHE_HOME/imsearch/service, else
# ~/.cache/imsearch/service. The servers refuse to run as root: started by root
# they run as user 65534, and all lies in /var/cache/imsearch/service, unless
# IMSEARCH_SERVICE_HOME is set.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "service.sh: $*" >&2; }
fail() {
  say "$*"
  exit 1
}
wrong_usage() {
  usage >&2
  [[ $# -eq 0 ]] || say "$*"
  exit 2
}

scripts=$(dirname "$(readlink -f "$0")")
home=${IMSEARCH_SERVICE_HOME:-}
if [[ -z $home ]]; then
  home=${XDG_CACHE_HOME:-${HOME:-}/.cache}/imsearch/service
  [[ $EUID -ne 0 ]] || home=/var/cache/imsearch/service
fi
# The servers' own scripts do not quote their paths.
[[ $home == /* && $home != *[[:space:]]* ]] ||
  fail "$home: the folder must be a whole path without spaces"

# shellcheck source=scripts/service/distribution.sh
. "$scripts/service/distribution.sh"
# shellcheck source=scripts/service/cluster.sh
. "$scripts/service/cluster.sh"

parse_options() {
  name='' only='' port='' heap='' remove='' settings=() words=()
  while [[ $# -gt 0 ]]; do
    case $1 in
      -h | --help) usage && exit ;;
      -E?*=*) settings+=("$1") ;;
      --remove) remove=yes ;;
      --name | --node | --port | --heap)
        [[ $# -gt 1 ]] || wrong_usage "$1: a value is missing"
        case $1 in
          --name) name=$2 ;;
          --node) only=$2 ;;
          --port) port=$2 ;;
          --heap) heap=$2 ;;
        esac
        shift
        ;;
      -*) wrong_usage "$1: no such option" ;;
      *) words+=("$1") ;;
    esac
    shift
  done
}

check_options() {
  [[ -z $name || $name =~ ^[A-Za-z][A-Za-z0-9_-]*$ ]] ||
    wrong_usage "$name: a name is letters, digits, - and _"
  [[ -z $only || $only =~ ^[1-3]$ ]] || wrong_usage "$only: no such node"
  [[ -z $port || $port =~ ^[1-9][0-9]{3,4}$ ]] || wrong_usage "$port: no port"
  [[ -z $heap || $heap =~ ^[1-9][0-9]*[mg]$ ]] ||
    wrong_usage "$heap: a size is 512m or 2g, for example"
  [[ -z $remove || $action == stop && -z $only ]] ||
    wrong_usage "--remove goes with stop, of a whole cluster"
  if [[ $action != start ]]; then
    [[ -z $port$heap && ${#settings[@]} -eq 0 ]] ||
      wrong_usage "--port, --heap and -E go with start"
  fi
}

check_words() {
  service=${words[0]:-} version=${words[1]:-} nodes=${words[2]:-}
  [[ ${#words[@]} -le 3 ]] || wrong_usage "${words[3]}: one too many"
  [[ $service == opensearch || $service == elasticsearch ]] ||
    wrong_usage "${service:-nothing}: neither opensearch nor elasticsearch"
  [[ -z $version || $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] ||
    wrong_usage "$version: a version has three numbers"
  [[ -z $nodes || $nodes =~ ^[1-3]$ ]] || wrong_usage "$nodes: 1 to 3 nodes"
}

# The clusters that stop and kill mean, one a line.
chosen_clusters() {
  local cluster
  for cluster in "$home"/clusters/*/; do
    cluster=$(basename "$cluster")
    if [[ -n $name ]]; then
      [[ $cluster == "$name" ]] || continue
    else
      # shellcheck disable=SC2053 # what is not given fits all
      [[ $cluster == $service-${version:-*}-${nodes:-?} ]] || continue
    fi
    echo "$cluster"
  done
}

end_chosen() {
  local cluster found=''
  for cluster in $(chosen_clusters); do
    found=yes
    load_cluster "$cluster"
    end_nodes "$1"
    if [[ -n $remove ]]; then
      rm -rf "${home:?}/clusters/$cluster"
    fi
  done
  [[ -n $found ]] || say "${name:-$service}: no such cluster"
}

[[ $# -gt 0 ]] || wrong_usage
action=$1
parse_options "$@"
words=("${words[@]:1}")
check_options
case $action in
  start) check_words && start_cluster ;;
  stop) check_words && end_chosen TERM ;;
  kill) check_words && end_chosen KILL ;;
  status)
    [[ ${#words[@]} -eq 0 ]] || wrong_usage
    print_status
    ;;
  *) wrong_usage "$action: no such command" ;;
esac
