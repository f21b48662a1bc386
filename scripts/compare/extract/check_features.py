#!/usr/bin/env python3
"""Check that another runtime computes what extract does.

usage: check_features.py RUNTIME MODEL INPUTS FVECS

Runs MODEL on INPUTS (an .npy file) and compares with the rows of FVECS, which
extract made of the same images.  Says how far they are apart, and fails if that
is more than 1e-4 in any value.
"""
import sys

import numpy
from runtimes import RUNTIMES

MOST = 1e-4


def main():
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    name, model, inputs, fvecs = sys.argv[1:]
    images = numpy.load(inputs)
    runtime = RUNTIMES[name](model, threads=1, streams=1, batch=1)
    features = [runtime.features(image[None])[0] for image in images]
    ours = numpy.fromfile(fvecs, "<f4").reshape(len(images), -1)
    apart = float(numpy.abs(numpy.array(features) - ours).max())
    print(f"{name}: features of {len(images)} images differ by {apart:.1e} at most",
          file=sys.stderr)
    if not apart <= MOST:
        raise SystemExit(f"{name}: more than {MOST}: not the same network")


if __name__ == "__main__":
    main()
