#!/bin/bash
# Install the packages of scripts/packages.txt that are missing (Debian 12).
#
# usage: install-packages.sh GROUP...      groups: build, formats, torch, test,
#                                        browser, dev, package, check, arm64, fetch,
#                                        compare, peers, cluster, service,
#                                        service-test, loaders, signature
#
# Says what it installs, and does nothing when nothing is missing. Uses sudo
# when not run as root.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "install-packages.sh: $*" >&2; }

case ${1:-} in
  -h | --help) usage && exit ;;
  '') usage >&2 && exit 2 ;;
esac

list=$(dirname "$(readlink -f "$0")")/packages.txt

# The names of the packages in the groups given.
names_of() {
  local group
  for group; do
    awk -v group="$group" '
      $1 !~ /^#/ && $2 == group { print $1; found = 1 }
      END { exit !found }' "$list" || {
      say "$group: no such group"
      return 2
    }
  done
}

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

if ! command -v dpkg-query >/dev/null; then
  say "not a Debian system: install what $list names"
  exit 1
fi

names=$(names_of "$@")
missing=()
for name in $names; do
  is_installed "$name" || missing+=("$name")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

as_root=(env DEBIAN_FRONTEND=noninteractive)
if [[ $EUID -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    say "not root, and no sudo: as root, run apt-get install ${missing[*]}"
    exit 1
  fi
  as_root=(sudo "${as_root[@]}")
fi

install() {
  "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}"
}

# What it costs, in apt's words: packages, bytes to fetch, bytes on disk. Nothing
# where apt does not know all of them.
cost() {
  LC_ALL=C apt-get install --assume-no --no-install-recommends "${missing[@]}" \
    2>/dev/null |
    grep -E 'newly installed|^Need to get|^After this' || true
}

say "installing ${missing[*]}"
# The lists of packages may be absent or old: then they are fetched first.
costs=$(cost)
if [[ -z $costs ]]; then
  "${as_root[@]}" apt-get update
  costs=$(cost)
fi
while read -r line; do say "$line"; done <<<"$costs"
if ! install; then
  "${as_root[@]}" apt-get update
  install
fi
