#!/bin/bash
# Checks the rules of who may include what, over lib/ and tools/:
#
#   include_test.sh [ROOT]
#
# A room of lib/ sees itself and the rooms below it; only tools join index and
# embed. A tool, which is a folder of tools/, sees itself, tools/common and lib/,
# and no other tool; of lib/, extract does not see what searches. Some libraries
# belong to one room. Files for one kind of CPU see
# intrinsics and simd alone: any other header could leave inline functions there
# that the linker then picks for the whole program.
# Before it judges ROOT (default: this source tree) it tries itself on trees
# with one bad line each.
set -euo pipefail

# What each room may see, itself aside. Transitive.
declare -A below=(
  [base]=""
  [simd]="base"
  [io]="base"
  [image]="base"
  [archive]="base io"
  [weights]="base io image"
  [embed]="base simd io image archive weights"
  [index]="base simd io"
  [duplicates]="base simd io image index"
  [eval]="base"
  [remote]="base io"
  [search]="base simd io index eval remote"
  [protocol]="base simd io image index remote search duplicates"
  [view]="base io image archive"
)
# What each tool may see of lib/ and tools/, itself aside.
lib_rooms="${!below[*]}"
declare -A tool_below=(
  [common]="$lib_rooms"
  [extract]="common base simd io image archive weights embed"
  [build_index]="common $lib_rooms"
  [query]="common $lib_rooms"
  [eval_recall]="common $lib_rooms"
  [bench]="common $lib_rooms"
  [push]="common $lib_rooms"
  [update]="common base io index simd image archive"
  [serve]="common $lib_rooms"
  [duplicates]="common base simd io image archive index duplicates view"
  [imsearch]="common base simd io image weights embed"
)

# "file:line:header" of each include below lib/ and tools/; "header" keeps its
# quotes or brackets.
list_includes() {
  find lib tools -type f \( -name '*.h' -o -name '*.cpp' \) -print0 |
    xargs -0 -r grep -HnE '^[[:space:]]*#[[:space:]]*include' |
    sed -E 's/^([^:]*:[0-9]+:)[[:space:]]*#[[:space:]]*include[[:space:]]*/\1/
            s/([">])[^">]*$/\1/'
}

# why_not FILE HEADER: prints what is wrong with the pair, if anything.
why_not() {
  local file=$1 header=$2 name room
  name=${header:1:-1}
  room=${file#*/}
  room=${room%%/*}
  if [[ $file == lib/* ]]; then
    [[ -v below[$room] ]] || echo "$room is not a room: add it to the rules"
  elif [[ ! -v tool_below[$room] ]]; then
    echo "$room is not a tool: add its folder to the rules"
    return 0
  fi
  [[ $file == lib/simd/avx* && ! $name =~ intrin\.h$|^simd/ ]] &&
    echo "a file for one kind of CPU sees only intrinsics and simd"
  foreign_library_misplaced "$file" "$name"
  [[ $header == \"* || -v below[${name%%/*}] || -v tool_below[${name%%/*}] ]] &&
    misplaced_own "$file" "$room" "$name"
  return 0
}

foreign_library_misplaced() {
  local file=$1 name=$2
  case $name in
    torch/* | ATen/* | c10/* | caffe2/* | dnnl* | oneapi/*)
      [[ $file == lib/embed/* ]] ||
        echo "only lib/embed sees libtorch and oneDNN" ;;
    microhttpd.h)
      [[ $file == tools/serve/* ]] ||
        echo "only tools/serve sees libmicrohttpd" ;;
    simdjson.h)
      [[ $file == lib/protocol/* ]] || echo "only lib/protocol sees simdjson" ;;
    curl/*)
      [[ $file == lib/remote/* ]] || echo "only lib/remote sees libcurl" ;;
  esac
}

# Our own headers: "room/file.h" everywhere.
misplaced_own() {
  local file=$1 room=$2 name=$3 seen=${3%%/*} allowed
  if [[ $file == lib/* ]]; then
    allowed=${below[$room]-}
  else
    allowed=${tool_below[$room]}
  fi
  if [[ $name != */* ]]; then
    echo "write \"room/file.h\""
  elif [[ $name == *..* ]] ||
    [[ ! -v below[$seen] && ! -v tool_below[$seen] ]]; then
    echo "$seen is not a room"
  elif [[ $seen != "$room" && " $allowed " != *" $seen "* ]]; then
    echo "$room may not see $seen"
  fi
}

# check ROOT: prints each line that breaks a rule; fails if there is one.
check() {
  local file line header why bad=0 count=0
  while IFS=: read -r file line header; do
    count=$((count + 1))
    why=$(why_not "$file" "$header")
    [[ -z $why ]] && continue
    bad=1
    printf '%s:%s: %s: %s\n' "$file" "$line" "$header" "$why"
  done < <(cd "$1" && list_includes)
  if ((count == 0)); then
    echo "$1: no include lines found"
    bad=1
  fi
  return "$bad"
}

# expect STATUS FILE LINE: a tree with this one file passes (0) or not (1).
expect() {
  local tree status=0
  tree=$(mktemp -d "$scratch/tree.XXXX")
  mkdir -p "$tree/lib" "$tree/tools" "$tree/$(dirname "$2")"
  printf '%s\n' "$3" >"$tree/$2"
  check "$tree" >"$scratch/output" || status=$?
  [[ $status == "$1" ]] && return
  echo "self-test: $2 with $3: expected $1, got $status"
  cat "$scratch/output"
  exit 1
}

try_itself() {
  expect 0 lib/index/x.cpp '#include "io/file.h"'
  expect 0 lib/index/x.cpp '#include "simd/kernels.h"  // transitive'
  expect 0 lib/io/x.h '#include "io/file.h"'
  expect 0 lib/embed/x.cpp '#include <torch/torch.h>'
  expect 0 lib/simd/avx2.cpp '#include <immintrin.h>'
  expect 0 tools/query/x.cpp '#include "query/questions.h"'
  expect 0 tools/query/x.cpp '#include "common/cli.h"'
  expect 0 tools/extract/x.cpp '#include "embed/engine.h"'
  expect 0 tools/common/x.cpp '#include "index/index.h"'
  expect 1 tools/x.cpp '#include "common/cli.h"'
  expect 1 tools/query/x.cpp '#include "cli.h"'
  expect 1 tools/query/x.cpp '#include "extract/run.h"'
  expect 1 tools/common/x.h '#include "push/target.h"'
  expect 1 tools/extract/x.cpp '#include "index/index.h"'
  expect 1 tools/newtool/x.cpp '#include "common/cli.h"'
  expect 1 lib/io/x.cpp '#include "common/cli.h"'
  expect 1 lib/base/x.h '#include "io/file.h"'
  expect 1 lib/index/x.cpp '#include "embed/engine.h"'
  expect 1 lib/embed/x.cpp '#include "index/index.h"'
  expect 1 lib/eval/x.cpp '#include "index/index.h"'
  expect 1 lib/view/x.cpp '  #  include "index/index.h"'
  expect 1 lib/remote/x.cpp '#include "index/index.h"'
  expect 1 lib/index/deeper/x.cpp '#include "embed/engine.h"'
  expect 1 lib/index/x.cpp '#include <embed/engine.h>'
  expect 1 lib/x.h '#include "base/error.h"'
  expect 1 lib/index/x.cpp '#include "../embed/engine.h"'
  expect 1 lib/index/x.cpp '#include "io/../embed/engine.h"'
  expect 1 lib/index/x.cpp '#include "index.h"'
  expect 1 lib/index/x.cpp '#include "cli.h"'
  expect 1 lib/newroom/x.cpp '#include <vector>'
  expect 1 tools/bench/x.cpp '#include <torch/script.h>'
  expect 1 lib/image/x.cpp '#include <oneapi/dnnl/dnnl.hpp>'
  expect 1 tools/bench/x.cpp '#include <caffe2/serialize/inline_container.h>'
  expect 1 lib/image/x.cpp '#include "dnnl.hpp"'
  expect 0 lib/remote/x.cpp '#include <curl/curl.h>'
  expect 0 tools/serve/x.cpp '#include <microhttpd.h>'
  expect 1 lib/protocol/x.cpp '#include <microhttpd.h>'
  expect 0 lib/protocol/x.cpp '#include <simdjson.h>'
  expect 1 tools/serve/x.cpp '#include <simdjson.h>'
  expect 1 lib/protocol/x.cpp '#include "embed/engine.h"'
  expect 1 tools/bench/x.cpp '#include <curl/curl.h>'
  expect 1 lib/simd/avx512.cpp '#include <vector>'
  expect 1 lib/simd/avx2.cpp '#include "base/error.h"'
  expect 1 lib/simd/x.cpp 'no include at all'
}

root=$(realpath "${1:-$(dirname "$0")/..}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
try_itself
check "$root"
