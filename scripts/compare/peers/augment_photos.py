#!/usr/bin/python3
"""Make many pictures out of some photos: crops of them, half of them mirrored.

usage: augment_photos.py FOLDER OUT ROWS SEED

FOLDER holds .jpg files at any depth.  OUT/rows gets ROWS pictures of all but
every tenth photo, OUT/queries 1,000 of those left out.  A crop keeps 60 to 100
percent of each side, so that copies of a photo are alike without being the same.
The same seed makes the same pictures.  Needs Debian's python3-pil.
"""

import itertools
import multiprocessing
import pathlib
import random
import sys

from PIL import Image, ImageOps

QUERIES = 1000
KEPT = (0.6, 1.0)
SIDE = 320
QUALITY = 92


def write_crop(task):
    source, target, seed = task
    numbers = random.Random(seed)
    photo = Image.open(source).convert("RGB")
    width, height = (round(side * numbers.uniform(*KEPT)) for side in photo.size)
    left = numbers.randint(0, photo.width - width)
    top = numbers.randint(0, photo.height - height)
    crop = photo.crop((left, top, left + width, top + height))
    if numbers.random() < 0.5:
        crop = ImageOps.mirror(crop)
    crop.thumbnail((SIDE, SIDE), Image.BILINEAR)
    crop.save(target, quality=QUALITY)


def tasks_for(photos, folder, count, seed):
    folder.mkdir(parents=True)
    for i, photo in zip(range(count), itertools.cycle(photos)):
        yield photo, folder / f"{i:07}.jpg", f"{seed} {folder.name} {i}"


def main():
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    source, out = map(pathlib.Path, sys.argv[1:3])
    rows, seed = map(int, sys.argv[3:])
    photos = sorted(source.rglob("*.jpg"))
    if len(photos) < 10:
        raise SystemExit(f"{source}: {len(photos)} .jpg files, 10 are needed")
    left_out = photos[::10]
    kept = [photo for i, photo in enumerate(photos) if i % 10 != 0]
    with multiprocessing.Pool() as pool:
        for some, name, count in ((kept, "rows", rows), (left_out, "queries", QUERIES)):
            tasks = tasks_for(some, out / name, count, seed)
            for _ in pool.imap_unordered(write_crop, tasks, 64):
                pass


if __name__ == "__main__":
    main()
