#!/bin/bash
# Measure extract against others that run the same network, in one run.
#
# usage: extract.sh [--weights FILE] [--precision NAME] [--rounds N] PHOTOS
#
# PHOTOS is a folder of photos. FILE, .h5 or .safetensors, is by default
# data/mobilenet_v2_demo.safetensors, whose pictures are small (128 x 128, but
# torch-eager's are 224 x 224 always). The figures in the README are with the
# ImageNet weights of Keras, and 224 x 224 for all.
# NAME is float32, the default, or int8: then the others run the same network as
# their own tools quantize it, statically and by channels, calibrated with the 64
# pictures of the measurement; PyTorch, which has no such network, is left out.
# Prints tab-separated, with a header:
#
#   engine          imsearch and torch-eager go from JPEG files to a file of
#                   features; the others run the network alone, on inputs in
#                   memory
#   images_per_s    median of N rounds (default 5) of the engine's best setting
#   ratio_to_ours   to imsearch, or imsearch-network for the network alone
#   peak_mb         peak of resident memory, of all its processes together
#
# A round runs each engine in each setting once, one after the other, so that a
# change in the machine's speed meets all alike. All use the same precision and as
# many threads as there are CPUs (two below). The settings:
#
#   imsearch          extract, the whole process from its start to its end
#   imsearch-network  bench extract --network
#   onnxruntime       one session on two threads, and two processes with one
#                     thread each; 1 and 4 images at a time
#   openvino          two streams with 1 and with 4 images at a time; one stream
#                     on two threads; in int8, of what NNCF quantizes and of what
#                     onnxruntime does
#   torch-eager       torchvision's mobilenet_v2, a DataLoader with two workers,
#                     16 images at a time (more are slower), on as many threads
#                     as PyTorch takes and on two; 400 photos, since it is slow;
#                     without the time of its imports
#   libtorch-network  bench extract --network --engine torch
#
# The network alone runs for two seconds each time, on the same 64 pictures for
# all. Before that, features of these are compared: they may differ by 1e-4; in
# int8 their cosines are said.
#
# The newest onnxruntime and openvino, and NNCF, are installed from PyPI, once,
# below the build folder; PyTorch is Debian's. What cannot be had is said and left out.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }
say() { echo "extract.sh: $*" >&2; }
fail() {
  say "$*"
  exit 1
}
wrong_usage() {
  usage >&2
  exit 2
}

source=$(dirname "$(readlink -f "$0")")/../..
bin=$source/build/bin
peers=$source/scripts/compare/extract
cache=$source/build/compare-extract
python=$cache/venv/bin/python

weights=$source/data/mobilenet_v2_demo.safetensors
rounds=5
precision=float32
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) usage && exit ;;
    --weights | --rounds | --precision)
      [[ $# -gt 1 ]] || wrong_usage
      declare "${1#--}=$2"
      shift 2
      ;;
    -*) wrong_usage ;;
    *) break ;;
  esac
done
[[ $# -eq 1 && $rounds =~ ^[1-9][0-9]*$ ]] || wrong_usage
[[ $precision == float32 || $precision == int8 ]] || wrong_usage
photos=$1
[[ -d $photos ]] || fail "$photos: no folder"
[[ -f $weights ]] || fail "$weights: no file"
[[ -x $bin/bench ]] || fail "$bin/bench: not built: run scripts/quickstart.sh"

cpus=$(nproc)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Installs a package from PyPI, unless it is there.
from_pypi() {
  "$python" -c "import $1" 2>/dev/null && return
  say "installing ${2:-$1} from PyPI"
  "$python" -m pip install --quiet --only-binary :all: "${2:-$1}" >&2 || {
    say "${2:-$1}: cannot be had"
    return 1
  }
}

# Fills `runtimes` with those that are there.
runtimes=()
find_runtimes() {
  local name
  [[ -x $python ]] || /usr/bin/python3 -m venv "$cache/venv" || return 0
  for name in numpy onnx h5py; do from_pypi "$name" || return 0; done
  from_pypi PIL pillow || return 0
  for name in onnxruntime openvino; do
    if [[ $name == openvino && $precision == int8 ]]; then
      from_pypi nncf || continue
    fi
    from_pypi "$name" && runtimes+=("$name")
  done
}

# The whole extract, once: its rate and peak.
whole() {
  local began=$EPOCHREALTIME ended
  "$bin/extract" --quiet --json --weights "$weights" \
    --precision "$precision" -o "$work/fvecs.bin" \
    -n "$work/fnames.txt" "$photos" >"$work/summary"
  ended=$EPOCHREALTIME
  awk -v images="$(wc -l <"$work/fnames.txt")" -v began="$began" \
    -v ended="$ended" '{
      match($0, /"peak_memory_bytes":[0-9]+/)
      peak = substr($0, RSTART + 20, RLENGTH - 20)
      printf "%.2f\t%.1f\n", images / (ended - began), peak / 1e6
    }' "$work/summary"
}

# Our network alone on one of our engines.
network() {
  "$bin/bench" extract --network --weights "$weights" --engine "$1" \
    --precision "$precision" "$inputs" | awk -F '\t' '
      $1 == "images_per_s" { rate = $2 }
      $1 == "peak_memory_bytes" { peak = $2 }
      END { printf "%.2f\t%.1f\n", rate, peak / 1e6 }'
}

# peer RUNTIME MODEL OPTION...
peer() {
  "$python" "$peers/time_network.py" "$1" "$work/$2" "$inputs/inputs.npy" \
    "${@:3}"
}

# The files that a runtime runs.
models_of() {
  case $precision/$1 in
    float32/*) echo model.onnx ;;
    int8/onnxruntime) echo onnxruntime.onnx ;;
    int8/openvino) echo openvino.xml onnxruntime.onnx ;;
  esac
}

quantize() {
  local name
  for name in "${runtimes[@]}"; do
    local out
    read -r out _ <<<"$(models_of "$name")"
    say "$name: quantizing"
    "$python" "$peers/quantize_network.py" "$name" "$work/model.onnx" \
      "$inputs/inputs.npy" "$work/$out" >&2
  done
}

# PyTorch on some of the photos, spread over the list; on so many threads.
eager() {
  awk -v want=400 -v all="$(wc -l <"$work/fnames.txt")" '
    int(NR * want / all) > int((NR - 1) * want / all) || all <= want' \
    "$work/fnames.txt" >"$work/eager.txt"
  /usr/bin/python3 "$peers/torch_eager.py" "$work/eager.txt" \
    "$work/eager.bin" "$cpus" "$1"
}

# measure ENGINE SETTING COMMAND...: what the command prints becomes a run.
measure() {
  local result
  result=$("${@:3}") || fail "$1, $2: failed"
  printf '%s\t%s\t%s\n' "$1" "$2" "$result" >>"$work/runs"
  say "round $round of $rounds: $1, $2: ${result%$'\t'*} images/s"
}

# measure_onnxruntime MODEL, and the same of openvino.
measure_onnxruntime() {
  local batch
  for batch in 1 4; do
    measure onnxruntime "one session, $batch at a time" \
      peer onnxruntime "$1" --threads "$cpus" --batch "$batch"
    measure onnxruntime "$cpus processes, $batch at a time" \
      peer onnxruntime "$1" --processes "$cpus" --batch "$batch"
  done
}

measure_openvino() {
  local batch
  for batch in 1 4; do
    measure openvino "$1, $cpus streams, $batch at a time" \
      peer openvino "$1" --threads "$cpus" --streams "$cpus" --batch "$batch"
  done
  measure openvino "$1, one stream" peer openvino "$1" --threads "$cpus"
}

measure_round() {
  local name model
  measure imsearch whole whole
  measure imsearch-network "1 at a time" network onednn
  for name in "${runtimes[@]}"; do
    for model in $(models_of "$name"); do "measure_$name" "$model"; done
  done
  [[ $precision == float32 ]] || return 0
  if [[ -n $has_torch ]]; then
    measure torch-eager "threads of its choice" eager 0
    measure torch-eager "$cpus threads" eager "$cpus"
  fi
  measure libtorch-network "1 at a time" network torch
}

"$source/scripts/install-packages.sh" compare >&2 ||
  say "some packages cannot be had"
has_torch=$(/usr/bin/python3 -c 'import torchvision, PIL' 2>&1 && echo yes) || {
  say "torchvision: ${has_torch##*$'\n'}"
  has_torch=
}
mkdir -p "$cache"
find_runtimes

# Names, and photos in the page cache.
whole >"$work/discarded"
inputs=$photos
if [[ ${#runtimes[@]} -gt 0 ]]; then
  inputs=$work/inputs
  mkdir "$inputs"
  "$python" "$source/scripts/compare/extract/mobilenet_onnx.py" "$weights" "$work/model.onnx"
  "$python" "$peers/make_inputs.py" "$work/model.onnx" "$inputs" \
    "$work/fnames.txt"
  "$bin/extract" --quiet --weights "$weights" -o "$work/inputs.bin" \
    -n "$work/inputs.txt" "$inputs"
  if [[ $precision == int8 ]]; then
    quantize
    "$bin/extract" --quiet --weights "$weights" --precision int8 \
      -o "$work/int8.bin" -n "$work/inputs.txt" "$inputs"
    "$python" "$peers/check_features.py" --ours "$work/int8.bin" \
      "$work/inputs.bin"
  fi
  for name in "${runtimes[@]}"; do
    for model in $(models_of "$name"); do
      "$python" "$peers/check_features.py" "--$precision" "$name" \
        "$work/$model" "$inputs/inputs.npy" "$work/inputs.bin"
    done
  done
fi

for ((round = 1; round <= rounds; round++)); do measure_round; done
/usr/bin/python3 "$peers/table.py" "$work/runs"
