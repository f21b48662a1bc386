#!/bin/bash
# Completions in real shells, and against --help. A shell that is not installed
# is passed over with a word; the answers of the tools are always checked.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
scripts=$IMSEARCH_SOURCE/scripts/completion
export PATH="$IMSEARCH_BIN:$PATH" HOME=$scratch
unset IMSEARCH_WEIGHTS
cd "$scratch"
mkdir 'my photos' shop
touch a.jpg b.PNG notes.txt v.bin 'my photos/c.jpg'
# Three vectors of two floats with names, and an index of them.
printf '\0\0\200\77\0\0\0\0\0\0\0\0\0\0\200\77\0\0\200\77\0\0\200\77' >v.bin
printf 'shop/red hat.jpg\nshop/blue.jpg\nother.jpg\n' >names.txt
build-index -q v.bin -n names.txt --dim 2 -o my.index

failures=0
# same WHAT EXPECTED FOUND: lines, in any order.
same() {
  local expected found
  expected=$(sort <<<"$2")
  found=$(sort <<<"$3")
  [[ $expected == "$found" ]] && return
  echo "FAILED: $1: expected (<), found (>):" >&2
  diff <(echo "$expected") <(echo "$found") >&2 || true
  failures=$((failures + 1))
}
lines() { printf '%s\n' "$@"; }

echo "the options of each tool are those of --help"
for tool in extract update build-index query duplicates eval-recall bench push \
  'bench extract'; do
  read -ra words <<<"$tool"
  in_help=$(imsearch "${words[@]}" --help | grep -oE '^  -[^ ]+( -[^ ]+)?' |
    tr -d ' ' | tr ',' '\n')
  same "imsearch $tool -" "$in_help" \
    "$(imsearch --complete "${words[@]}" - | cut -f 1)"
done
same "commands" "$(imsearch --help |
  sed -nE '/^Commands:/,/^$/s/^  ([a-z-]+) .*/\1/p')" \
  "$(imsearch --complete '' | cut -f 1 | grep -v '^-')"

echo "values are those that the options take"
answer() { imsearch --complete "$@" | cut -f 1; }
same --engine "$(lines onednn torch)" "$(answer extract --engine '')"
same --weights "$(lines demo ':files h5 pth safetensors')" \
  "$(answer query --weights d)"
same --like "$(lines shop/ other.jpg)" "$(answer query -i my.index --like '')"
same --like= '--like=shop/red hat.jpg' \
  "$(answer query --index=my.index --like=shop/r)"
same 'no index' '' "$(answer query --like '')"
same 'after --' ":files $(answer query '' | sed 's/:files //')" \
  "$(answer query -- --e)"
same 'excluded' '' "$(answer query --weights demo --mod)"
same 'given' --json "$(answer query --id 1 --js)"
same 'given twice' '' "$(answer query --json --js)"

have() {
  command -v "$1" >/dev/null && return
  echo "$1 is not installed: its completions are not tried"
  return 1
}

# Each shell is asked for the same: the words, then what they become. Folders
# come with a slash or without, as the shell has them.
in_shells() {
  if have bash; then same "bash: $1" "$2" "$(bash_completes "$1")"; fi
  if have zsh; then same "zsh: $1" "$2" "$(zsh_completes "$1")"; fi
  if have fish; then same "fish: $1" "$2" "$(fish_completes "$1")"; fi
}
bash_completes() {
  # Words as bash would split them, by spaces and =.
  bash --norc -c '
    for file in /usr/share/bash-completion/bash_completion; do
      [[ ! -f $file ]] || source $file
    done
    source "$1"
    compopt() { :; }
    COMP_LINE=$2 COMP_POINT=${#2}
    read -ra COMP_WORDS <<<"${2//=/ = }"
    [[ $2 != *[\ =] ]] || COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _imsearch
    printf "%s\n" "${COMPREPLY[@]}" | sed "s,/\$,,"
  ' bash "$scripts/imsearch.bash" "$1"
}
fish_completes() {
  fish --no-config -c "source $scripts/imsearch.fish
    complete -C '$1'" | cut -f 1 | sed 's,/$,,'
}
zsh_completes() {
  zsh -f "$IMSEARCH_SOURCE/tests/cli/completion.zsh" "$scripts" "$1" |
    sed 's,/$,,'
}

echo "shells offer what the tools answer"
in_shells 'imsearch ev' eval-recall
in_shells 'imsearch extract --engine ' "$(lines onednn torch)"
in_shells 'imsearch-query --thr' "$(lines --threads --threshold)"
in_shells 'imsearch query -i my.index --like shop/' \
  "$(lines shop/blue.jpg 'shop/red hat.jpg')"

((failures == 0))
