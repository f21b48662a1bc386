#!/bin/bash
# Whether extract --model computes what Python computes: exports a network with
# python3-torch as the manual shows it, and compares features of photos with
# those of PyTorch on images prepared by Pillow.
#
# usage: model.sh FOLDER
#
# FOLDER holds photos (.jpg, at any depth; 100 of them are taken). Prints a
# table, tab-separated: options, photos, largest difference of a number,
# smallest cosine; fails above 1e-4. Needs python3-torch, python3-pil and
# python3-numpy.
set -euo pipefail

usage() { sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

case ${1:-} in
  -h | --help) usage && exit ;;
esac
if [[ $# -ne 1 ]]; then
  usage >&2
  exit 2
fi

bin=$(dirname "$(readlink -f "$0")")/../../build/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

find "$1" -name '*.jpg' | sort | awk 'NR <= 100' >"$work/photos"

/usr/bin/python3 - "$bin/extract" "$work" <<'PYTHON'
import subprocess
import sys

import numpy
import torch
from PIL import Image

extract, work = sys.argv[1:]
photos = open(f"{work}/photos").read().splitlines()


class Network(torch.nn.Module):
    """Patches, attention, a projection: what vision transformers consist of."""

    def __init__(self):
        super().__init__()
        self.patches = torch.nn.Conv2d(3, 96, 16, 16)
        self.norm = torch.nn.BatchNorm2d(96)
        self.attention = torch.nn.TransformerEncoderLayer(
            96, 4, 192, batch_first=True)
        self.project = torch.nn.Linear(96, 40)

    def forward(self, pixels):
        x = self.norm(self.patches(pixels)).flatten(2).transpose(1, 2)
        return self.project(self.attention(x).mean(1))


def export(model, file, size):
    model.eval()
    with torch.no_grad():
        torch.jit.trace(model, torch.zeros(1, 3, size, size)).save(file)


def prepared(photo, size, resize_to, mean, std):
    image = Image.open(photo).convert("RGB")
    if resize_to is None:
        image = image.resize((size, size), Image.BILINEAR)
    else:
        short, long = sorted(image.size)
        longer = int(resize_to * long / short)
        upright = image.width <= image.height
        image = image.resize((resize_to, longer) if upright else
                             (longer, resize_to), Image.BILINEAR)
        left = int(round((image.width - size) / 2.0))
        top = int(round((image.height - size) / 2.0))
        image = image.crop((left, top, left + size, top + size))
    pixels = torch.from_numpy(numpy.array(image)).permute(2, 0, 1) / 255
    return ((pixels - torch.tensor(mean)[:, None, None]) /
            torch.tensor(std)[:, None, None])[None]


imagenet = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
clip = ([0.48145466, 0.4578275, 0.40821073],
        [0.26862954, 0.26130258, 0.27577711])
clip_options = ["--mean=" + ",".join(map(str, clip[0])),
                "--std=" + ",".join(map(str, clip[1]))]
cases = [
    ([], 224, 256, imagenet),
    (["--resize-to=224"] + clip_options, 224, 224, clip),
    (["--input-size=96", "--resize=squash"], 96, None, imagenet),
]

torch.manual_seed(1)
network = Network()
failed = False
print("options\tphotos\tlargest_difference\tsmallest_cosine")
for options, size, resize_to, (mean, std) in cases:
    export(network, f"{work}/model.pt", size)
    subprocess.run([extract, "--quiet", "--strict", "--model",
                    f"{work}/model.pt", *options, "-o", f"{work}/v", "-n",
                    f"{work}/n", "--files-from", f"{work}/photos"], check=True)
    ours = numpy.fromfile(f"{work}/v", "<f4").reshape(len(photos), -1)
    with torch.no_grad():
        theirs = torch.cat([network(prepared(photo, size, resize_to, mean, std))
                            for photo in photos]).numpy()
    difference = abs(ours - theirs).max()
    cosine = ((ours * theirs).sum(1) / numpy.linalg.norm(ours, axis=1) /
              numpy.linalg.norm(theirs, axis=1)).min()
    failed |= not difference <= 1e-4
    print(" ".join(options) or "-", len(photos), f"{difference:.1e}",
          f"{cosine:.7f}", sep="\t", flush=True)
sys.exit(failed)
PYTHON
