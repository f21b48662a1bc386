#!/usr/bin/env python3
"""Make the same network inputs for extract and for other runtimes.

usage: make_inputs.py MODEL OUT NAMES

MODEL is what mobilenet_onnx.py wrote; NAMES lists photos, one a line.  Of some
of them, spread over the list, squares are made of just the size that extract
resizes to, so that it takes their pixels as they are.  OUT, a folder, gets them
as .ppm files, and as inputs.npy, NCHW float32, scaled as the model wants it.
"""
import pathlib
import sys

import numpy
import onnx
from PIL import Image

COUNT = 64
MEAN = numpy.array([0.485, 0.456, 0.406], numpy.float32)
DEVIATION = numpy.array([0.229, 0.224, 0.225], numpy.float32)


def scaled(pixels, how):
    if how == "x/127.5-1":
        return pixels / numpy.float32(127.5) - 1
    if how == "imagenet-mean-std":
        return (pixels / numpy.float32(255) - MEAN) / DEVIATION
    raise SystemExit(f"make_inputs.py: normalize {how}: not known")


def main():
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    model, out = onnx.load(sys.argv[1]), pathlib.Path(sys.argv[2])
    wanted = {entry.key: entry.value for entry in model.metadata_props}
    size = int(wanted["input_size"])
    crops = wanted["resize"].startswith("crop-")
    side = int(wanted["resize"].rpartition("-")[2]) if crops else size
    first = (side - size) // 2

    names = pathlib.Path(sys.argv[3]).read_bytes().split(b"\n")[:-1]
    count = min(COUNT, len(names))
    inputs = []
    for i in range(count):
        photo = Image.open(names[i * len(names) // count]).convert("RGB")
        photo = photo.resize((side, side), Image.BILINEAR)
        photo.save(out / f"{i:02}.ppm")
        pixels = numpy.asarray(photo, numpy.float32)
        pixels = pixels[first : first + size, first : first + size]
        inputs.append(scaled(pixels, wanted["normalize"]).transpose(2, 0, 1))
    numpy.save(out / "inputs.npy", numpy.ascontiguousarray(inputs))


if __name__ == "__main__":
    main()
