#!/bin/bash
# Every path of this project that its texts name exists: what is moved or renamed
# is moved in README, CONTRIBUTING, CI, manuals, scripts and messages as well.
set -euo pipefail
cd "$IMSEARCH_SOURCE"

# paths_in FILE…: "FILE:path" of what looks like a path below one of our folders,
# without the full stop of a sentence.
paths_in() {
  grep -HoE '(^|[^[:alnum:]_./-])(scripts|lib|tools|tests|man|cmake|data)/[[:alnum:]_.*/-]+' \
    "$@" | sed -E 's/:[^[:alnum:]]/:/; s/[.:]+$//' | sort -u
}

# missing FILE…: those that do not exist.
missing() {
  local file path
  while IFS=: read -r file path; do
    compgen -G "$path" >/dev/null || echo "$file names $path"
  done < <(paths_in "$@")
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
printf 'See scripts/gone.sh, scripts/test.sh and man/no-such.7.\n' \
  >"$scratch/text"
[[ $(missing "$scratch/text" | wc -l) -eq 2 ]] || {
  echo "self-test: two paths are missing, and found were:"
  missing "$scratch/text"
  exit 1
}

sources=()
while IFS= read -r file; do sources+=("$file"); done < <(
  find lib tools -name '*.cpp' -o -name '*.h' -o -name CMakeLists.txt)
found=$(missing README.md CONTRIBUTING.md .ci/run CMakeLists.txt data/README.md \
  man/*.[157] scripts/packages.txt scripts/*.sh scripts/*/*.sh scripts/*/*.py \
  "${sources[@]}")
[[ -z $found ]] || {
  echo "$found"
  exit 1
}
