#!/usr/bin/env python3
"""Makes many photos of few, by which a large collection is measured.

  vary_photos.py --first N --count N [--queries N] [--seed S] PHOTOS OUT

Writes the pictures N to N + count - 1 of an endless row to OUT, as JPEG of
quality 90: each is a part of one of the photos (half to nine tenths of each
side), mirrored or not, with brightness, contrast, saturation and hue of its
own. A picture depends on its number, the seed and the photos alone. With
--queries as many photos, evenly spread, are left out of the row; with --count 0
they are what is written, as they are. Needs python3-pil.
"""
import argparse
import multiprocessing
import os
import random
import shutil

from PIL import Image, ImageEnhance, ImageOps

ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


def turned_in_hue(image, degrees):
    hue, saturation, value = image.convert("HSV").split()
    shift = round(degrees / 360 * 256)
    hue = hue.point([(level + shift) % 256 for level in range(256)])
    return Image.merge("HSV", (hue, saturation, value)).convert("RGB")


def varied(image, rng):
    width, height = (max(8, round(side * rng.uniform(0.5, 0.9))) for side in image.size)
    left = rng.randint(0, max(0, image.width - width))
    top = rng.randint(0, max(0, image.height - height))
    image = image.crop((left, top, left + width, top + height))
    if rng.random() < 0.5:
        image = ImageOps.mirror(image)
    image = turned_in_hue(image, rng.uniform(-20, 20))
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = enhance(image).enhance(rng.uniform(0.7, 1.3))
    return image


def write(task):
    path, seed, number, out = task
    # Decoded small where that is enough, so that a photo of 12 megapixels does
    # not take a second.
    with Image.open(path) as photo:
        photo.draft("RGB", (1000, 1000))
        image = photo.convert("RGB")
    image.thumbnail((1000, 1000))
    varied(image, random.Random(f"{seed} {number}")).save(out, quality=90)


def photos_below(folder):
    found = [os.path.join(where, name) for where, _, names in os.walk(folder)
             for name in names if name.lower().endswith(ENDINGS)]
    return sorted(found)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("photos")
    parser.add_argument("out")
    args = parser.parse_args()
    photos = photos_below(args.photos)
    if len(photos) <= args.queries:
        raise SystemExit(f"vary_photos.py: {args.photos}: {len(photos)} photos: "
                         f"too few to leave {args.queries} out")
    left_out = {round(i * len(photos) / args.queries) for i in range(args.queries)}
    os.makedirs(args.out, exist_ok=True)
    if args.count == 0:
        for row in sorted(left_out):
            ending = os.path.splitext(photos[row])[1]
            shutil.copyfile(photos[row], f"{args.out}/{row:06}{ending}")
        return
    sources = [path for row, path in enumerate(photos) if row not in left_out]
    tasks = [(sources[number % len(sources)], args.seed, number,
              f"{args.out}/{number:08}.jpg")
             for number in range(args.first, args.first + args.count)]
    with multiprocessing.Pool() as pool:
        for _ in pool.imap_unordered(write, tasks, chunksize=32):
            pass


if __name__ == "__main__":
    main()
