#!/bin/bash
# Compare the built-in network's two engines at each input size that a weights
# file may ask for, in both variants.
#
# usage: sizes.sh [SIZE...]
#
# SIZE is a number from 32 to 2048; without any, all 2,017 are checked, which
# takes hours. For each size the demo weights are changed to ask for it, and two
# pictures become features by extract (oneDNN) and by extract-torch. Prints a
# line for each size and variant: the largest difference of two values and the
# smallest cosine. Fails where a difference is above 1e-4 or a cosine below
# 0.999999. Needs a build with tests.
#
# The default may be shared out:  sizes.sh $(seq 32 7 2048)
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
for size in "$@"; do
  if [[ ! $size =~ ^[1-9][0-9]{1,3}$ ]] || ((size < 32 || size > 2048)); then
    usage >&2
    exit 2
  fi
done
[[ $# -gt 0 ]] || mapfile -t -O 1 sizes < <(seq 32 2048)
[[ $# -eq 0 ]] || sizes=("$@")

root=$(dirname "$(readlink -f "$0")")/../..
bin=$root/build/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
images=("$root"/tests/golden/images/{dim700x9,plain_a}.jpg)

# The demo weights, asking for another size and variant.
make_weights() {  # SIZE VARIANT
  python3 - "$root/data/mobilenet_v2_demo.safetensors" "$work/weights" "$@" <<'EOF'
import json, struct, sys
source, target, size, variant = sys.argv[1:]
data = open(source, "rb").read()
end = 8 + struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:end])
header["__metadata__"].update(input_size=size, variant=variant)
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(target, "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data[end:])
EOF
}

extract() {  # ENGINE
  "$bin/extract" --engine "$1" --quiet --strict --threads 1 \
    --weights "$work/weights" -o "$work/$1" -n "$work/$1.names" "${images[@]}"
}

printf 'size\tvariant\tlargest_difference\tsmallest_cosine\n'
for size in "${sizes[@]}"; do
  for variant in keras torchvision; do
    make_weights "$size" "$variant"
    extract onednn
    extract torch
    "$bin/../test-bin/compare-rows" "$work/onednn" "$work/torch" 1280 1e-4 0.999999 \
      >"$work/line" || failed=1
    printf '%s\t%s\t%s\n' "$size" "$variant" \
      "$(tail -n 1 "$work/line" | cut -f 2-)"
  done
done
exit "$failed"
