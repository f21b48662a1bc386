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

# The script and the front program explain themselves in other words.
for page in imsearch-*.1; do
  tool=${page#imsearch-}
  tool=${tool%.1}
  [[ $tool != fetch-weights ]] || continue
  echo "$page has the options of $tool --help"
  differences=$(diff <(options_of_help "$tool") <(options_of_page "$tool")) ||
    complain "$tool: --help (<) and $page (>) differ:"$'\n'"$differences"
  [[ -n $(options_of_help "$tool") ]] || complain "$tool --help: no options"
done

echo "imsearch.1 has the commands of imsearch --help, in its order"
of_help=$("$IMSEARCH_BIN/imsearch" --help |
  sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
of_page=$(sed -n 's/^\.It Cm \([a-z-]*\).*/\1/p' imsearch.1)
[[ -n $of_help && $of_help == "$of_page" ]] ||
  complain "imsearch: --help has $of_help; imsearch.1 has $of_page"

echo "imsearch-fetch-weights.1 has the weights that its usage has"
weights=$("$IMSEARCH_BIN/fetch-weights" --help |
  sed -n 's/^usage: [^ ]* \([a-z|]*\).*/\1/p')
[[ -n $weights ]] || complain "fetch-weights --help: no usage"
grep -qxF ".Cm ${weights//|/ | }" imsearch-fetch-weights.1 ||
  complain "imsearch-fetch-weights.1: does not say $weights"

echo "every program has a page, and so has what a page stands for"
pages=$IMSEARCH_BIN/../share/man/man1
for program in "$IMSEARCH_BIN"/*; do
  [[ -f $program && -x $program ]] || continue
  page=imsearch-${program##*/}.1
  page=${page/#imsearch-imsearch./imsearch.}
  [[ -f $pages/$page ]] || complain "$page: missing"
  [[ -f $pages/$page.gz ]] || complain "$page.gz: missing"
  target=$(sed -n 's,^\.so man1/,,p' "$pages/$page")
  [[ -f $pages/${target:-$page} ]] || complain "$page: $target is missing"
done

echo "the pages have the same sections"
sections='NAME SYNOPSIS DESCRIPTION OPTIONS FILES EXIT STATUS EXAMPLES SEE ALSO'
for page in imsearch*.1; do
  found=$(sed -n 's/^\.Sh //p' "$page" | grep -v ENVIRONMENT | paste -sd ' ')
  [[ $found == "$sections" ]] || complain "$page: sections are $found"
done

echo "the pages call the tools by one form of their names: imsearch query"
# Behind the name of a page, which .Nm begins with. Files have dashes.
tools='extract|update|build-index|query|eval-recall|bench|push|fetch-weights'
for page in imsearch*.[157]; do
  other=$(awk '/^\.Sh/ { name = /NAME/ } !name' "$page" |
    grep -vE '^\.(It )?(Xr|Pa)|^\.(Dd|Dt|\\")' |
    grep -E "imsearch-($tools)([^-.a-z]|\$)" || true)
  # The one place that says what the other form is.
  [[ $page != imsearch.1 ]] ||
    other=$(grep -vxF '.Li imsearch-query a.jpg' <<<"$other" || true)
  [[ -z $other ]] || complain "$page: $other"
  [[ $page == imsearch-*.1 ]] || continue
  ! awk '/^\.Sh/ { name = /NAME/ } !name' "$page" | grep -qx '\.Nm' ||
    complain "$page: .Nm alone gives the name of the page"
done

echo "imsearch(7) names every other page"
for page in imsearch*.[157]; do
  [[ $page != imsearch.7 ]] || continue
  sed -n '/^\.Sh SEE ALSO/,$p' imsearch.7 |
    grep -q "^\.Xr ${page%.*} ${page##*.}\( ,\)*\$" ||
    complain "imsearch.7: SEE ALSO lacks $page"
done

echo "the sizes of clusters are those that the script computes"
while IFS= read -r line; do
  grep -qxF -- "$line" imsearch-service.7 ||
    complain "imsearch-service.7: not as scripts/service/sizes.py: $line"
done < <("$IMSEARCH_SOURCE/scripts/service/sizes.py" --mdoc)

exit $((failures > 0))
