# Completions of imsearch for bash. The programs themselves know what may come
# next: `imsearch --complete WORD...` lists it (imsearch-formats(5)).
#
# An installation puts this where bash-completion finds it. In a clone:
#   source scripts/completion/imsearch.bash

_imsearch() {
  local program=${COMP_WORDS[0]} cur='' words=() glued='' i word
  # bash splits words at = and :, which stand in --ef=64 and in a URL.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $i -gt 1 && ($word == [=:]* || $glued) ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
    glued=''
    [[ $word != *[=:] ]] || glued=yes
  done
  # As they would arrive: without quotes and backslashes.
  for i in "${!words[@]}"; do
    word=${words[i]#[\"\']}
    word=${word//\\/}
    words[i]=${word/#\~\//$HOME/}
  done
  cur=${words[-1]}
  # What readline keeps of the word, and completions must not repeat.
  local kept=${cur%"${cur##*[=:]}"}
  [[ $COMP_WORDBREAKS == *[=:]* ]] || kept=''

  local command=()
  case ${program##*/} in
    imsearch-*)
      command=("${program##*/imsearch-}")
      command=("${command[0]#imsearch-}")
      program=${program%-"${command[0]}"}
      ;;
  esac

  COMPREPLY=()
  local files='' candidate
  while IFS=$'\t' read -r candidate _; do
    if [[ $candidate == :files* ]]; then
      files=$candidate
    else
      COMPREPLY+=("${candidate#"$kept"}")
    fi
  done < <("$program" --complete "${command[@]}" "${words[@]}" 2>/dev/null)
  compopt -o filenames
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
    compopt -o nospace
  fi
  [[ $files ]] || return 0
  # The names as they are typed, which the file completion unquotes itself.
  cur=${COMP_WORDS[COMP_CWORD]#[=:]}
  local endings=${files#:files}
  endings=${endings# }
  if declare -F _filedir >/dev/null; then
    _filedir ${endings:+"@(${endings// /|})"}
  else
    compopt -o default
  fi
}

complete -F _imsearch imsearch imsearch-extract imsearch-build-index \
  imsearch-query imsearch-eval-recall imsearch-bench imsearch-push \
  imsearch-update imsearch-duplicates imsearch-fetch-weights
