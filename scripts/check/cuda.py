#!/usr/bin/env python3
"""The table of cuda.sh.

usage: cuda.py BIN FOLDER WEIGHTS BATCHES WORK
"""
import json
import pathlib
import statistics
import subprocess
import sys
import time

import numpy
import torch

ROUNDS = 3


class Transformer(torch.nn.Module):
    """A vision transformer of the size of ViT-S/16, with weights of chance."""

    def __init__(self, size=224, patch=16, width=384, layers=12, heads=6):
        super().__init__()
        self.patches = torch.nn.Conv2d(3, width, patch, patch)
        self.place = torch.nn.Parameter(
            torch.randn(1, (size // patch) ** 2, width) * .02)
        layer = torch.nn.TransformerEncoderLayer(
            width, heads, 4 * width, 0, "gelu", batch_first=True,
            norm_first=True)
        self.layers = torch.nn.TransformerEncoder(
            layer, layers, torch.nn.LayerNorm(width),
            enable_nested_tensor=False)

    def forward(self, pixels):
        tokens = self.patches(pixels).flatten(2).transpose(1, 2) + self.place
        return self.layers(tokens).mean(1)


def export(file):
    torch.manual_seed(1)
    model = Transformer().eval()
    with torch.no_grad():
        torch.jit.trace(model, torch.zeros(2, 3, 224, 224),
                        check_trace=False).save(file)


def run_extract(photos, work, options):
    """The seconds that it takes."""
    start = time.monotonic()
    subprocess.run([BIN / "extract", "--quiet", "--strict", *options,
                    "-o", work / "v", "-n", work / "n", photos], check=True)
    return time.monotonic() - start


def extract(folder, work, options):
    """Rows of the photos, whether all runs agree, and the median of seconds."""
    seconds, seen = [], set()
    for _ in range(ROUNDS):
        seconds.append(run_extract(folder, work, options))
        seen.add((work / "v").read_bytes())
    names = len((work / "n").read_text().splitlines())
    rows = numpy.fromfile(work / "v", "<f4").reshape(names, -1)
    return rows, len(seen) == 1, statistics.median(seconds)


def network_rate(folder, options):
    def once():
        answer = subprocess.run(
            [BIN / "bench", "extract", "--network", "--json", *options, folder],
            check=True, capture_output=True)
        return json.loads(answer.stdout)["images_per_s"]
    return statistics.median(once() for _ in range(ROUNDS))


def unit(rows):
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


def compare(name, folder, work, network, largest_difference):
    """Prints the lines of one network; whether CUDA's numbers are the CPU's."""
    kinds = [("cpu", [])] + [
        (f"cuda {batch}", ["--device", "cuda", "--batch", batch])
        for batch in BATCHES.split(",")]
    one = next(iter(sorted(pathlib.Path(folder).rglob("*.jpg"))))
    expected, good = None, True
    for kind, options in kinds:
        start = run_extract(one, work, network + options)
        rows, same, seconds = extract(folder, work, network + options)
        if expected is None:
            expected = rows
        difference = abs(unit(rows) - unit(expected)).max()
        cosine = (unit(rows).astype(float) * unit(expected)).sum(1).min()
        print(name, kind, len(rows), f"{start:.1f}",
              f"{len(rows) / seconds:.0f}",
              f"{network_rate(folder, network + options):.0f}",
              f"{difference:.1e}", f"{cosine:.7f}", "yes" if same else "no",
              sep="\t", flush=True)
        good &= difference <= largest_difference
    return good


BIN = pathlib.Path(sys.argv[1]).resolve()
FOLDER, WEIGHTS, BATCHES = sys.argv[2:5]
WORK = pathlib.Path(sys.argv[5])
export(WORK / "model.pt")
print("network", "device", "photos", "start_s", "images_per_s", "network_per_s",
      "difference", "cosine", "same", sep="\t", flush=True)
passed = compare("mobilenet_v2", FOLDER, WORK, ["--weights", WEIGHTS], 1e-4)
passed &= compare("transformer", FOLDER, WORK,
                  ["--model", str(WORK / "model.pt")], 1e-3)
sys.exit(not passed)
