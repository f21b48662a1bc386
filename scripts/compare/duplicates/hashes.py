#!/usr/bin/env python3
"""Duplicates by the hashes of imagehash or imagededup.

  hashes.py imagehash|imagededup ROOT BITS OUT

Writes for each of the BITS ("4,6,8") a file OUT.BITS: a line for each image
with a number, a tab and its path, followed by lines of the same number for
those later images whose hash differs in so many bits at most. Prints CPU
seconds.
Of imagededup only its PHash is loaded: its package imports PyTorch for others.
"""
import importlib.util
import os
import sys
import time
import types
import unittest.mock


def hashes_of_imagehash(paths):
    import imagehash
    from PIL import Image
    hashes = []
    for path in paths:
        with Image.open(path) as image:
            hashes.append(int(str(imagehash.phash(image)), 16))
    return hashes


def hashes_of_imagededup(paths):
    # What its networks need is imported, and not used, by its hashes.
    unused = [name for name in
              ("torch", "torch.nn", "torch.utils", "torch.utils.data",
               "torchvision", "torchvision.models",
               "torchvision.models.vision_transformer", "torchvision.transforms",
               "torchvision.transforms.functional")
              if importlib.util.find_spec(name.split(".")[0]) is None]
    for name in unused:
        sys.modules[name] = unittest.mock.MagicMock(
            __spec__=None, __path__=[], Tensor=type("Tensor", (), {}))
    found = importlib.util.find_spec("imagededup")
    folder = os.path.join(list(found.submodule_search_locations)[0], "methods")
    package = types.ModuleType("imagededup.methods")
    package.__path__ = [folder]
    sys.modules["imagededup.methods"] = package
    from imagededup.methods.hashing import PHash
    for name in unused:
        del sys.modules[name]
    hasher = PHash(verbose=False)
    return [int(hasher.encode_image(path), 16) for path in paths]


def main():
    library, root, bits, out = sys.argv[1:]
    import numpy as np
    paths = sorted(os.path.join(folder, name)
                   for folder, _, names in os.walk(root) for name in names
                   if folder != root)
    begin = time.process_time()
    make = (hashes_of_imagehash if library == "imagehash"
            else hashes_of_imagededup)
    hashes = np.array(make(paths), dtype=np.uint64)
    bits = [int(each) for each in bits.split(",")]
    files = {each: open(f"{out}.{each}", "w") for each in bits}
    for i, path in enumerate(paths):
        distances = np.bitwise_count(hashes[i + 1:] ^ hashes[i])
        for each, file in files.items():
            near = np.nonzero(distances <= each)[0]
            if len(near) == 0:
                continue
            for j in (i, *(near + i + 1)):
                file.write(f"{i}\t{paths[j]}\n")
    for file in files.values():
        file.close()
    print(f"{time.process_time() - begin:.0f}")


if __name__ == "__main__":
    main()
