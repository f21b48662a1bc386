#!/usr/bin/env python3
"""Makes altered copies of photos, by which `duplicates` is measured.

  duplicate_copies.py [--set 1|2] [--altered N] [--seed S] PHOTOS... OUT

Writes below OUT a folder for each photo, named by its number: 00-original.jpg
is the photo as it was, and of the first N photos (in an order that the seed
decides) there is a file for each kind of copy beside it: 01-half.jpg and so on.
So the truth about two files is whether their folders are the same. The same
photos and seed give the same files with the same version of Pillow.
Needs python3-pil.
"""
import argparse
import os
import random
import shutil
import sys

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")


def scaled(image, factor):
    size = [max(1, round(side * factor)) for side in image.size]
    return image.resize(size, Image.LANCZOS)


def cropped(image, share, rng):
    """Without `share` of the width and of the height, taken off anywhere."""
    width, height = image.size
    cut_x, cut_y = round(width * share), round(height * share)
    left, top = rng.randint(0, cut_x), rng.randint(0, cut_y)
    return image.crop((left, top, left + width - cut_x, top + height - cut_y))


def bordered(image, rng):
    """A frame of one colour, 5 % of the shorter side on each side."""
    colour = rng.choice(["white", "black", (128, 128, 128)])
    return ImageOps.expand(image, max(1, round(min(image.size) * 0.05)), colour)


def written_on(image, rng):
    """A line of white text with a dark edge, a twelfth of the height."""
    line = Image.new("L", (120, 14), 0)
    ImageDraw.Draw(line).text((2, 1), rng.choice(
        ["HOLIDAY 2019", "(c) A. Nobody", "SOLD - ask me"]), fill=255)
    line = line.crop(line.getbbox())
    height = max(6, image.height // 12)
    width = min(image.width, line.width * height // line.height)
    line = line.resize((width, height), Image.BILINEAR)
    place = (rng.randint(0, image.width - width),
             rng.randint(0, max(0, image.height - height)))
    result = image.copy()
    shade = line.filter(ImageFilter.MaxFilter(3))
    result.paste((0, 0, 0), place, shade)
    result.paste((255, 255, 255), place, line)
    return result


def noisy(image, rng):
    grain = rng.randbytes(image.width * image.height)
    noise = Image.frombytes("L", image.size, grain).convert("RGB")
    return Image.blend(image, noise, 0.1)


def gamma(image, power):
    table = [round(255 * (i / 255) ** power) for i in range(256)]
    return image.point(table * 3)


def seen(image, rng):
    """As a messenger sends it: smaller, and compressed once more."""
    return scaled(image, rng.uniform(0.6, 0.8))


# name: (ending, JPEG or WebP quality, what is done to the pixels)
SET_1 = [
    ("half", "jpg", 90, lambda i, r: scaled(i, 0.5)),
    ("quarter", "jpg", 90, lambda i, r: scaled(i, 0.25)),
    ("jpeg30", "jpg", 30, lambda i, r: i),
    ("jpeg10", "jpg", 10, lambda i, r: i),
    ("webp", "webp", 75, lambda i, r: i),
    ("blur", "jpg", 90, lambda i, r: i.filter(ImageFilter.GaussianBlur(2))),
    ("text", "jpg", 90, written_on),
    ("brightness", "jpg", 90, lambda i, r: ImageEnhance.Brightness(i).enhance(
        r.choice([0.7, 1.3]))),
    ("grey", "jpg", 90, lambda i, r: i.convert("L").convert("RGB")),
    ("border", "jpg", 90, bordered),
    ("crop5", "jpg", 90, lambda i, r: cropped(i, 0.05, r)),
    ("crop10", "jpg", 90, lambda i, r: cropped(i, 0.10, r)),
    ("rotate3", "jpg", 90, lambda i, r: i.rotate(
        r.choice([-3, 3]), Image.BICUBIC)),
    ("mirror", "jpg", 90, lambda i, r: ImageOps.mirror(i)),
    ("turn90", "jpg", 90, lambda i, r: i.transpose(Image.ROTATE_90)),
]
SET_2 = [
    ("png", "png", 0, lambda i, r: i),
    ("messenger", "jpg", 55, seen),
    ("sharpen", "jpg", 90, lambda i, r: i.filter(ImageFilter.SHARPEN)),
    ("contrast", "jpg", 90, lambda i, r: ImageEnhance.Contrast(i).enhance(
        r.choice([0.7, 1.4]))),
    ("colour", "jpg", 90, lambda i, r: ImageEnhance.Color(i).enhance(
        r.choice([0.4, 1.8]))),
    ("gamma", "jpg", 90, lambda i, r: gamma(i, r.choice([0.7, 1.4]))),
    ("noise", "jpg", 80, noisy),
    ("squeezed", "jpg", 90, lambda i, r: i.resize(
        (i.width, max(1, round(i.height * 0.9))), Image.LANCZOS)),
    ("crop3", "jpg", 90, lambda i, r: cropped(i, 0.03, r)),
    ("rotate1", "jpg", 90, lambda i, r: i.rotate(
        r.choice([-1, 1]), Image.BICUBIC)),
    ("turn180", "jpg", 90, lambda i, r: i.transpose(Image.ROTATE_180)),
    ("turn270-mirror", "jpg", 90, lambda i, r: ImageOps.mirror(
        i.transpose(Image.ROTATE_270))),
]


def photos_in(paths):
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for folder, folders, files in os.walk(path):
            folders.sort()
            for name in sorted(files):
                if name.lower().endswith(ENDINGS):
                    yield os.path.join(folder, name)


def write_copies(photo, folder, number, kinds, seed):
    with Image.open(photo) as opened:
        image = opened.convert("RGB")
    for k, (name, ending, quality, alter) in enumerate(kinds, start=1):
        rng = random.Random(f"{seed} {number} {name}")
        path = os.path.join(folder, f"{k:02}-{name}.{ending}")
        copy = alter(image, rng)
        if ending == "png":
            copy.save(path)
        else:
            copy.save(path, quality=quality)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--set", type=int, choices=(1, 2), default=1)
    parser.add_argument("--altered", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("photos", nargs="+")
    parser.add_argument("out")
    args = parser.parse_args()
    photos = list(photos_in(args.photos))
    if not photos:
        sys.exit("duplicate_copies.py: no photos there")
    random.Random(args.seed).shuffle(photos)
    kinds = SET_1 if args.set == 1 else SET_2
    for number, photo in enumerate(photos):
        folder = os.path.join(args.out, f"{number:05}")
        os.makedirs(folder, exist_ok=True)
        ending = os.path.splitext(photo)[1].lower()
        shutil.copyfile(photo, os.path.join(folder, "00-original" + ending))
        if number < args.altered:
            write_copies(photo, folder, number, kinds, args.seed)


if __name__ == "__main__":
    main()
