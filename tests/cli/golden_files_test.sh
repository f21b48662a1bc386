#!/bin/bash
# Files that imsearch 1.0 wrote are read by this one, with the answers of then:
# the promise of imsearch-formats(5). tests/golden/README.md says what they are.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Its files are written by nobody again: the copies are.
cp -r "$IMSEARCH_SOURCE/tests/golden/1.0/." "$work"
gzip -d "$work"/*/*.gz
ln -s "$IMSEARCH_SOURCE/data/photos" "$work/photos/photos"
export PATH="$IMSEARCH_BIN:$PATH"

failures=0
complain() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}
# same WHAT ONE OTHER: two files, to the byte.
same() {
  echo "$1"
  diff "$2" "$3" >&2 || cmp "$2" "$3" || complain "$1"
}

cd "$work/graph"
echo "an index is sound, with its vectors"
build-index --verify >verified 2>&1 || complain "$(cat verified)"
query -q --vectors queries.bin --exact -k 5 >now
same "exact search finds the same in it" exact.tsv now
query -q --vectors queries.bin --ef 8 -k 5 >now
same "a walk through its graph finds the same" walked.tsv now
cp fvecs.bin.hnsw.index alone.index
mv fvecs.bin away.bin
query -q --vectors queries.bin --ef 64 -k 5 -i alone.index >now 2>/dev/null
same "without its vectors the nearest have the same names" \
  <(awk '$2 == 1 { print $4 }' exact.tsv) <(awk '$2 == 1 { print $4 }' now)
mv away.bin fvecs.bin
build-index -q --dim 8 -o new.index
seq 0 17 1199 | sed 's/$/.jpg/' | build-index -q --delete - new.index
query -q --vectors queries.bin --exact -k 5 -i new.index >now
same "so does exact search in an index made anew" exact.tsv now

cd "$work/photos"
query -q --id 0 --id 2 --id 3 -k 3 >now
same "rows of an index with a model have the same neighbours" answers.tsv now
for photo in beige-straw-01 brown-plain-03; do
  name=photos/hat/$photo.jpg
  found=$(query -q -k 1 --self "$name" | cut -f 4)
  [[ $found == "$name" ]] || complain "$name: found $found first"
done
query -q photos/hat/black-plain-06.jpg >now
[[ -s now ]] || complain "a photo whose row is deleted: no answers"
grep -q black-plain-06.jpg <(cut -f 4 now) && complain "a deleted row is back"

echo "shards are joined to the whole"
extract -q --join fvecs.bin.[12]-of-2 -o joined.bin -n joined.txt
cmp joined.bin fvecs.bin || complain "joined vectors differ"
cmp joined.txt fnames.txt || complain "joined names differ"

echo "photos that are there are known, others are added behind them"
cp fvecs.bin before
extract -q --append photos/hat/beige-straw-01.jpg
cmp fvecs.bin before || complain "a known photo was added"
extract -q --append photos/mug/blue-dots-03.jpg
cmp -n "$(stat -c %s before)" fvecs.bin before || complain "old rows changed"
build-index -q --append
found=$(query -q -k 1 --self photos/mug/blue-dots-03.jpg | cut -f 4)
[[ $found == photos/mug/blue-dots-03.jpg ]] || complain "the new one: $found"

echo "a changed byte is noticed"
printf 'x' | dd of=fvecs.bin.hnsw.index bs=1 seek=9000 conv=notrunc status=none
build-index --verify >verified 2>&1 && complain "damage is not noticed"

exit $((failures > 0))
