#!/bin/bash
# Extract a folder of images in shards, as a job array of GNU parallel and as one
# of Slurm, and compare the joined files with those of one whole run. In both,
# each shard ends early the first time, and is gone on with by --resume.
#
# usage: job-array.sh [FOLDER [SHARDS]]     default: data/photos 5
#
# Installs Debian's parallel and Slurm when they are missing, and runs a Slurm of
# its own for as long as it takes: one node, this machine, in a temporary folder.
# Needs a build. Prints a table, tab-separated.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "job-array.sh: $*" >&2; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -gt 2 ]]; then
  usage >&2
  exit 2
fi

root=$(dirname "$(readlink -f "$0")")/../..
photos=$(readlink -f "${1:-$root/data/photos}")
shards=${2:-5}
"$root/scripts/install-packages.sh" cluster
PATH=$root/build/bin:$PATH
export PATH photos shards

work=$(mktemp -d)
# Slurm's own files must be readable for the tasks, which may be another user.
chmod 755 "$work"
services=()
clean_up() {
  [[ ${#services[@]} -eq 0 ]] || kill "${services[@]}" 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap clean_up EXIT

# What each task runs. The first time it may write 20 kB to a file, which ends
# it like a full disk.
cat >"$work/task.sh" <<'TASK'
#!/bin/bash
[[ -z ${limit:-} ]] || ulimit -f "$limit"
exec extract -q -j 1 --resume --shard "$1/$shards" "$photos"
TASK
chmod +x "$work/task.sh"

run_parallel() {
  PARALLEL_HOME=$work parallel --will-cite -j 2 ../task.sh ::: $(seq "$shards")
}

start_slurm() {
  local node
  node=$(uname -n)
  node=${node%%.*}
  mkdir "$work/state" "$work/spool"
  head -c 1024 /dev/urandom >"$work/munge.key"
  chmod 400 "$work/munge.key"
  cat >"$work/slurm.conf" <<CONF
ClusterName=imsearch
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
CONF
  export SLURM_CONF=$work/slurm.conf
  # Its folder lies in one that all may write to, which munged refuses unless
  # forced.
  munged --foreground --force --key-file="$work/munge.key" \
    --socket="$work/munge.socket" --pid-file="$work/munged.pid" \
    --log-file="$work/munged.log" --seed-file="$work/munged.seed" \
    2>"$work/munged.err" &
  services+=($!)
  slurmctld -D -c 2>"$work/slurmctld.err" &
  services+=($!)
  slurmd -D -N "$node" 2>"$work/slurmd.err" &
  services+=($!)
  for _ in $(seq 120); do
    [[ $(sinfo -h -o %T 2>/dev/null) == idle ]] && return
    sleep 0.5
  done
  say "Slurm does not start; its messages:"
  tail -n 5 "$work"/*.err >&2
  return 1
}

run_slurm() {
  cat >array.sh <<'ARRAY'
#!/bin/bash
exec ../task.sh "$SLURM_ARRAY_TASK_ID"
ARRAY
  sbatch --quiet --wait --array="1-$shards" --output=%a.log array.sh
}

# check SCHEDULER FUNCTION: both rounds, and the comparison.
check() {
  mkdir "$work/$1"
  cd "$work/$1"
  if limit=20 "$2" >first.log 2>&1; then
    say "$1: no shard ended early: give more images, or fewer shards"
    return 1
  fi
  local stopped
  stopped=$(find . -name '*.done.part' | wc -l)
  "$2" >second.log 2>&1 || {
    say "$1 failed:"
    tail -n 20 ./*.log >&2
    return 1
  }
  extract -q --join fvecs.bin.*-of-"$shards"
  for file in fvecs.bin fnames.txt fvecs.bin.json; do
    cmp "$file" "../$file"
  done
  printf '%s\t%d\t%d\t%d\tequal\n' "$1" "$shards" "$stopped" \
    "$(wc -l <../fnames.txt)"
}

cd "$work"
extract -q "$photos"
printf 'scheduler\tshards\tended_early\timages\tjoined_files\n'
check parallel run_parallel
start_slurm
check slurm run_slurm
