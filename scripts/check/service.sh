#!/bin/bash
# Check that a search service answers as the index file does, on your photos.
#
# usage: service.sh URL FOLDER [WEIGHTS]
#
# Extracts the images in FOLDER, indexes them here and pushes them to the service
# at URL, such as http://127.0.0.1:9200 (service.sh starts one), as the index
# imsearch-check, which is deleted at the end. Then 100 of the photos are asked of
# both. Fails unless 99 of 100 names are the same, place by place, and similarities
# differ by at most 0.00001. Files are left in build/check-service.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -lt 2 || $# -gt 3 ]]; then
  usage >&2
  exit 2
fi
url=${1%/}/imsearch-check folder=$(realpath "$2")
[[ -z ${3:-} || ! -f $3 ]] || set -- "$1" "$2" "$(realpath "$3")"
weights=(${3:+--weights "$3"})

source=$(dirname "$(readlink -f "$0")")/../..
bin=$source/build/bin
asked=100
mkdir -p "$source/build/check-service"
cd "$source/build/check-service"

delete_index() { curl -s -X DELETE "$url" >/dev/null; }
trap delete_index EXIT
delete_index

[[ -s fvecs.bin ]] || "$bin/extract" "${weights[@]}" "$folder"
"$bin/build-index" -q
"$bin/push" "$url"

# Photos spread over the list.
awk -v want=$asked '
  { name[NR] = $0 }
  END { for (i = 0; i < want; i++) print name[1 + int((i + 0.5) * NR / want)] }
' fnames.txt >photos
mapfile -t photos <photos
"$bin/query" "${weights[@]}" -k 10 -- "${photos[@]}" >local.tsv
"$bin/query" "${weights[@]}" -k 10 --url "$url" -- "${photos[@]}" >service.tsv

paste local.tsv service.tsv | awk -F '\t' '
  { answers++
    if ($4 == $8) same++
    difference = $3 > $7 ? $3 - $7 : $7 - $3
    if (difference > most) most = difference }
  END {
    printf "%d of %d names are the same, place by place; ", same, answers
    printf "similarities differ by at most %.6f\n", most
    exit !(answers > 0 && same >= 0.99 * answers && most <= 0.00001) }'
