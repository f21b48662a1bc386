# completion.zsh FOLDER LINE: what the function of FOLDER answers behind LINE, a
# line each, in a real zsh whose completion system is replaced by what prints the
# candidates that it is given.
typeset -a words
words=("${(@Q)${(z)2}}")
[[ $2 != *' ' ]] || words+=('')
CURRENT=$#words
PREFIX=$words[-1]

_describe() {
  local entry
  for entry in "${(@P)@[-1]}"; do
    entry=${entry//\\:/$'\1'}
    print -r -- "${${entry%%:*}//$'\1'/:}"
  done
}
compadd() { print -rl -- "${(@P)@[-1]}" }
compset() { return 1 }
_files() { print -r -- ":files" }

source "$1/_imsearch"
