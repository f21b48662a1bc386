#!/bin/bash
# Build the packages and try them as a newcomer would: on a bare Debian 12, with
# apt, from a folder of photos to answers, and back to a bare Debian 12.
#
# usage: package.sh [FOLDER]
#
# Packages are built in build-package and left in build-package/packages. Lintian
# must find no error. They are then installed in a root of their own, made in
# FOLDER (default: a temporary one, removed at the end); the archive for other
# distributions is unpacked in one that has glibc and busybox alone. All must give
# the answers that build-package/bin gives.
#
# Needs root, for the roots, and a network: it fetches 0.5 GB of Debian's packages,
# most of them for imsearch-torch. Some 5 minutes, 2 GB of disk.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "package.sh: $*" >&2; }
fail() {
  say "$*"
  exit 1
}

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -gt 1 ]]; then
  usage >&2
  exit 2
fi
[[ $EUID -eq 0 ]] || fail "it makes and enters roots of Debian: run it as root"

cd "$(dirname "$(readlink -f "$0")")/../.."
scripts/install-packages.sh build torch package
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
roots=${1:-$work}
mkdir -p "$roots"
roots=$(realpath "$roots")
build=$PWD/build-package
photos=$PWD/data/photos

say "building packages in $build"
cmake --preset release -B "$build" -DIMSEARCH_BUILD_TESTS=OFF \
  --log-level=WARNING >"$work/log"
rm -rf "$build/packages"
cmake --build "$build" --target package >>"$work/log" ||
  { cat "$work/log" >&2 && fail "no packages"; }
rm -rf "$build/packages/_CPack_Packages"
(cd "$build/packages" && wc -c -- *) >&2

say "lintian"
lintian --allow-root --fail-on error "$build"/packages/*.deb

# What the three commands answer, of pictures that are not in the index.
ask() {
  cat <<'SCRIPT'
set -e
mkdir -p tried
cd tried
imsearch extract --force -q ../photos
imsearch build-index -q
imsearch query -q -k 5 ../photos/hat/*.jpg >answers
SCRIPT
}

say "the answers of $build/bin"
mkdir "$work/here"
ln -s "$photos" "$work/here/photos"
(cd "$work/here" && PATH=$build/bin:$PATH bash -c "$(ask)")
[[ -s $work/here/tried/answers ]] || fail "no answers"

# in_root ROOT COMMAND...: what is mounted for it is gone when it ends.
# shellcheck disable=SC2016 # the inner shell expands
in_root() {
  unshare --mount sh -c '
    mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" &&
    exec chroot "$0" env -i HOME=/root LC_ALL=C.UTF-8 MANPAGER=cat \
      PATH=/opt/imsearch/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"' "$@"
}

same_answers() {
  cmp "$work/here/tried/answers" "$1/tried/answers" || fail "$2: other answers"
  say "$2: the same $(wc -l <"$1/tried/answers") lines of answers"
}

# A file of imsearch outside of what this script put there.
left_over() {
  find "$1" -xdev \( -path "$1/proc" -o -path "$1/photos" \
    -o -path "$1/packages" -o -path "$1/tried" -o -path "$1/var/log" \) -prune \
    -o -path "*/${1##*/}/*imsearch*" -print
}

quietly() {
  "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2 && fail "failed: $*"; }
}

apt() {
  local started=$SECONDS
  quietly in_root "$root" env DEBIAN_FRONTEND=noninteractive apt-get "$@"
  sed -n '/^Need to get/p; /^After this/p' "$work/log" >&2
  say "apt $1: $((SECONDS - started)) s"
}

root=$roots/debian
say "a bare Debian 12 in $root"
mmdebstrap --quiet --variant=minbase bookworm "$root"
cp /etc/resolv.conf "$root/etc/"
cp -r "$photos" "$root/photos"
cp -r "$build/packages" "$root/packages"
in_root "$root" dpkg-query -W >"$work/packages-before"
[[ -z $(left_over "$root") ]] || fail "the root is not bare"
version=$(sed -n 's/^project(imsearch VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
debian=_${version}_$(dpkg --print-architecture).deb

say "apt install imsearch"
apt update
apt install -y "/packages/imsearch$debian"
in_root "$root" bash -c "$(ask)"
same_answers "$root" imsearch
in_root "$root" imsearch help query | grep -q imsearch-query ||
  fail "imsearch help query: no manual"
in_root "$root" imsearch --version --json >"$work/facts"
for fact in "\"version\": \"$version\"" \
  '"file": "/usr/share/imsearch/mobilenet_v2_demo.safetensors"'; do
  grep -qF "$fact" "$work/facts" || fail "--version --json: no $fact"
done
in_root "$root" touch /tried/network.pt
for options in '--engine torch' '--model /tried/network.pt'; do
  # shellcheck disable=SC2086 # two words
  if in_root "$root" imsearch extract -o /tried/v $options /photos \
    2>"$work/log"; then
    fail "$options runs without imsearch-torch"
  fi
  grep -q 'package imsearch-torch' "$work/log" ||
    fail "$options does not say what is missing: $(cat "$work/log")"
done

say "apt install imsearch-torch"
apt install -y "/packages/imsearch-torch$debian"
in_root "$root" bash -c "$(ask | sed 's/extract/extract --engine torch/')"
# Another library adds in another order: the last digit may be another.
cut -f 1,2,4 "$root/tried/answers" |
  cmp - <(cut -f 1,2,4 "$work/here/tried/answers") || fail "torch: other answers"
say "imsearch-torch: the same answers"

say "apt autopurge"
apt autopurge -y imsearch imsearch-torch
# What the base system recommends as well, such as certificates, apt keeps.
in_root "$root" dpkg-query -W >"$work/packages-after"
stays=$(comm -13 <(sort "$work/packages-before") \
  <(sort "$work/packages-after") | cut -f 1 | paste -sd ' ')
[[ -z $stays ]] || say "apt keeps $stays"
[[ " $stays " != *" imsearch"* ]] || fail "imsearch stays installed"
left=$(left_over "$root")
[[ -z $left ]] || fail "stays: $left"

root=$roots/glibc
say "the archive, with glibc alone in $root"
mmdebstrap --quiet --variant=extract --include=libc6,busybox-static bookworm \
  "$root"
mkdir -p "$root"/{dev,proc,opt,tmp,root}
for name in sh env mkdir; do
  ln -sf /bin/busybox "$root/bin/$name"
done
tar -C "$root/opt" -xzf "$build"/packages/*.tar.gz
mv "$root"/opt/imsearch-* "$root/opt/imsearch"
cp -r "$photos" "$root/photos"
in_root "$root" sh -c "$(ask)"
same_answers "$root" "the archive"
in_root "$root" imsearch query --url http://127.0.0.1:9/none --id 1 \
  2>"$work/log" && fail "a service that is not there answers"
grep -q '127.0.0.1' "$work/log" ||
  fail "query --url in the archive: $(cat "$work/log")"
say "done: packages in $build/packages"
