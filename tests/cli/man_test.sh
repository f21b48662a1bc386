#!/bin/bash
# The man pages say what --help says, and are clean.
set -euo pipefail
cd "$IMSEARCH_SOURCE/man"

failures=0
complain() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

echo "the pages are clean"
mandoc -T lint -W warning ./*.[157] || complain "mandoc -T lint"

# The options at the start of lines like "  -o, --output FILE".
options_of_help() {
  local subcommands
  subcommands=$("$IMSEARCH_BIN/$1" --help |
    sed -n '/^Subcommands:/,$s/^  \([a-z]*\) .*/\1/p')
  for command in '' $subcommands; do
    "$IMSEARCH_BIN/$1" ${command:+"$command"} --help
  done | grep -oE '^  -[^ ]+( -[^ ]+)?' | tr -d ' ' | tr ',' '\n' | sort -u
}
# Those in lines like ".It Fl o , Fl -output Ar file".
options_of_page() {
  grep '^\.It Fl' "imsearch-$1.1" | grep -o 'Fl [^ ]*' | sed 's/^Fl /-/' |
    sort -u
}

for page in imsearch-*.1; do
  tool=${page#imsearch-}
  tool=${tool%.1}
  echo "$page has the options of $tool --help"
  differences=$(diff <(options_of_help "$tool") <(options_of_page "$tool")) ||
    complain "$tool: --help (<) and $page (>) differ:"$'\n'"$differences"
  [[ -n $(options_of_help "$tool") ]] || complain "$tool --help: no options"
done

echo "every tool has a page"
for tool in extract build-index query eval-recall bench push; do
  [[ -f imsearch-$tool.1 ]] || complain "imsearch-$tool.1: missing"
done

echo "the pages have the same sections"
sections='NAME SYNOPSIS DESCRIPTION OPTIONS FILES EXIT STATUS EXAMPLES SEE ALSO'
for page in imsearch-*.1; do
  found=$(sed -n 's/^\.Sh //p' "$page" | grep -v ENVIRONMENT | paste -sd ' ')
  [[ $found == "$sections" ]] || complain "$page: sections are $found"
done

echo "the sizes of clusters are those that the script computes"
while IFS= read -r line; do
  grep -qxF -- "$line" imsearch-service.7 ||
    complain "imsearch-service.7: not as scripts/service/sizes.py: $line"
done < <("$IMSEARCH_SOURCE/scripts/service/sizes.py" --mdoc)

exit $((failures > 0))
