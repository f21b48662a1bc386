#!/bin/bash
# --help is laid out the same in every tool, and what is mistyped is told.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PATH="$IMSEARCH_BIN:$PATH" HOME=$scratch
cd "$scratch"

failures=0
complain() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

headings='Often used|What to look for|Images|Input|Output|Changing an index'
headings+='|Building|Loading|Search|Judging|Other models|Large collections'
headings+='|Search service|For other programs|General'
for tool in extract update build-index query eval-recall bench push \
  'bench extract'; do
  echo "imsearch $tool"
  read -ra words <<<"$tool"
  help=$(imsearch "${words[@]}" --help)
  wide=$(awk 'length > 80' <<<"$help")
  [[ -z $wide ]] || complain "$tool: wider than 80 columns: $wide"
  # The first group is what is used most; there are several.
  groups=$(grep -xE "($headings):" <<<"$help")
  [[ $groups == 'Often used:'* && $(wc -l <<<"$groups") -ge 3 ]] ||
    complain "$tool: groups are $groups"
  [[ $groups == *'General:' ]] || complain "$tool: no General group at last"
  examples=$(sed -n '/^Examples:/,/^$/s/^  //p' <<<"$help")
  [[ $(wc -l <<<"$examples") -eq 2 ]] || complain "$tool: examples: $examples"
  while read -ra example; do
    [[ "${example[*]} " == "imsearch $tool "* ]] ||
      complain "$tool: cannot be pasted: ${example[*]}"
    for word in "${example[@]}"; do
      [[ $word != -* ]] || grep -qE -- "^  (-., )?$word(,| |$)" <<<"$help" ||
        complain "$tool: example has $word"
    done
  done <<<"$examples"
  [[ $help == *$'\n'"Manual: imsearch help ${words[0]}" ]] ||
    complain "$tool: the manual is not named"
  # Each long option without its last letter but one: no other is nearer.
  option=$(grep -oE -- '--[a-z-]{6,}' <<<"$help" | head -n 1)
  typed=${option:0:-2}${option: -1}
  said=$(imsearch "${words[@]}" "$typed" 2>&1 || true)
  [[ $said == *"$typed: no such option: did you mean --"* ]] ||
    complain "$tool $typed: $said"
done

# meant WHAT COMMAND...: the command is refused and told what was meant.
meant() {
  local said status=0
  said=$(imsearch "${@:2}" 2>&1) || status=$?
  [[ $status -eq 2 && $said == *": did you mean $1?"* ]] ||
    complain "${*:2}: status $status: $said"
}
echo "commands and words that options take"
meant query qury a.jpg
meant query help qeury
meant --help --hlep
meant --version --verison
meant extract bench extrct a.jpg
meant onednn extract --engine onedn a.jpg
meant cuda update --device cudda a
meant squash extract --model m.pt --resize squahs a.jpg
meant hnswlib build-index --format hnswlb
meant faiss push http://localhost:9200/photos --engine fais
meant cosine push http://localhost:9200/photos --space cosin
meant 16x push http://localhost:9200/photos --compression 16
touch a.jpg
meant torchvision extract --weights torchvison a.jpg
meant keras update --weights kears a.jpg
meant demo query --weights dmeo a.jpg
# A word that is like none is told all.
said=$(imsearch extract --engine fast a.jpg 2>&1 || true)
[[ $said == *'fast is not one of onednn, torch'$'\n'* ]] ||
  complain "--engine fast: $said"

exit $((failures > 0))
