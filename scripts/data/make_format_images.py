#!/usr/bin/env python3
"""Make tests/golden/formats: small HEIC, AVIF, TIFF and JPEG XL files, and what
Pillow makes of them.

usage: make_format_images.py [FOLDER]

FOLDER is tests/golden/formats of this repository unless given. Needs, from PyPI:
numpy pillow pillow-heif pillow-jxl-plugin tifffile imagecodecs

formats.tsv has a line for each file: its name, the size, where its pixels are
expected ("=HASH": the first 32 hex digits of SHA-256 of the RGB bytes, which are
to be equal; else the name of a PNG), and how much a value may differ from them,
at most and on average. Pixels are those of Image.open(FILE).convert("RGB"), with
pillow-heif for HEIC and pillow-jxl-plugin for JPEG XL, but for what
Image.convert() spoils: greys of 16 bits, which it clips to white, are cut to the
upper 8 by numpy.
"""

import hashlib
import io
import struct
import sys
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401 (registers itself)
import tifffile
from PIL import Image, ImageOps

WIDTH, HEIGHT = 61, 47
ROOT = Path(__file__).resolve().parents[2]


def picture() -> np.ndarray:
    """Waves, slopes and boxes, no two corners alike."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    red = 127 + 100 * np.sin(x / 7) + 20 * np.cos(y / 5)
    green = x * 255 / (WIDTH - 1)
    blue = 255 - y * 255 / (HEIGHT - 1)
    rgb = np.stack([red, green, blue], -1)
    rgb[HEIGHT // 3 : HEIGHT // 2, WIDTH // 4 : WIDTH // 2] = (250, 20, 30)
    rgb[HEIGHT // 2 :, : WIDTH // 5] = (10, 200, 40)
    return np.clip(rgb, 0, 255).astype(np.uint8)


RGB = picture()
ALPHA = np.tile(np.linspace(0, 255, WIDTH).astype(np.uint8), (HEIGHT, 1))
RGBA = np.dstack([RGB, ALPHA])
GREY = RGB[:, :, 0]
RGB16 = RGB.astype(np.uint16) * 256 + RGB[::-1].astype(np.uint16)
GREY16 = RGB16[:, :, 0]


def tiff_by_hand(tags: dict[int, list[int]], strip: bytes) -> bytes:
    """A little-endian TIFF of one strip, of numbers of 16 bits."""
    tags = dict(sorted({**tags, 273: [0], 279: [len(strip)]}.items()))
    outside = 8 + 2 + 12 * len(tags) + 4
    data = b""
    entries = b""
    for tag, values in tags.items():
        kind = 4 if tag in (273, 279) else 3
        packed = struct.pack(f"<{len(values)}{'I' if kind == 4 else 'H'}", *values)
        if tag == 273:
            later = sum(2 * len(v) for v in tags.values() if len(v) > 2)
            packed = struct.pack("<I", outside + later)
        if len(packed) > 4:
            data += packed
            packed = struct.pack("<I", outside + len(data) - len(packed))
        entries += struct.pack("<HHI", tag, kind, len(values)) + packed.ljust(4, b"\0")
    head = struct.pack("<2sHIH", b"II", 42, 8, len(tags))
    return head + entries + bytes(4) + data + strip


def packed_bits(indices: np.ndarray, bits: int) -> bytes:
    each = np.unpackbits(indices[..., None], axis=-1)[..., 8 - bits :]
    return np.packbits(each.reshape(len(indices), -1), axis=-1).tobytes()


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[str] = []

    def expect(self, name: str, rgb: np.ndarray, most: int, mean: float) -> None:
        size = f"{rgb.shape[1]}x{rgb.shape[0]}"
        if most == 0:
            where = "=" + hashlib.sha256(rgb.tobytes()).hexdigest()[:32]
        else:
            where = f"{name}.png"
            Image.fromarray(rgb).save(self.path / where, optimize=True)
        self.lines.append(f"{name}\t{size}\t{where}\t{most}\t{mean}")

    def by_pillow(self, name: str, most: int = 0, mean: float = 0) -> None:
        with Image.open(self.path / name) as image:
            rgb = np.asarray(image.convert("RGB"))
        self.expect(name, rgb, most, mean)

    def write(self, name: str, content: bytes, most: int = 0, mean: float = 0) -> None:
        (self.path / name).write_bytes(content)
        self.by_pillow(name, most, mean)

    def save(self, name: str, image: Image.Image, most: int = 0, mean: float = 0,
             **options: object) -> None:
        image.save(self.path / name, **options)
        self.by_pillow(name, most, mean)


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def make_heic(folder: Folder) -> None:
    rgb, rgba, grey = (Image.fromarray(a) for a in (RGB, RGBA, GREY))
    folder.save("420.heic", rgb, 2, 0.1, quality=90)
    folder.save("422.heic", rgb, 2, 0.1, quality=90, chroma=422)
    folder.save("444.heic", rgb, 2, 0.1, quality=90, chroma=444)
    folder.save("alpha.heic", rgba, 2, 0.1, quality=90)
    folder.save("grey.heic", grey, 2, 0.1, quality=90)
    # Only the container turns: what EXIF says was done already.
    folder.save("exif6.heic", rgb, 2, 0.1, quality=90, exif=turned(6))
    folder.save("exif2.heif", rgb, 2, 0.1, quality=90, exif=turned(2))
    file = pillow_heif.from_bytes("RGB;16", (WIDTH, HEIGHT), RGB16.tobytes())
    file.save(folder.path / "10bit.heic", quality=90, bit_depth=10)
    folder.by_pillow("10bit.heic", 2, 0.7)


def make_avif(folder: Folder) -> None:
    rgb, rgba = Image.fromarray(RGB), Image.fromarray(RGBA)
    for chroma in "420", "422", "444", "400":
        sampling = ":".join(chroma)
        folder.save(f"{chroma}.avif", rgb, 6, 0.6, quality=90, subsampling=sampling)
    folder.save("limited.avif", rgb, 6, 1, quality=90, range="limited")
    folder.save("alpha.avif", rgba, 6, 0.6, quality=90)
    # Pillow writes the orientation into the container, and reads it as EXIF's.
    for orientation in range(2, 9):
        name = f"turned{orientation}.avif"
        rgb.save(folder.path / name, quality=90, exif=turned(orientation))
        with Image.open(folder.path / name) as image:
            upright = ImageOps.exif_transpose(image)
        # libheif turns before chroma is interpolated: where a side is odd, chroma
        # then lies half a pixel off.
        folder.expect(name, np.asarray(upright), 48, 2)
    ten = imagecodecs.avif_encode(RGB16 >> 6, level=90, bitspersample=10)
    folder.write("10bit.avif", ten, 6, 1)


def make_tiff(folder: Folder) -> None:
    def plain(name: str, values: np.ndarray, **options: object) -> None:
        tifffile.imwrite(folder.path / name, values, **options)
        folder.by_pillow(name)

    def cut(name: str, values: np.ndarray, expected: np.ndarray,
            **options: object) -> None:
        tifffile.imwrite(folder.path / name, values, **options)
        folder.expect(name, np.dstack([expected] * 3), 0, 0)

    plain("grey.tif", GREY)
    plain("inverted.tif", GREY, photometric="miniswhite")
    cut("grey16.tif", GREY16, (GREY16 >> 8).astype(np.uint8))
    cut("grey16_big_endian.tif", GREY16, (GREY16 >> 8).astype(np.uint8),
        byteorder=">")
    plain("rgb.tif", RGB)
    plain("rgb16.tif", RGB16, photometric="rgb")
    plain("rgb16_big_endian.tif", RGB16, photometric="rgb", byteorder=">")
    plain("big.tif", RGB, bigtiff=True)
    plain("planes.tif", np.moveaxis(RGB, 2, 0), photometric="rgb",
          planarconfig="separate", compression="deflate", rowsperstrip=7)
    plain("planes_tiled.tif", np.moveaxis(RGB, 2, 0), photometric="rgb",
          planarconfig="separate", compression="deflate", tile=(16, 32))
    plain("alpha.tif", RGBA, photometric="rgb", extrasamples=["unassalpha"])
    premultiplied = RGBA.copy()
    premultiplied[..., :3] = (RGB * (ALPHA[..., None] / 255)).astype(np.uint8)
    plain("premultiplied.tif", premultiplied, photometric="rgb",
          extrasamples=["assocalpha"], compression="deflate")
    inks = np.dstack([255 - RGB, 255 - GREY])
    plain("cmyk.tif", inks, photometric="separated")
    plain("cmyk16.tif", inks.astype(np.uint16) * 257, photometric="separated")
    plain("tiled.tif", RGB, tile=(16, 32), compression="lzw", predictor=True)
    plain("strips.tif", RGB, rowsperstrip=7, compression="packbits")
    plain("zstd.tif", RGB, compression="zstd")
    plain("lzma.tif", RGB, compression="lzma")
    tifffile.imwrite(folder.path / "pages.tif", RGB)
    tifffile.imwrite(folder.path / "pages.tif", RGB[::-1], append=True)
    folder.by_pillow("pages.tif")
    for orientation in 3, 6, 7:
        plain(f"turned{orientation}.tif", RGB,
              extratags=[(274, "H", 1, orientation, True)])
    palette = Image.fromarray(RGB).quantize(200)
    folder.save("palette.tif", palette)
    sides = {256: [WIDTH], 257: [HEIGHT], 278: [HEIGHT], 277: [1], 259: [1]}
    for bits in 1, 2, 4:
        indices = np.arange(HEIGHT)[:, None] * 3 + np.arange(WIDTH) // 5
        indices = (indices % (1 << bits)).astype(np.uint8)
        strip = packed_bits(indices, bits)
        for name, photometric in ("grey", 1), ("inverted", 0):
            tags = {**sides, 258: [bits], 262: [photometric]}
            folder.write(f"{name}{bits}.tif", tiff_by_hand(tags, strip))
    colours = np.random.default_rng(1).integers(0, 65536, 48).tolist()
    folder.write("palette4.tif", tiff_by_hand(
        {**sides, 258: [4], 262: [3], 320: colours}, strip))
    # Chroma of 2 x 2 pixels each, which follows the four of luma.
    blocks = np.random.default_rng(2).integers(
        100, 150, (HEIGHT + 1) // 2 * ((WIDTH + 1) // 2) * 6).astype(np.uint8)
    folder.write("ycbcr420.tif", tiff_by_hand(
        {**sides, 258: [8] * 3, 259: [8], 262: [6], 277: [3], 530: [2, 2]},
        zlib.compress(blocks.tobytes())), 2, 0.5)
    fax = Image.fromarray(GREY).convert("1")
    folder.save("fax4.tif", fax, compression="group4")
    folder.save("jpeg.tif", Image.fromarray(RGB), compression="jpeg", quality=90)
    folder.save("ycbcr.tif", Image.fromarray(RGB).convert("YCbCr"), 2, 0.5,
                compression="tiff_lzw")


def make_jxl(folder: Folder) -> None:
    rgb, rgba = Image.fromarray(RGB), Image.fromarray(RGBA)
    folder.save("lossy.jxl", rgb, 2, 0.5, quality=90)
    folder.save("lossless.jxl", rgb, lossless=True)
    folder.save("alpha.jxl", rgba, lossless=True)
    folder.save("grey.jxl", Image.fromarray(GREY), lossless=True)
    folder.save("boxes.jxl", rgb, lossless=True, use_container=True)
    sixteen = imagecodecs.jpegxl_encode(RGB16, lossless=True)
    (folder.path / "16bit.jxl").write_bytes(sixteen)
    folder.expect("16bit.jxl", np.round(RGB16 / 257).astype(np.uint8), 0, 0)
    jpeg = io.BytesIO()
    rgb.save(jpeg, "JPEG", quality=90, subsampling="4:2:0")
    folder.write("from_jpeg.jxl", imagecodecs.jpegxl_encode_jpeg(jpeg.getvalue()),
                 3, 0.6)
    # The orientation of a JPEG goes into the codestream.
    rgb.save(jpeg := io.BytesIO(), "JPEG", quality=95, exif=turned(6))
    (folder.path / "turned6.jxl").write_bytes(
        imagecodecs.jpegxl_encode_jpeg(jpeg.getvalue()))
    with Image.open(jpeg) as image:
        folder.expect("turned6.jxl", np.asarray(ImageOps.exif_transpose(image)), 20, 1)


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "tests/golden/formats"
    path.mkdir(parents=True, exist_ok=True)
    pillow_heif.register_heif_opener()
    folder = Folder(path)
    for make in make_heic, make_avif, make_tiff, make_jxl:
        make(folder)
    header = "name\tsize\texpected\tmost\tmean"
    (path / "formats.tsv").write_text("\n".join([header, *folder.lines]) + "\n")


if __name__ == "__main__":
    main()
