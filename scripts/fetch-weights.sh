#!/bin/bash
# Fetch the official ImageNet weights of MobileNetV2.
#
# usage: fetch-weights keras|torchvision
#
# keras (9 MB) is the one to take for finding pictures: it sees all of a picture.
# torchvision (14 MB) sees the middle of it alone; take it where features must be
# those that PyTorch's users have. Features of the two cannot be compared.
#
# They go to ${XDG_DATA_HOME:-~/.local/share}/imsearch, where --weights keras
# and --weights torchvision find them. What the publisher lets one check is
# checked: the size (keras) or the first digits of the SHA-256 (torchvision).
# The whole SHA-256 is then kept in a file beside the weights, and whatever is
# fetched later must have the same. IMSEARCH_WEIGHTS_URL, if set, is the address
# of a folder (a mirror) to fetch from, under the publisher's file names.
set -euo pipefail

# As the user typed it. imsearch says how that was, since the name of a script is
# lost to its interpreter, which gets the whole path of what PATH found, too.
self=$0
[[ $(type -P "${0##*/}") != "$0" ]] || self=${0##*/}
[[ ${IMSEARCH_STARTED_AS:-} != 'imsearch fetch-weights' ]] ||
  self=$IMSEARCH_STARTED_AS

usage() {
  sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0" |
    self=$self awk '/^usage:/ { sub("fetch-weights", ENVIRON["self"]) } 1'
}
refuse() {
  echo "$self: $*" >&2
  usage >&2
  exit 2
}
fail() {
  echo "$self: $*" >&2
  exit 1
}

# The addresses are those in the sources of Keras (applications/mobilenet_v2.py)
# and torchvision (models/mobilenetv2.py). Keras publishes no hash; torchvision
# puts the first 8 digits of the SHA-256 into the name.
size='' sha256=''
case ${1:-} in
  -h | --help) usage && exit ;;
  keras)
    folder=https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2
    file=mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5
    target=mobilenet_v2_keras.h5
    size=9406464 about='9 MB'
    ;;
  torchvision)
    folder=https://download.pytorch.org/models
    file=mobilenet_v2-7ebf99e0.pth
    target=mobilenet_v2_torchvision.pth
    sha256=7ebf99e0 about='14 MB'
    ;;
  '') refuse "which weights? keras, unless you know why not" ;;
  *) refuse "$1: no such weights: keras or torchvision" ;;
esac
[[ $# -eq 1 ]] || refuse "$# arguments, expected 1"

hash_of() { sha256sum <"$1" | cut -d ' ' -f 1; }

# Sets `wrong` to what is wrong with a file, or to nothing.
check() {
  local actual
  wrong=''
  actual=$(stat -L -c %s -- "$1")
  if [[ -n $size && $actual -ne $size ]]; then
    wrong="$actual bytes, not the $size of the official file"
    return
  fi
  actual=$(hash_of "$1")
  if [[ $actual != "$sha256"* ]]; then
    wrong="SHA-256 $actual does not start with $sha256"
  elif [[ -f $pin && $actual != "$(cut -d ' ' -f 1 "$pin")" ]]; then
    wrong="SHA-256 $actual is not the one in $pin"
  fi
}

home=${XDG_DATA_HOME:-$HOME/.local/share}/imsearch
pin=$home/$target.sha256
url=${IMSEARCH_WEIGHTS_URL:-$folder}
url=${url%/}/$file

mkdir -p "$home"
if [[ -f $home/$target ]]; then
  check "$home/$target"
  [[ -z $wrong ]] || echo "$home/$target: $wrong: fetching it anew" >&2
fi
if [[ ! -f $home/$target || -n $wrong ]]; then
  command -v curl >/dev/null ||
    fail "curl is missing: apt-get install curl ca-certificates"
  part=$(mktemp "$home/$target.XXXXXX")
  trap 'rm -f "$part"' EXIT
  echo "Fetching $url ($about)" >&2
  # Its own message would be a second one for the same error.
  reason=$(curl --fail --location --silent --write-out '%{errormsg}' --retry 3 \
    --connect-timeout 30 --output "$part" -- "$url") ||
    fail "$url: not fetched: $reason"
  check "$part"
  [[ -z $wrong ]] || fail "$url: $wrong: not kept"
  chmod 644 "$part"
  mv "$part" "$home/$target"
fi
if [[ ! -f $pin ]]; then
  echo "$(hash_of "$home/$target")  $target" >"$pin.new"
  mv "$pin.new" "$pin"
fi
echo "$home/$target: SHA-256 $(cut -d ' ' -f 1 "$pin")" >&2
