#!/bin/bash
# scripts/fetch-weights.sh against a web server on this machine.
set -euo pipefail

fetch=$IMSEARCH_SOURCE/scripts/fetch-weights.sh
keras=mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5
torchvision=mobilenet_v2-7ebf99e0.pth

folder=$(mktemp -d)
mkdir "$folder/www"
touch "$folder/server.out"
python3 -u -m http.server --bind 127.0.0.1 --directory "$folder/www" 0 \
  >"$folder/server.out" 2>"$folder/server.log" &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
for _ in {1..100}; do
  port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$folder/server.out")
  [[ -z $port ]] || break
  sleep 0.1
done
[[ -n $port ]]
export IMSEARCH_WEIGHTS_URL=http://127.0.0.1:$port no_proxy=127.0.0.1
export XDG_DATA_HOME=$folder/data
home=$folder/data/imsearch

die() {
  echo "FAILED: $*" >&2
  [[ ! -f $folder/err ]] || cat "$folder/err" >&2
  exit 1
}
# Expects an exit status and a text on stderr of fetch-weights.sh ARGUMENT...
expect() {
  local status=0 want=$1 text=$2
  shift 2
  "$fetch" "$@" >"$folder/out" 2>"$folder/err" || status=$?
  [[ $status -eq $want ]] || die "$*: exit $status, not $want"
  grep -qF -- "$text" "$folder/err" || die "$*: stderr lacks '$text'"
}
expect_files() {
  local found
  found=$(cd "$home" && echo ./*)
  [[ $found == "$*" ]] || die "left are $found, not $*"
}

echo "a wrong command line is refused"
expect 2 "usage: $fetch keras|torchvision"
grep -qF "$fetch: which weights? keras, unless you know why not" "$folder/err" ||
  die "no word on which to take"
grep -q '^keras (9 MB) is the one to take' "$folder/err" || die "no reason"
expect 2 "$fetch: resnet: no such weights: keras or torchvision" resnet
expect 2 "$fetch: 2 arguments, expected 1" keras torchvision

echo "it names itself as it was typed"
expect_name() {
  local want=$1
  shift
  ! (cd "$folder" && "$@") >"$folder/out" 2>"$folder/err" || die "$*: no error"
  [[ $(head -n 1 "$folder/err") == "$want: which weights?"* ]] ||
    die "$*: not $want"
  grep -qF "usage: $want keras" "$folder/err" || die "$*: usage lacks $want"
}
mkdir "$folder/bin"
cp "$fetch" "$folder/bin/imsearch-fetch-weights"
expect_name imsearch-fetch-weights \
  env PATH="$folder/bin:$PATH" imsearch-fetch-weights
expect_name bin/imsearch-fetch-weights bin/imsearch-fetch-weights
expect_name 'imsearch fetch-weights' "$IMSEARCH_BIN/imsearch" fetch-weights
"$fetch" --help | grep -q 'usage:' || die "--help"

echo "a file that is not there leaves nothing"
expect 1 "$keras: not fetched: The requested URL returned error: 404" keras
[[ $(wc -l <"$folder/err") -eq 2 ]] || die "an error is printed twice"
expect_files './*'

echo "a file of another size is refused with both numbers"
head -c 1000 /dev/zero >"$folder/www/$keras"
expect 1 '1000 bytes, not the 9406464 of the official file' keras
expect_files './*'

echo "a file of the right size is kept and its hash pinned"
head -c 9406464 /dev/zero >"$folder/www/$keras"
expect 0 "$home/mobilenet_v2_keras.h5: SHA-256" keras
expect_files ./mobilenet_v2_keras.h5 ./mobilenet_v2_keras.h5.sha256
cmp "$folder/www/$keras" "$home/mobilenet_v2_keras.h5"
(cd "$home" && sha256sum --quiet -c mobilenet_v2_keras.h5.sha256)

echo "what is there is not fetched again"
mv "$folder/www/$keras" "$folder/kept"
expect 0 'SHA-256' keras

echo "another content under a pinned hash is refused"
head -c 9406464 /dev/zero | tr '\0' x >"$folder/www/$keras"
mv "$home/mobilenet_v2_keras.h5" "$folder/good"
expect 1 "is not the one in $home/mobilenet_v2_keras.h5.sha256" keras
expect_files ./mobilenet_v2_keras.h5.sha256

echo "a damaged file is replaced by one of the pinned hash"
mv "$folder/kept" "$folder/www/$keras"
cp "$folder/good" "$home/mobilenet_v2_keras.h5"
printf x | dd of="$home/mobilenet_v2_keras.h5" bs=1 seek=77 conv=notrunc \
  status=none
expect 0 'fetching it anew' keras
cmp "$folder/good" "$home/mobilenet_v2_keras.h5"

echo "torchvision's file must have the SHA-256 that its name starts"
echo 'not the weights' >"$folder/www/$torchvision"
expect 1 'does not start with 7ebf99e0' torchvision
# Found by trying: the SHA-256 of these 18 bytes starts with 7ebf99e0.
printf 'stand-in aaf272179' >"$folder/www/$torchvision"
expect 0 "$home/mobilenet_v2_torchvision.pth: SHA-256 7ebf99e0" torchvision
cmp "$folder/www/$torchvision" "$home/mobilenet_v2_torchvision.pth"
