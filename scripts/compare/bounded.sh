#!/bin/bash
# Run a command within bounded memory.
#
# usage: bounded.sh GB COMMAND...
#
# The command and what it starts run in a memory control group of GB, page cache
# included, where the system lets one be made (as root). Says on standard error
# whether it does; without one the command runs all the same.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "bounded.sh: $*" >&2; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
[[ $# -ge 2 && $1 =~ ^[1-9][0-9]*$ ]] || {
  usage >&2
  exit 2
}
bytes=$(($1 << 30))
shift

# join_group FOLDER FILE: makes it, bounded, with this shell in it.
join_group() {
  mkdir "$1" && echo "$bytes" > "$1/$2" && echo $$ > "$1/cgroup.procs"
}
group=/sys/fs/cgroup/imsearch-$$ file=memory.max
if [[ ! -f /sys/fs/cgroup/cgroup.controllers ]]; then
  group=/sys/fs/cgroup/memory/imsearch-$$ file=memory.limit_in_bytes
fi
if join_group "$group" "$file" 2>/dev/null; then
  say "$file $bytes"
else
  say "no control group can be made: memory is not bounded"
fi
exec "$@"
