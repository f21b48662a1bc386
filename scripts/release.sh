#!/bin/bash
# Make a release: check everything, build the packages, write their checksums.
#
# usage: release.sh [--quick] VERSION      e.g. release.sh 1.0.0
#
# VERSION must be that of CMakeLists.txt and have its day in CHANGELOG.md, and the
# tree must be clean. Then all checks run that need nothing but this machine, as
# root, and a network for Debian's packages: all tests, clang, both sanitizers,
# ARM64 in an emulator, and the packages on a bare Debian 12. That takes some two
# hours on 2 cores. --quick builds the packages alone.
#
# Packages and SHA256SUMS are left in build/release. Nothing is published: at the
# end it says what to do by hand.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "release.sh: $*" >&2; }
fail() {
  say "$*"
  exit 1
}

quick=
while [[ ${1:-} == -* ]]; do
  case $1 in
    -h | --help) usage && exit ;;
    --quick) quick=yes ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done
if [[ $# -ne 1 || ! $1 =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
  usage >&2
  exit 2
fi
version=$1

cd "$(dirname "$(dirname "$(readlink -f "$0")")")"
scripts/install-packages.sh build torch package dev
[[ -z $(git status --porcelain) ]] ||
  fail "the tree is not clean: commit or remove what 'git status' shows"
of_cmake=$(sed -n 's/^project(imsearch VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
[[ $of_cmake == "$version" ]] ||
  fail "CMakeLists.txt: the version is $of_cmake, not $version: change one"
day='[0-9]{4}-[0-9]{2}-[0-9]{2}'
grep -qE "^## ${version//./\\.} of $day\$" CHANGELOG.md ||
  fail "CHANGELOG.md: no line '## $version of YEAR-MONTH-DAY'"
! git rev-parse -q --verify "refs/tags/v$version" >/dev/null ||
  [[ $(git rev-parse "v$version^{commit}") == $(git rev-parse HEAD) ]] ||
  fail "v$version: this tag is of another commit"

# The time in the packages, so that they can be made again to the byte.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

# check NAME COMMAND...
check() {
  local started=$SECONDS
  say "$1"
  "${@:2}" || fail "$1: failed: ${*:2}"
  say "$1: passed in $((SECONDS - started)) s"
}

if [[ -z $quick ]]; then
  [[ $EUID -eq 0 ]] || fail "the check of the packages needs root"
  check "tests" scripts/test.sh
  check "clang" scripts/check/clang.sh
  check "address sanitizer" scripts/check/sanitize.sh asan
  check "thread sanitizer" scripts/check/sanitize.sh tsan
  check "ARM64" scripts/check/arm64.sh
  check "packages" scripts/check/package.sh
else
  say "--quick: nothing is checked"
  cmake --preset release -B build-package -DIMSEARCH_BUILD_TESTS=OFF \
    --log-level=WARNING >&2
  rm -rf build-package/packages
  cmake --build build-package --target package >&2
fi
[[ -z $(git status --porcelain) ]] || fail "the checks have changed the tree"

out=build/release
rm -rf "$out"
mkdir -p "$out"
cp build-package/packages/imsearch* "$out"
git archive --format=tar.gz --prefix="imsearch-$version/" \
  -o "$out/imsearch-$version.tar.gz" HEAD
(cd "$out" && sha256sum -- imsearch* >SHA256SUMS)
for kind in "imsearch_${version}_*.deb" "imsearch-torch_${version}_*.deb" \
  "imsearch-$version-linux-*.tar.gz"; do
  compgen -G "$out/$kind" >/dev/null || fail "$out: no $kind"
done
cat "$out/SHA256SUMS"

cat >&2 <<DONE
release.sh: build/release is ready. By hand:
  git tag -s v$version -m 'imsearch $version' && git push origin v$version
  gpg --detach-sign --armor $out/SHA256SUMS
  publish the files of $out with the lines of $version in CHANGELOG.md
  scripts/test-service.sh --all, if it has not been run for this commit
DONE
[[ -z $quick ]] || say "--quick: none of the checks has run"
