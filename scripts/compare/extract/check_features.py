#!/usr/bin/env python3
"""Check that another runtime computes what extract does.

usage: check_features.py --float32 RUNTIME MODEL INPUTS FVECS
       check_features.py --int8 RUNTIME MODEL INPUTS FVECS
       check_features.py --ours INT8 FVECS

Runs MODEL on INPUTS (an .npy file) and compares with the rows of FVECS, which
extract made of the same images in float32.  Says how far they are apart, and
fails if that is more than 1e-4 in any value; with --int8 says their cosines, and
fails if one is below .9.  --ours: the same of rows that extract made in int8.
"""
import sys

import numpy

MOST = 1e-4
LEAST_COSINE = 0.9


def features_of(name, model, inputs):
    from runtimes import RUNTIMES

    images = numpy.load(inputs)
    runtime = RUNTIMES[name](model, threads=1, streams=1, batch=1)
    return numpy.array([runtime.features(image[None])[0] for image in images])


def check_apart(name, features, ours):
    apart = float(numpy.abs(features - ours).max())
    print(f"{name}: features of {len(ours)} images differ by {apart:.1e} at most",
          file=sys.stderr)
    if not apart <= MOST:
        raise SystemExit(f"{name}: more than {MOST}: not the same network")


def check_cosines(name, features, ours):
    lengths = numpy.linalg.norm(features, axis=1) * numpy.linalg.norm(ours, axis=1)
    cosines = (features * ours).sum(axis=1) / lengths
    least, mean = float(cosines.min()), float(cosines.mean())
    print(f"{name}: cosines of {len(ours)} features to those of float32: "
          f"{mean:.4f}, the least {least:.4f}", file=sys.stderr)
    if not least >= LEAST_COSINE:
        raise SystemExit(f"{name}: less than {LEAST_COSINE}: not the same network")


def main():
    if len(sys.argv) not in (4, 6):
        raise SystemExit(__doc__)
    ours = numpy.fromfile(sys.argv[-1], "<f4").reshape(-1, 1280)
    if sys.argv[1] == "--ours":
        check_cosines("imsearch", numpy.fromfile(sys.argv[2], "<f4").reshape(-1, 1280), ours)
        return
    precision, name, model, inputs = sys.argv[1:5]
    check = check_cosines if precision == "--int8" else check_apart
    check(f"{name}, {model.rpartition('/')[2]}", features_of(name, model, inputs), ours)


if __name__ == "__main__":
    main()
