# The nodes of service.sh: start them, end them, tell about them. A cluster is a
# folder below $home/clusters: its settings, and a folder for each node. Expects
# what service.sh sets. Sourced by service.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154 # set by service.sh

# load_cluster CLUSTER: sets cluster, folder, service, version, nodes, port, heap
# and settings as they were when it was started.
load_cluster() {
  cluster=$1
  folder=$home/clusters/$cluster
  local lines
  mapfile -t lines <"$folder/settings"
  service=${lines[0]} version=${lines[1]} nodes=${lines[2]}
  port=${lines[3]} heap=${lines[4]} settings=("${lines[@]:5}")
}

save_cluster() {
  mkdir -p "$folder"
  printf '%s\n' "$service" "$version" "$nodes" "$port" "$heap" \
    "${settings[@]}" >"$folder/settings"
}

url_of() { echo "http://127.0.0.1:$((port + $1 - 1))"; }

# The process of a node; fails if it does not run.
pid_of() {
  local file=$folder/node-$1/pid pid
  [[ -s $file ]] && pid=$(<"$file") || return 1
  # Its number may be another process's by now.
  grep -qzxFs -e "-Djava.io.tmpdir=$folder/node-$1/tmp" "/proc/$pid/cmdline" &&
    echo "$pid"
}

# The nodes that the command is about.
meant_nodes() { seq "${only:-1}" "${only:-$nodes}"; }

port_is_free() { ! (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

ports_are_free() {
  local node
  for node in $(seq 0 $((nodes - 1))); do
    port_is_free $(($1 + node)) && port_is_free $(($1 + 100 + node)) || return 1
  done
}

choose_port() {
  if [[ -n $port ]]; then
    ports_are_free "$port" ||
      fail "port $port, or one that goes with it, is taken: another --port"
    return
  fi
  for port in $(seq 9200 10 9290); do
    ! ports_are_free "$port" || return 0
  done
  fail "ports 9200 to 9290 are taken: another --port"
}

any_runs() {
  local node
  for node in $(seq "$nodes"); do
    ! pid_of "$node" >/dev/null || return 0
  done
  return 1
}

# What was asked for, against what the cluster was started with before.
check_same() {
  local asked="$service ${version:-} ${nodes:-}" word
  local asked_port=$port asked_heap=$heap asked_settings=("${settings[@]}")
  load_cluster "$1"
  local has=("$service" "$version" "$nodes")
  for word in $asked; do
    [[ " ${has[*]} " == *" $word "* ]] ||
      fail "$1 has ${has[*]} (service, version, nodes): stop --remove it first, or take another --name"
  done
  has=("$port" "$heap" "${settings[@]}")
  heap=${asked_heap:-$heap}
  [[ ${#asked_settings[@]} -eq 0 ]] || settings=("${asked_settings[@]}")
  if any_runs; then
    local now=("${asked_port:-$port}" "$heap" "${settings[@]}")
    [[ "${now[*]}" == "${has[*]}" ]] ||
      fail "$1 runs with other settings (${has[*]}): stop it first"
    return
  fi
  [[ -z $asked_port ]] && ports_are_free "$port" && return
  port=$asked_port
  choose_port
}

# The folder, readable for user 65534 when it is that user who runs the node.
prepare_node() {
  local own=$folder/node-$1
  mkdir -p "$own"/{data,logs,tmp}
  rm -rf "$own/config" "$own/pid"
  cp -r "$distribution/config" "$own/config"
  # Relative, these are below the distribution, which is for reading only.
  sed -i -e "s,\([=:]\)logs/,\1$own/logs/," -e "s,=data\$,=$own/logs," \
    "$own/config/jvm.options"
  if [[ $EUID -eq 0 ]]; then
    chown -R 65534:65534 "$own"
    setpriv --reuid 65534 --regid 65534 --clear-groups test -w "$own/data" \
      -a -r "$distribution/config" ||
      fail "$own: user 65534 cannot reach it: set IMSEARCH_SERVICE_HOME"
  fi
}

# Sets `arguments`, the server's own.
make_arguments() {
  local own=$folder/node-$1 node seeds='' names=''
  for node in $(seq "$nodes"); do
    seeds+=,127.0.0.1:$((port + 99 + node))
    names+=,n$node
  done
  arguments=(-p "$own/pid" -Enetwork.host=127.0.0.1
    -Ehttp.port=$((port + $1 - 1)) -Etransport.port=$((port + 99 + $1))
    -Epath.data="$own/data" -Epath.logs="$own/logs"
    -Ecluster.name="$cluster" -Enode.name="n$1")
  local managers=initial_cluster_manager_nodes
  if [[ $service == elasticsearch ]]; then
    managers=initial_master_nodes
    arguments+=(-Expack.security.enabled=false)
  fi
  if [[ $nodes -eq 1 ]]; then
    arguments+=(-Ediscovery.type=single-node)
  else
    arguments+=(-Ediscovery.seed_hosts="${seeds#,}"
      -Ecluster."$managers=${names#,}")
  fi
  [[ ${settings[*]} == *cluster.routing.allocation.disk.* ]] ||
    arguments+=(-Ecluster.routing.allocation.disk.threshold_enabled=false)
  arguments+=("${settings[@]}")
}

# Starts a node and does not wait for it; `launched` gets the process.
launch_node() {
  local own=$folder/node-$1 arguments as=() options="-Xms$heap -Xmx$heap"
  prepare_node "$1"
  make_arguments "$1"
  [[ $EUID -ne 0 ]] ||
    as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  HOME=$own ES_JAVA_HOME=$java ES_TMPDIR=$own/tmp ES_PATH_CONF=$own/config \
    ES_JAVA_OPTS=$options OPENSEARCH_JAVA_HOME=$java \
    OPENSEARCH_TMPDIR=$own/tmp OPENSEARCH_PATH_CONF=$own/config \
    OPENSEARCH_JAVA_OPTS=$options \
    setsid "${as[@]}" "$distribution/bin/$service" "${arguments[@]}" \
    >"$folder/node-$1.out" 2>&1 </dev/null 9>&- &
  launched[$1]=$!
}

# What this start has begun, whether it has written its number yet or not.
end_launched() {
  kill "${launched[@]}" 2>/dev/null || true
  wait "${launched[@]}" 2>/dev/null || true
}

node_failed() {
  say "$cluster: node $1: $2; the end of $folder/node-$1.out:"
  tail -n 30 "$folder/node-$1.out" >&2
  end_launched
  exit 1
}

# health NODE QUERY: succeeds if that is so within five seconds.
health() {
  curl -sf --noproxy '*' --max-time 10 -o /dev/null \
    "$(url_of "$1")/_cluster/health?timeout=5s&$2"
}

# Returns when the node answers that all are there.
await_node() {
  local wanted=$nodes
  [[ -z $only ]] || wanted=1
  for _ in $(seq 240); do
    kill -0 "${launched[$1]}" 2>/dev/null ||
      node_failed "$1" "it ended while starting"
    ! health "$1" "wait_for_nodes=%3E%3D$wanted" || return 0
    sleep 0.5
  done
  node_failed "$1" "no answer in two minutes"
}

# Shards that a node had before come back after it answers.
await_shards() {
  for _ in {1..6}; do
    ! health "$1" wait_for_status=yellow || return 0
  done
  say "$cluster: some shards are not there (its health is red)"
}

# Those meant that do not run.
start_nodes() {
  local node launched=()
  trap 'end_launched; exit 130' INT TERM HUP
  for node in $(meant_nodes); do
    if pid_of "$node" >/dev/null; then
      say "$cluster: node $node runs already"
    else
      launch_node "$node"
    fi
  done
  [[ ${#launched[@]} -gt 0 ]] || return 0
  say "$cluster: starting (Java $(java_version "$java"), heap $heap)"
  for node in "${!launched[@]}"; do await_node "$node"; done
  await_shards "$node"
}

start_cluster() {
  local node before=''
  # One start at a time: they choose ports, and unpack the same archives.
  mkdir -p "$home/clusters"
  exec 9>"$home/lock"
  flock 9
  [[ -z $name || ! -f $home/clusters/$name/settings ]] || before=$name
  if [[ -z $before ]]; then
    choose_version
    nodes=${nodes:-1}
    cluster=${name:-$service-$version-$nodes}
    folder=$home/clusters/$cluster
    [[ ! -f $folder/settings ]] || before=$cluster
  fi
  if [[ -n $before ]]; then
    check_same "$before"
  else
    heap=${heap:-512m}
    choose_port
  fi
  [[ ${only:-1} -le $nodes ]] || wrong_usage "$only: $cluster has $nodes nodes"
  require_java
  require_commands curl
  require_distribution
  save_cluster
  start_nodes
  for node in $(meant_nodes); do url_of "$node"; done
}

# end_nodes TERM|KILL: those meant, all at once, and waits for it.
end_nodes() {
  local node pid pids=()
  for node in $(meant_nodes); do
    if pid=$(pid_of "$node"); then
      pids+=("$pid")
    else
      say "$cluster: node $node does not run"
    fi
  done
  [[ ${#pids[@]} -gt 0 ]] || return 0
  kill "-$1" "${pids[@]}" 2>/dev/null || true
  for _ in $(seq 600); do
    mapfile -t pids < <(still_there "${pids[@]}")
    [[ ${#pids[@]} -gt 0 ]] || return 0
    sleep 0.1
  done
  say "$cluster: no end after a minute: killed"
  kill -KILL "${pids[@]}" 2>/dev/null || true
}

still_there() {
  local pid
  for pid; do
    ! kill -0 "$pid" 2>/dev/null || echo "$pid"
  done
}

print_status() {
  local folder_of_one node
  printf 'cluster\tnode\turl\tprocess\n'
  for folder_of_one in "$home"/clusters/*/; do
    [[ -f $folder_of_one/settings ]] || continue
    load_cluster "$(basename "$folder_of_one")"
    for node in $(seq "$nodes"); do
      printf '%s\t%s\t%s\t%s\n' "$cluster" "$node" "$(url_of "$node")" \
        "$(pid_of "$node" || echo -)"
    done
  done
}
