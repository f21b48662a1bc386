#!/bin/bash
# Check the AWS signatures of push and query against those that botocore makes.
#
# usage: signature.sh URL
#
# URL is a node to push to, such as http://127.0.0.1:9200 (service.sh starts one).
# A proxy before it judges each request by botocore's code, from PyPI, kept below
# build/check-signature; requests of more than 1 MB are among them. The index
# imsearch-signature is made and deleted.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "signature.sh: $*" >&2; }

case ${1:-} in
  -h | --help) usage && exit ;;
  '') usage >&2 && exit 2 ;;
esac
node=${1%/}

source=$(dirname "$(readlink -f "$0")")/../..
bin=${IMSEARCH_BIN:-$source/build/bin}
venv=$source/build/check-signature
rows=1000 dim=1280 # for requests of more than 1 MB

if [[ ! -x $venv/bin/python ]]; then
  "$source/scripts/install-packages.sh" signature
  /usr/bin/python3 -m venv "$venv"
fi
"$venv/bin/python" -c 'import botocore' 2>/dev/null ||
  "$venv/bin/pip" install -q botocore

scratch=$(mktemp -d)
proxy=
clean_up() {
  [[ -z $proxy ]] || kill "$proxy" 2>/dev/null || true
  rm -rf "$scratch"
  curl -s -X DELETE "$node/imsearch-signature" >/dev/null || true
}
trap clean_up EXIT

# Keys as AWS's documentation writes them.
export AWS_ACCESS_KEY_ID=AKIDEXAMPLE
export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY
export AWS_SESSION_TOKEN='a/session+token=='

"$venv/bin/python" "$source/scripts/check/signature.py" "$node" "$scratch/log" \
  >"$scratch/port" &
proxy=$!
until [[ -s $scratch/port ]]; do
  kill -0 "$proxy" || exit 1
  sleep 0.1
done
url=http://127.0.0.1:$(cat "$scratch/port")/imsearch-signature

"$venv/bin/python" - "$scratch/fvecs.bin" $rows $dim <<'PYTHON'
import array, random, sys
random.seed(1)
with open(sys.argv[1], "wb") as out:
    for _ in range(int(sys.argv[2])):
        array.array("f", (random.random() for _ in range(int(sys.argv[3])))).tofile(out)
PYTHON
seq $rows >"$scratch/fnames.txt"

cd "$scratch"
"$bin/push" --aws-region us-west-2 --replicas 0 "$url"
"$bin/query" --aws-region us-west-2 --url "$url" --id 3 -k 2 >/dev/null

good=$(grep -c '^good' log || true)
large=$(awk -F '\t' '$1 == "good" && $4 > 1000000' log | wc -l)
if grep '^bad' log >&2 || ((good < 20 || large < 1)); then
  say "failed: $good good requests, $large of more than 1 MB"
  exit 1
fi
say "all $good requests have botocore's signature, $large of them of more than 1 MB"
