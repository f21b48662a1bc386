# What the tests of faults share: clusters, ill-behaved servers, and an end that
# leaves nothing running. Sourced; sets `work`, a folder that is then gone.
# shellcheck shell=bash

work=$(mktemp -d)
# A web server started by root reads its files as another user.
chmod 711 "$work"
processes=()
clusters=()
service() { "$IMSEARCH_SOURCE/scripts/service.sh" "$@"; }

end_all() {
  local status=$? cluster
  [[ ${#processes[@]} -eq 0 ]] || kill "${processes[@]}" 2>/dev/null || true
  for cluster in "${clusters[@]}"; do
    service stop --remove --name "$cluster" "${cluster%%-*}" 2>>"$work/log"
  done
  [[ $status -eq 0 || ! -s $work/log ]] || tail -n 40 "$work/log" >&2
  rm -rf "$work"
}
trap end_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# expect STATUS TEXT COMMAND...: its exit status, and a text, if it is not empty,
# on standard error, which is left in $work/err, as its output is in $work/out.
expect() {
  local status=0 want=$1 text=$2
  shift 2
  "$@" >"$work/out" 2>"$work/err" || status=$?
  cat "$work/err" >>"$work/log"
  [[ $status -eq $want ]] || fail "$*: exit $status, not $want"
  [[ -z $text ]] || grep -qF -- "$text" "$work/err" ||
    fail "$*: stderr lacks '$text'"
}

# start_cluster SERVICE [ARGUMENT...], as service.sh has them: sets `cluster`,
# its name, and `urls`.
start_cluster() {
  cluster=$1-fault-$$-${#clusters[@]}
  clusters+=("$cluster")
  mapfile -t urls < <(service start --name "$cluster" "$@" 2>>"$work/log")
  [[ ${#urls[@]} -gt 0 ]] || fail "$* does not start"
}

ask() { curl -sS --noproxy '*' --max-time 60 "$@"; }

# number URL KEY: the first number of that key in the JSON that is answered.
number() { ask "$1" | grep -o "\"$2\":[0-9]*" | head -n 1 | cut -d : -f 2; }

free_port() {
  python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# await SECONDS COMMAND...: until it succeeds; fails if it never does.
await() {
  local end=$((SECONDS + $1))
  until "${@:2}" >/dev/null 2>&1; do
    [[ $SECONDS -lt $end ]] || return 1
    sleep 0.2
  done
}

# A host that takes connections and never answers: sets `silent_url`.
start_silent_host() {
  local port
  port=$(free_port)
  python3 -c 'import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(64)
taken = []
while True: taken.append(s.accept())' "$port" &
  processes+=($!)
  silent_url=http://127.0.0.1:$port
  # Nothing comes back: curl waits in vain (28), once it is connected at all.
  await 10 connects_in_vain "$silent_url" || fail "no silent host"
}

connects_in_vain() {
  local status=0
  curl -s --noproxy '*' --max-time 0.5 "$1" || status=$?
  [[ $status -eq 28 ]]
}
