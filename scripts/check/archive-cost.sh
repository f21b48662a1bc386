#!/bin/bash
# What it costs to extract images out of archives, against the same files in a
# folder.
#
# usage: archive-cost.sh FOLDER [ROUNDS]      5 rounds unless given
#
# Packs FOLDER into a tar, a zip (stored and deflated), a tar.gz and a tar.zst, and
# extracts each and the folder in turn. Prints, tab-separated, seconds of wall clock
# and of CPUs (user and system) of each run, then the medians' ratios to the folder,
# and fails where the CPU time of tar or stored zip is more than 5 % above. The rows
# must be the same bytes. IMSEARCH_BIN is where the tools are (default: build/bin).
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
case ${1:-} in
  -h | --help) usage && exit ;;
  '') usage >&2 && exit 2 ;;
esac
here=$(dirname "$(readlink -f "$0")")
export PATH=${IMSEARCH_BIN:-$here/../../build/bin}:$PATH
source=$(realpath "$1")
rounds=${2:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp -rL "$source" folder
# In the order in which extract lists a folder.
find folder -type f | LC_ALL=C sort >list
tar --no-recursion -cf all.tar -T list
gzip -k all.tar
zstd -q all.tar -o all.tar.zst
python3 - <<'END'
import zipfile

for name, method in (("stored", zipfile.ZIP_STORED),
                     ("deflated", zipfile.ZIP_DEFLATED)):
    with open("list", encoding="utf-8") as files, \
            zipfile.ZipFile(name + ".zip", "w", method) as archive:
        for line in files:
            archive.write(line.rstrip("\n"))
END
inputs=(folder all.tar stored.zip deflated.zip all.tar.gz all.tar.zst)
TIMEFORMAT='%R %U %S'
printf 'input\twall_s\tcpu_s\n' | tee times
for ((round = 0; round <= rounds; ++round)); do
  for input in "${inputs[@]}"; do
    read -r wall user system < <({ time extract -q --weights demo \
      -o "$input.bin" -n "$input.txt" "$input" 2>/dev/null; } 2>&1)
    cmp folder.bin "$input.bin"
    ((round == 0)) && continue # the first brings files into memory
    awk -v i="$input" -v w="$wall" -v u="$user" -v s="$system" \
      'BEGIN { printf "%s\t%.2f\t%.2f\n", i, w, u + s }' | tee -a times
  done
done
python3 - <<'END'
import statistics
import sys

runs = {}
with open("times", encoding="utf-8") as file:
    for line in list(file)[1:]:
        name, wall, cpu = line.rstrip("\n").split("\t")
        runs.setdefault(name, []).append((float(wall), float(cpu)))
medians = {name: [statistics.median(column) for column in zip(*times)]
           for name, times in runs.items()}
print("input\twall_ratio\tcpu_ratio")
bad = False
for name, (wall, cpu) in medians.items():
    ratio = cpu / medians["folder"][1]
    print(f"{name}\t{wall / medians['folder'][0]:.3f}\t{ratio:.3f}")
    bad = bad or (name in ("all.tar", "stored.zip") and ratio > 1.05)
sys.exit(bad)
END
