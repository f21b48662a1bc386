"""usage: peers.py NAME ROUNDS <paths

Decodes each photo that standard input names and resizes it to 224 x 224, in one
thread, by the program NAME. Prints the CPU time of a photo in milliseconds: the
median of ROUNDS rounds over all of them. Exit status 3: NAME is not installed.
"""

import statistics
import sys
import time

SIDE = (224, 224)


def pillow():
    from PIL import Image

    def load(path):
        with Image.open(path) as image:
            return image.convert("RGB").resize(SIDE, Image.BILINEAR)

    return load


def pillow_draft():
    from PIL import Image

    def load(path):
        with Image.open(path) as image:
            image.draft("RGB", SIDE)
            return image.convert("RGB").resize(SIDE, Image.BILINEAR)

    return load


def opencv():
    import cv2

    cv2.setNumThreads(1)
    return lambda path: cv2.resize(cv2.imread(path), SIDE)


def simplejpeg():
    import cv2
    import simplejpeg as codec

    cv2.setNumThreads(1)

    def load(path):
        with open(path, "rb") as file:
            return cv2.resize(codec.decode_jpeg(file.read(), fastdct=True), SIDE)

    return load


def torchvision():
    import torch
    from torchvision.io import ImageReadMode, read_image

    torch.set_num_threads(1)

    def load(path):
        pixels = read_image(path, ImageReadMode.RGB).unsqueeze(0).float()
        return torch.nn.functional.interpolate(pixels, SIDE, mode="bilinear")

    return load


def main():
    name, rounds = sys.argv[1], int(sys.argv[2])
    paths = sys.stdin.read().splitlines()
    try:
        load = globals()[name]()
    except ImportError:
        sys.exit(3)
    load(paths[0])
    times = []
    for _ in range(rounds):
        began = time.process_time()
        for path in paths:
            load(path)
        times.append((time.process_time() - began) * 1e3 / len(paths))
    print(f"{statistics.median(times):.2f}")


if __name__ == "__main__":
    main()
