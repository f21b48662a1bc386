#!/usr/bin/python3
"""Draw the small pictures in data/photos.

They stand in for product photos: garments and a few other things on various
backgrounds, and lakes in the mountains, a folder for each kind. Kinds are easy
to tell apart; within a kind the pictures differ in colour, pattern, cut, pose
and background. So one can judge by eye whether a search finds what is alike.

usage: draw_photos.py [FOLDER]

FOLDER is data/photos of this repository unless given. Pictures already there
are overwritten.

Needs Debian's packages python3-pil and python3-numpy. All random numbers
come from fixed seeds: the same script draws the same pictures. (Another version
of the packages may round, or pack the JPEG, a little differently.)
"""

import math
import multiprocessing
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

Array = npt.NDArray[np.float32]
Colour = tuple[int, int, int]
Point = tuple[float, float]
Points = list[Point]
Size = tuple[int, int]

# Lengths are in pixels of the finished picture. Everything is drawn OVERSIZE
# times larger and then reduced, which makes the edges smooth.
OVERSIZE = 4
# An object is drawn in a square of this side, with (0, 0) in its middle.
FIELD = 320
OVERSIZE_FIELD = (FIELD * OVERSIZE, FIELD * OVERSIZE)
PORTRAIT: Size = (240, 320)
LANDSCAPE: Size = (320, 240)
SQUARE: Size = (280, 280)
JPEG_QUALITY = 85

LIGHT = (0.55, 0.75)  # from the upper left; how strongly slopes are lit
WHITE: Colour = (244, 243, 238)
GOLD: Colour = (214, 176, 92)
STEEL: Colour = (168, 170, 176)
WOOD: Colour = (188, 142, 92)
COFFEE: Colour = (62, 36, 22)

# A name for each pair of main colour and accent.
PALETTE: dict[str, tuple[Colour, Colour]] = {
    "red": ((192, 42, 48), WHITE),
    "blue": ((52, 92, 168), WHITE),
    "navy": ((38, 48, 86), (214, 200, 168)),
    "denim": ((74, 102, 144), (206, 158, 92)),
    "green": ((62, 124, 80), (238, 226, 178)),
    "olive": ((112, 112, 70), (60, 62, 40)),
    "yellow": ((234, 190, 62), (84, 72, 60)),
    "orange": ((222, 122, 52), WHITE),
    "pink": ((228, 148, 166), (150, 46, 84)),
    "purple": ((112, 74, 140), (224, 206, 232)),
    "teal": ((46, 132, 138), (238, 214, 160)),
    "white": (WHITE, (56, 92, 150)),
    "cream": ((232, 218, 186), (170, 62, 52)),
    "grey": ((136, 140, 146), (72, 76, 84)),
    "black": ((48, 47, 52), (198, 196, 190)),
    "brown": ((126, 82, 52), (222, 190, 140)),
    "beige": ((206, 180, 138), (84, 58, 42)),
}


# Shapes


def bezier(control: Points, steps: int = 24) -> Points:
    """Points on the Bezier curve of any degree, without its first point."""
    points: Points = []
    for step in range(1, steps + 1):
        t = step / steps
        level = control
        while len(level) > 1:
            level = [
                (ax + (bx - ax) * t, ay + (by - ay) * t) for (ax, ay), (bx, by) in pairwise(level)
            ]
        points.append(level[0])
    return points


def curve(*steps: tuple[float, ...]) -> Points:
    """A line from a first point on.

    Each step is x, y of where it leads, with the control points of a curve, if
    it is one, before them.
    """
    points: Points = [(steps[0][0], steps[0][1])]
    for step in steps[1:]:
        pairs = list(zip(step[0::2], step[1::2]))
        points += pairs if len(pairs) == 1 else bezier([points[-1], *pairs])
    return points


def flipped(points: Points) -> Points:
    return [(-x, y) for x, y in points]


def symmetric(*steps: tuple[float, ...]) -> Points:
    """The outline whose right half, from top to bottom, is the given line."""
    half = curve(*steps)
    return half + flipped(half)[::-1]


def ellipse(x: float, y: float, rx: float, ry: float) -> Points:
    turns = [2 * math.pi * step / 72 for step in range(72)]
    return [(x + rx * math.cos(t), y + ry * math.sin(t)) for t in turns]


def band(points: Points, width: float) -> Points:
    """The outline of a strip along a line."""
    line = np.array(points)
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * width / 2
    edges = np.concatenate([line + across, (line - across)[::-1]])
    return [(float(x), float(y)) for x, y in edges]


# Arrays


def floats(values: npt.ArrayLike) -> Array:
    return np.asarray(values, np.float32)


def resized(values: Array, size: Size) -> Array:
    image = Image.fromarray(values)
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC), np.float32)


def reduced(values: Array) -> Array:
    rows, columns = (side // OVERSIZE for side in values.shape)
    blocks = values.reshape(rows, OVERSIZE, columns, OVERSIZE)
    return floats(blocks.mean(axis=(1, 3)))


def blurred(values: Array, radius: float) -> Array:
    """Gaussian blur. By way of Fourier: PIL cannot blur floating point."""
    rows, columns = values.shape
    fy = np.fft.fftfreq(rows, 1.0)[:, None]
    fx = np.fft.rfftfreq(columns, 1.0)[None, :]
    response = np.exp(-2 * (math.pi * radius) ** 2 * (fx**2 + fy**2))
    soft = np.fft.irfft2(np.fft.rfft2(values) * response, s=values.shape)
    return soft.astype(np.float32)


def smooth_noise(rng: np.random.RandomState, size: Size, cells: Size) -> Array:
    """Soft random hills, so many across and down, mostly between -1 and 1."""
    knots = floats(rng.uniform(-1, 1, (cells[1], cells[0])))
    return resized(knots, size)


def fractal_noise(rng: np.random.RandomState, size: Size, cells: Size) -> Array:
    """Hills with smaller hills on them."""
    hills = np.zeros(size[::-1], np.float32)
    for octave in range(5):
        finer = (cells[0] << octave, cells[1] << octave)
        hills += smooth_noise(rng, size, finer) * 0.6**octave
    return hills


def grid(size: Size) -> tuple[Array, Array]:
    """x and y of every oversize pixel, from the middle of the picture."""
    width, height = size
    x = (np.arange(width * OVERSIZE, dtype=np.float32) + 0.5) / OVERSIZE - width / 2
    y = (np.arange(height * OVERSIZE, dtype=np.float32) + 0.5) / OVERSIZE - height / 2
    return np.broadcast_to(x, (y.size, x.size)), np.broadcast_to(y[:, None], (y.size, x.size))


def oversize(size: Size) -> Size:
    return size[0] * OVERSIZE, size[1] * OVERSIZE


def coverage(*outlines: Points, size: Size = (FIELD, FIELD)) -> Array:
    """1 inside the outlines, 0 outside, at oversize."""
    image = Image.new("L", oversize(size))
    draw = ImageDraw.Draw(image)
    middle_x, middle_y = size[0] / 2, size[1] / 2
    for points in outlines:
        pixels = [((x + middle_x) * OVERSIZE, (y + middle_y) * OVERSIZE) for x, y in points]
        draw.polygon(pixels, fill=1)
    return np.asarray(image, np.float32)


def mixed(a: Array, b: Array | Colour, share: Array) -> Array:
    """The picture a with a share of b, a picture or a colour, in each place."""
    result = a.copy()
    if not share.any():
        return result
    # Most pieces are small: work where there is something to do.
    rows, columns = (np.flatnonzero(share.any(axis=axis)) for axis in (1, 0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    other = np.asarray(b, np.float32)
    if other.ndim == 3:
        other = other[box]
    result[box] += (other - a[box]) * share[box][..., None]
    return result


# Patterns: how much of the accent colour shows at (u, v)


def plain(u: Array, v: Array) -> Array:
    return np.zeros(np.broadcast(u, v).shape, np.float32)


def stripes(u: Array, v: Array) -> Array:
    return (np.mod(v, 16) < 6.5).astype(np.float32) + 0 * u


def pinstripes(u: Array, v: Array) -> Array:
    return (np.mod(u, 9) < 1.4).astype(np.float32) * 0.8 + 0 * v


def dots(u: Array, v: Array) -> Array:
    row = np.floor(v / 11)
    du = np.mod(u + 5.5 * np.mod(row, 2) * 1.1, 12.1) - 6.05
    dv = np.mod(v, 11) - 5.5
    return floats(du**2 + dv**2 < 3.3**2)


def check(u: Array, v: Array) -> Array:
    across = (np.mod(u, 18) < 9).astype(np.float32)
    down = (np.mod(v, 18) < 9).astype(np.float32)
    return (across + down) * 0.42


def flowers(u: Array, v: Array) -> Array:
    row = np.floor(v / 19)
    du = np.mod(u + 10 * np.mod(row, 2), 20) - 10
    dv = np.mod(v, 19) - 9.5
    radius = np.hypot(du, dv)
    petals = radius < 5.2 + 2 * np.cos(5 * np.arctan2(dv, du) + row)
    return floats(petals & (radius > 1.7))


def zigzag(u: Array, v: Array) -> Array:
    return floats(np.mod(v + np.abs(np.mod(u, 18) - 9), 14) < 5.5)


def straw(u: Array, v: Array) -> Array:
    plait = np.sin(1.5 * u + 1.5 * np.sign(np.sin(0.9 * v))) * np.sin(0.9 * v)
    return floats(0.16 + 0.16 * plait)


PATTERNS: dict[str, Callable[[Array, Array], Array]] = {
    "plain": plain,
    "stripes": stripes,
    "pinstripes": pinstripes,
    "dots": dots,
    "check": check,
    "flowers": flowers,
    "zigzag": zigzag,
    "straw": straw,
}


@dataclass(frozen=True)
class Material:
    colour: Colour
    accent: Colour = WHITE
    pattern: str = "plain"
    grain: float = 0.0  # degrees the pattern is turned by
    rough: float = 0.028  # strength of the fine texture
    gloss: float = 0.0  # strength of highlights


def smooth(colour: Colour, gloss: float = 0.0) -> Material:
    """A material without a pattern and nearly without texture."""
    return Material(colour, rough=0.012, gloss=gloss)


def darker(colour: Colour, factor: float) -> Colour:
    red, green, blue = (round(value * factor) for value in colour)
    return red, green, blue


# Objects


class Object:
    """What has been drawn of an object, and the means to draw more of it."""

    def __init__(self, rng: np.random.RandomState, mirrored: bool) -> None:
        self.rng = rng
        # The object is mirrored after drawing, but the light stays.
        self.light_x = -LIGHT[0] if mirrored else LIGHT[0]
        self.colour = np.zeros((*OVERSIZE_FIELD, 3), np.float32)
        self.alpha = np.zeros(OVERSIZE_FIELD, np.float32)

    def wrinkles(self, across: int, down: int, height: float) -> Array:
        """Hills for add's relief; more across than down makes them hang."""
        return smooth_noise(self.rng, (FIELD, FIELD), (across, down)) * height

    def add(
        self,
        outline: Points,
        material: Material,
        depth: float = 1.0,
        relief: Array | None = None,
        roundness: float = 0.0,
    ) -> None:
        """Lay a piece on top: depth is how thick it looks, relief its folds.

        With a roundness it is a cylinder of that radius around the y axis.
        """
        mask = coverage(outline)
        soft = reduced(mask)
        self._cast_shadow(soft, mask, depth)
        height = np.zeros_like(soft) if relief is None else relief.copy()
        for radius in (1.2, 4.0, 12.0):
            height += depth * 0.45 * radius * blurred(soft, radius)
        light, shine = self._lighting(height, soft, material)
        if roundness:
            light *= self._cylinder_light(roundness)
        paint = self._pattern(material, roundness) * resized(light, OVERSIZE_FIELD)[..., None]
        paint += 255 * material.gloss * resized(shine, OVERSIZE_FIELD)[..., None]
        self.colour = mixed(self.colour, paint, mask)
        self.alpha = np.maximum(self.alpha, mask)

    def tint(self, outline: Points, colour: Colour, share: float, softness: float) -> None:
        """Blend a colour over what is there, within a soft outline."""
        soft = blurred(reduced(coverage(outline)), softness) * share
        self.colour = mixed(self.colour, colour, resized(soft, OVERSIZE_FIELD))

    def seam(self, line: Points, colour: Colour | None = None) -> None:
        """A furrow in the cloth, or stitches if given a colour."""
        if colour is None:
            self.tint(band(line, 1.6), (20, 18, 24), 0.42, 0.5)
            return
        mask = coverage(*(band(stitch, 1.1) for stitch in stitches(line, 3.6, 2.4)))
        self.colour = mixed(self.colour, colour, mask * self.alpha * 0.85)

    def _cast_shadow(self, soft: Array, mask: Array, depth: float) -> None:
        fall = 2 if self.light_x > 0 else -2
        shadow = blurred(np.roll(soft, (3, fall), (0, 1)), 2.5) * 0.4 * min(depth, 1.0)
        shadow = resized(shadow, OVERSIZE_FIELD) * (1 - mask)
        self.colour *= (1 - shadow)[..., None]

    def _lighting(self, height: Array, soft: Array, material: Material) -> tuple[Array, Array]:
        down, right = np.gradient(height)
        slope = self.light_x * right + LIGHT[1] * down
        texture = blurred(self.rng.standard_normal(soft.shape).astype(np.float32), 0.5)
        occlusion = 0.8 + 0.2 * blurred(soft, 3.0)
        light = (1 + 0.75 * np.tanh(slope)) * occlusion + material.rough * 1.6 * texture
        shine = np.clip(slope - 0.12, 0, 0.6)
        return light.astype(np.float32), shine.astype(np.float32)

    def _cylinder_light(self, radius: float) -> Array:
        x = np.arange(FIELD, dtype=np.float32) - FIELD / 2
        across = np.clip(x / radius, -1, 1) * np.sign(self.light_x)
        return floats(1.06 - 0.3 * across - 0.38 * across**4)[None, :]

    def _pattern(self, material: Material, roundness: float) -> Array:
        x, y = grid((FIELD, FIELD))
        if roundness:
            sine = np.clip(x / roundness, -1, 1)
            x, y = roundness * np.arcsin(sine), y - 12 * np.sqrt(1 - sine**2)
        else:
            # Cloth never lies quite straight.
            x = x + resized(self.wrinkles(7, 7, 2.2), OVERSIZE_FIELD)
            y = y + resized(self.wrinkles(7, 7, 2.2), OVERSIZE_FIELD)
        turn = math.radians(material.grain)
        u = x * math.cos(turn) + y * math.sin(turn)
        v = y * math.cos(turn) - x * math.sin(turn)
        base = np.broadcast_to(np.array(material.colour, np.float32), (*x.shape, 3))
        return mixed(base, material.accent, PATTERNS[material.pattern](u, v))


def stitches(line: Points, length: float, gap: float) -> list[Points]:
    """The line cut into dashes."""
    points = np.array(line)
    steps = np.hypot(*np.diff(points, axis=0).T)
    distance = np.concatenate([[0.0], np.cumsum(steps)])
    dashes: list[Points] = []
    for start in np.arange(gap, distance[-1] - length, length + gap):
        at = np.linspace(start, start + length, 3)
        xs = np.interp(at, distance, points[:, 0])
        ys = np.interp(at, distance, points[:, 1])
        dashes.append([(float(x), float(y)) for x, y in zip(xs, ys)])
    return dashes


def fold(start: Point, end: Point, width: float, height: float) -> Array:
    """A ridge for add's relief (a furrow if height < 0), fading at its start."""
    axis = np.arange(FIELD, dtype=np.float32) - FIELD / 2
    x, y = axis[None, :] - start[0], axis[:, None] - start[1]
    length = math.hypot(end[0] - start[0], end[1] - start[1])
    ux, uy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    along = (x * ux + y * uy) / length
    across = (x * uy - y * ux) / width
    fade = np.clip(along * 1.6, 0, 1) * np.clip((1.15 - along) * 4, 0, 1)
    return floats(height * fade * np.exp(-(across**2)))


def draw_hanger(item: Object) -> None:
    item.add(band([(-FIELD / 2, -147), (FIELD / 2, -147)], 4), smooth(darker(STEEL, 0.6), 0.4))
    hook = curve(
        (0, -104), (0, -122), (0, -130, 12, -130, 12, -140), (12, -152, -6, -152, -7, -142)
    )
    item.add(band(hook, 3.2), smooth(STEEL, 0.4))
    arms = curve((-58, -84), (-30, -98, 0, -110), (30, -98, 58, -84))
    item.add(band(arms, 8), smooth(WOOD, 0.2))


def add_sleeves(item: Object, outline: Points, cloth: Material, cuff: Points) -> None:
    for points, grain in ((outline, cloth.grain + 35), (flipped(outline), cloth.grain - 35)):
        item.add(points, replace(cloth, grain=grain), relief=item.wrinkles(14, 14, 1.2))
    for line in (cuff, flipped(cuff)):
        item.seam(line)


def draw_dress(item: Object, cloth: Material, style: str) -> None:
    hem, flare = {"mini": (84, 66), "long": (138, 64)}.get(style, (118, 84))
    item.add(symmetric((0, -112), (22, -114), (20, -78, 0, -73)), smooth(darker(cloth.colour, 0.5)))
    if style in ("sleeves", "long"):
        outline = curve(
            (30, -113), (52, -108, 66, -84), (72, -70), (58, -60, 46, -60), (36, -84, 30, -113)
        )
        add_sleeves(item, outline, cloth, curve((69, -75), (57, -65, 46, -64)))
    skirt = symmetric(
        (0, -34),
        (32, -34),
        (40, 0, flare - 12, hem - 50, flare, hem - 8),
        (flare / 2, hem + 9, 0, hem + 7),
    )
    folds = item.wrinkles(16, 3, 2.0)
    for index in range(-3, 4):
        reach = flare * index / 3.4
        folds = folds + fold((index * 7, -30), (reach, hem), 7, 4.2)
    item.add(skirt, cloth, relief=folds)
    hem_line = curve(
        (-flare + 3, hem - 13),
        (-flare / 2, hem + 3, 0, hem + 1),
        (flare / 2, hem + 3, flare - 3, hem - 13),
    )
    item.seam(hem_line)
    bodice = symmetric(
        (0, -78),
        (18, -82, 21, -114),
        (34, -113),
        (30, -88, 45, -74),
        (42, -50, 33, -30),
        (18, -26, 0, -26),
    )
    darts = fold((20, -34), (22, -66), 6, 3.0) + fold((-20, -34), (-22, -66), 6, 3.0)
    item.add(bodice, cloth, relief=darts + item.wrinkles(12, 12, 1.4))
    belt = symmetric((0, -37), (20, -36, 34.5, -38), (33.5, -27), (20, -24, 0, -25))
    item.add(belt, Material(cloth.accent, rough=0.03), depth=1.3)
    item.add(ellipse(0, -31, 6, 5.5), smooth(GOLD, 0.5))


def draw_t_shirt(item: Object, cloth: Material, style: str) -> None:
    length = 112 if style == "long" else 96
    collar_inside = symmetric((0, -88), (22, -92), (20, -66, 0, -62))
    item.add(collar_inside, smooth(darker(cloth.colour, 0.55)))
    sleeve = curve(
        (56, -88),
        (84, -76, 104, -28),
        (112, -14),
        (96, 0, 74, 6),
        (62, -22, 56, -36),
        (50, -60, 56, -88),
    )
    add_sleeves(item, sleeve, cloth, curve((108, -21), (92, -7, 71, -1)))
    body = symmetric(
        (0, -64),
        (20, -66, 23, -95),
        (60, -86),
        (54, -50, 57, -30),
        (59, 20, 57, length - 4),
        (30, length + 3, 0, length + 2),
    )
    folds = item.wrinkles(10, 8, 3.0)
    for side in (-1, 1):
        folds = folds + fold((side * 50, -50), (side * 16, 0), 5, 2.6)
        folds = folds + fold((side * 20, 20), (side * 44, 92), 7, 2.6)
    item.add(body, cloth, relief=folds)
    item.seam(
        curve((-55, length - 9), (-30, length - 3, 0, length - 4), (30, length - 3, 55, length - 9))
    )
    rib = curve((-25, -95), (-22, -62, 0, -61), (22, -62, 25, -95))
    item.add(band(rib, 7), replace(cloth, pattern="plain"), depth=0.8)
    if style == "print":
        item.add(ellipse(0, 2, 26, 26), smooth(cloth.accent), depth=0.15)
        item.add(ellipse(7, -5, 19, 19), smooth(cloth.colour), depth=0.1)
    if style == "pocket":
        pocket = curve((14, -32), (42, -32), (42, -6), (28, 4), (14, -6), (14, -32))
        item.add(pocket, replace(cloth, grain=90), depth=0.5)
        item.seam(curve((14, -26), (42, -26)))


def leg_outline(style: str) -> Points:
    hem, outer, inner = {
        "shorts": (10, 64, 9),
        "slim": (132, 40, 15),
        "flared": (132, 70, 14),
        "wide": (132, 62, 6),
    }.get(style, (132, 50, 12))
    return curve(
        (0, -112),
        (44, -112),
        (54, -80, 56, -50),
        (54, 10, outer, hem - 2),
        ((outer + inner) / 2, hem + 4, inner, hem),
        (8, 0, 2, -38),
        (-2, -44),
        (0, -112),
    )


def draw_trousers(item: Object, cloth: Material, style: str) -> None:
    leg = leg_outline(style)
    hem = max(y for _, y in leg)
    inside = symmetric((0, -126), (42, -127), (42, -116), (0, -112))
    item.add(inside, smooth(darker(cloth.colour, 0.45)))
    for outline, side in ((leg, 1), (flipped(leg), -1)):
        crease = fold((side * 27, -70), (side * 31, hem), 9, 6.0)
        creases = fold((side * 4, -44), (side * 38, -64), 5, 3.2) + fold(
            (side * 8, -22), (side * 44, -40), 6, 2.6
        )
        knee = fold((side * 12, 44), (side * 44, 34), 5, 2.4) + fold(
            (side * 44, 58), (side * 16, 50), 5, 2.0
        )
        item.add(outline, cloth, relief=crease + creases + knee + item.wrinkles(9, 14, 2.0))
    thread = cloth.accent if style in ("", "slim", "flared") else darker(cloth.colour, 0.6)
    for side in (-1, 1):
        pocket = curve((side * 26, -106), (side * 30, -82, side * 53, -82))
        item.seam(pocket)
        item.seam([(x - side * 2.5, y + 3) for x, y in pocket], thread)
    item.seam(curve((0, -110), (0, -46)))
    item.seam(curve((9, -110), (9, -66), (8, -56, 1, -50)), thread)
    waist = symmetric((0, -118), (22, -121, 43, -124), (45, -110), (22, -106, 0, -105))
    item.add(waist, cloth, depth=1.2)
    for x in (-33, -16, 16, 33):
        item.add(band(curve((x, -124), (x, -104)), 4.5), replace(cloth, pattern="plain"), depth=1.2)
    item.add(ellipse(0, -111.5, 4.2, 4.2), smooth(GOLD, 0.6))


def draw_shoe(item: Object, cloth: Material, style: str) -> None:
    rise = 34 if style == "high" else 0
    lining = curve(
        (-88, -46 - rise),
        (-60, -62 - rise, -28, -58 - rise),
        (-30, -20),
        (-80, -20),
        (-88, -46 - rise),
    )
    item.add(lining, smooth(darker(cloth.colour, 0.35)))
    tongue = curve(
        (-44, -40 - rise),
        (-40, -70 - rise, -22, -76 - rise, -8, -62 - rise),
        (18, -34),
        (-20, -20),
        (-44, -40 - rise),
    )
    item.add(tongue, replace(cloth, pattern="plain", colour=darker(cloth.colour, 0.85)))
    upper = curve(
        (-110, 46),
        (-120, 6, -106, -40 - rise),
        (-102, -54 - rise, -90, -50 - rise),
        (-62, -24 - rise, -34, -52 - rise),
        (-6, -38 - rise / 2, 16, -26, 48, -8),
        (104, -2, 122, 22, 118, 46),
        (-110, 46),
    )
    item.add(upper, cloth, depth=1.2, relief=item.wrinkles(12, 9, 1.2))
    toe = curve((62, 46), (60, 14, 76, -1), (108, 4, 121, 24, 118, 46), (62, 46))
    item.add(toe, smooth(WHITE if cloth.colour != WHITE else (214, 212, 206)), depth=0.9)
    heel = curve((-110, 46), (-119, 10, -110, -22), (-88, -14, -82, 14, -80, 46), (-110, 46))
    item.add(heel, smooth(cloth.accent), depth=0.7)
    swoop = curve((-62, 30), (-30, 34, 0, 20, 22, -12))
    for shift in (0, 18):
        item.add(band([(x + shift, y) for x, y in swoop], 8), smooth(cloth.accent), depth=0.5)
    facing = curve((-34, -46 - rise), (-8, -34 - rise / 2, 12, -20, 44, -3))
    item.add(
        band([(x - 5, y + 4) for x, y in facing], 15),
        replace(cloth, pattern="plain", colour=darker(cloth.colour, 0.9)),
        depth=0.7,
    )
    for at in range(2, len(facing) - 1, 4):
        x, y = facing[at]
        item.add(
            band(curve((x - 9, y + 9), (x, y - 4, x + 13, y - 8)), 5), smooth(WHITE), depth=1.2
        )
    sole = curve(
        (-113, 36),
        (-118, 50, -112, 62),
        (-60, 64, 60, 63, 96, 63),
        (122, 62, 126, 46, 118, 36),
        (60, 42, -60, 40, -113, 36),
    )
    item.add(sole, smooth(WHITE), depth=1.1)
    item.seam(curve((-114, 52), (-60, 54, 60, 54, 120, 51)))
    item.add(
        band(curve((-112, 61), (0, 64, 98, 62)), 4.5), smooth(darker(cloth.accent, 0.55)), depth=0.5
    )


def draw_hat(item: Object, cloth: Material, style: str) -> None:
    wide, lift, top = (126, 4, -44) if style == "sun" else (110, 7, -58)
    brim = curve(
        (-wide, 30 - lift),
        (-wide + 4, 62, -50, 76, 0, 76),
        (50, 76, wide - 4, 62, wide, 30 - lift),
        (wide - 14, 14, 40, 8, 0, 8),
        (-40, 8, -wide + 14, 14, -wide, 30 - lift),
    )
    item.add(brim, cloth, depth=1.1, relief=item.wrinkles(7, 4, 2.0))
    edge = curve(
        (-wide + 5, 35 - lift),
        (-wide + 10, 59, -50, 71, 0, 71),
        (50, 71, wide - 10, 59, wide - 5, 35 - lift),
    )
    item.seam(edge, darker(cloth.colour, 0.55))
    item.tint(ellipse(8, 46, 70, 16), (20, 14, 10), 0.45, 5)
    if style == "sun":
        crown = symmetric((0, top), (40, top, 62, top + 30, 60, 38), (40, 54, 0, 54))
        dent = item.wrinkles(6, 6, 2.0)
    else:
        crown = symmetric(
            (0, top + 6), (14, top - 6, 30, top - 16, 44, top), (58, -20, 61, 38), (40, 54, 0, 54)
        )
        dent = fold((0, top + 50), (0, top - 4), 13, -11.0) + item.wrinkles(6, 6, 2.0)
    item.add(crown, cloth, depth=1.5, relief=dent)
    ribbon = symmetric((0, 28), (40, 28, 60.5, 12), (61.5, 37), (40, 54, 0, 54))
    item.add(ribbon, Material(cloth.accent, rough=0.025), depth=0.8)
    for side in (-1, 1):
        loop = curve(
            (34, 36),
            (34 + side * 12, 22, 34 + side * 20, 26),
            (34 + side * 20, 46, 34 + side * 10, 46, 34, 36),
        )
        item.add(loop, Material(cloth.accent, rough=0.025), depth=1.2)


def draw_bag(item: Object, cloth: Material, style: str) -> None:
    leather = replace(cloth, gloss=0.12)
    strap = Material(cloth.accent, gloss=0.15, rough=0.025)
    if style == "tote":
        draw_tote(item, cloth, strap)
        return
    back_handle = curve((-34, -26), (-34, -118, 40, -118, 40, -26))
    item.add(band(back_handle, 9), replace(strap, colour=darker(cloth.accent, 0.7)))
    body = symmetric(
        (0, -38),
        (40, -40, 72, -34),
        (80, -30, 82, -20),
        (90, 20, 96, 62),
        (97, 82, 78, 82),
        (40, 86, 0, 86),
    )
    item.add(body, leather, depth=1.5, relief=item.wrinkles(8, 6, 1.6))
    piping = curve((0, 76), (40, 76, 74, 73), (88, 73, 87, 58), (84, 20, 76, -24))
    for line in (piping, flipped(piping)):
        item.seam(line, darker(cloth.colour, 0.6))
    flap = symmetric((0, -44), (40, -46, 74, -40), (86, -34, 84, -14), (80, 22, 50, 26, 0, 32))
    item.add(flap, leather, depth=1.2, relief=item.wrinkles(7, 5, 1.2))
    stitch = curve((-78, -16), (-74, 16, -50, 19, 0, 25), (50, 19, 74, 16, 78, -16))
    item.seam(stitch, cloth.accent)
    handle = curve((-42, -26), (-44, -128, 44, -128, 42, -26))
    item.add(band(handle, 10), strap, depth=1.3)
    for x in (-42, 42):
        item.add(ellipse(x, -24, 8.5, 8.5), smooth(GOLD, 0.5))
    clasp = curve((-11, 18), (11, 18), (11, 34), (0, 42, -11, 34), (-11, 18))
    item.add(clasp, smooth(GOLD, 0.6), depth=1.3)
    item.add(ellipse(0, 28, 3, 3), smooth(darker(GOLD, 0.4)))


def draw_tote(item: Object, cloth: Material, strap: Material) -> None:
    back_handle = curve((-28, -44), (-26, -136, 34, -136, 34, -44))
    item.add(band(back_handle, 9), replace(strap, colour=darker(strap.colour, 0.7)))
    item.add(
        symmetric((0, -58), (76, -56), (74, -40), (0, -38)), smooth(darker(cloth.colour, 0.45))
    )
    body = symmetric(
        (0, -46), (40, -46, 77, -54), (80, 20, 84, 84), (82, 96, 70, 96), (40, 99, 0, 99)
    )
    folds = fold((-40, -40), (-56, 90), 9, 3.5) + fold((34, -40), (20, 80), 9, 3.0)
    item.add(body, cloth, depth=1.2, relief=folds + item.wrinkles(9, 7, 2.6))
    item.seam(curve((-77, -42), (-40, -35, 0, -35), (40, -35, 77, -42)), darker(cloth.colour, 0.6))
    handle = curve((-36, -20), (-40, -150, 40, -150, 36, -20))
    item.add(band(handle, 10), strap, depth=1.2)
    for x in (-36, 36):
        patch = curve((x - 8, -30), (x + 8, -30), (x + 8, -8), (x - 8, -8), (x - 8, -30))
        item.add(patch, strap, depth=0.8)


def draw_mug(item: Object, cloth: Material, style: str) -> None:
    glazed = replace(cloth, gloss=0.5, rough=0.008)
    radius, top, bottom = {"tall": (50, -84, 76), "wide": (70, -48, 58)}.get(style, (60, -66, 66))
    middle = (top + bottom) / 2
    grip = (bottom - top) * 0.3
    ring = curve(
        (radius - 6, middle - grip),
        (radius + 24, middle - grip - 10, radius + 46, middle - grip, radius + 44, middle),
        (radius + 42, middle + grip, radius + 16, middle + grip + 4, radius - 8, middle + grip - 2),
    )
    item.add(band(ring, 15), replace(glazed, pattern="plain"), depth=1.6)
    body = symmetric(
        (0, top),
        (radius, top),
        (radius, bottom - 20),
        (radius - 1, bottom + 2, radius * 0.6, bottom + 13, 0, bottom + 13),
    )
    item.add(body, glazed, depth=0.5, roundness=radius + 1)
    shine = curve(
        (-radius * 0.72, top + 24),
        (-radius * 0.58, top + 27),
        (-radius * 0.58, bottom - 14),
        (-radius * 0.72, bottom - 20),
    )
    shine = shine if item.light_x > 0 else flipped(shine)
    item.tint(shine, (255, 255, 255), 0.6, 2.0)
    item.add(ellipse(0, top, radius, 14), replace(glazed, pattern="plain"), depth=0.8)
    item.add(ellipse(0, top + 0.5, radius - 4, 11.5), smooth(darker(WHITE, 0.84)), depth=-0.8)
    coffee = [(x, max(y, top)) for x, y in ellipse(0, top + 1, radius - 5, 10.5)]
    item.add(coffee, smooth(COFFEE, 0.3), depth=0.3)


# Backgrounds: colours for a whole picture, at oversize


def upright(size: Size, top: Colour, bottom: Colour, power: float = 1.0) -> Array:
    """One colour above passing into another below."""
    _, y = grid(size)
    share = (y / size[1] + 0.5) ** power
    return mixed(np.broadcast_to(np.array(top, np.float32), (*y.shape, 3)), bottom, share)


def softened(picture: Array, radius: float) -> Array:
    """Out of focus."""
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius * OVERSIZE)), np.float32)


def studio(size: Size, rng: np.random.RandomState, colour: Colour, horizon: float) -> Array:
    """A paper roll, lit in the middle."""
    x, y = grid(size)
    lamp = np.exp(-((x / size[0] / 0.55) ** 2) - (((y + 20) / size[1]) / 0.5) ** 2)
    bend = 0.03 * np.tanh((y / size[1] + 0.5 - horizon) * 9)
    light = 0.86 + 0.16 * lamp + bend + 0.012 * smooth_noise(rng, oversize(size), (5, 5))
    return floats(floats(colour) * light[..., None])


def room(size: Size, rng: np.random.RandomState, colour: Colour, horizon: float) -> Array:
    """A painted wall, a skirting board and a floor of boards."""
    wide = oversize(size)
    _, y = grid(size)
    picture = studio(size, rng, colour, 2.0)
    picture *= (1 + 0.02 * smooth_noise(rng, wide, (90, 120)))[..., None]
    edge = (horizon - 0.5) * size[1]
    below = y - edge
    board = np.floor(np.sqrt(np.maximum(below, 0) * 1.6))
    tone = rng.uniform(0.88, 1.08, 40).astype(np.float32)[board.astype(np.int64) % 40]
    grain = 0.06 * smooth_noise(rng, wide, (6, 160)) + 0.04 * smooth_noise(rng, wide, (14, 300))
    gap = np.mod(np.sqrt(np.maximum(below, 0) * 1.6), 1) < 0.05
    floor = np.array((176, 128, 86), np.float32) * ((tone + grain) * (1 - 0.35 * gap))[..., None]
    picture = mixed(picture, floor, (below > 0).astype(np.float32))
    skirting = np.array((236, 233, 226), np.float32) * (1 + 0.006 * (below + 7))[..., None]
    picture = mixed(picture, skirting, ((below > -13) & (below <= 0)).astype(np.float32))
    shadow = (
        np.exp(-np.abs(below - 1) / 3.0) * (below > 0) * 0.4
        + ((below > -14.2) & (below <= -13)) * 0.25
    )
    return softened(picture * (1 - shadow)[..., None], 0.7)


def backdrop(size: Size, rng: np.random.RandomState, colour: Colour, horizon: float) -> Array:
    """A colour passing into a paler one from corner to corner."""
    x, y = grid(size)
    share = np.clip(0.5 + 0.45 * (x / size[0] + y / size[1] + (horizon - 0.5) * 0.2), 0, 1)
    share = share + 0.02 * smooth_noise(rng, oversize(size), (4, 4))
    pale = tuple(round(value + (255 - value) * 0.72) for value in colour)
    return mixed(np.broadcast_to(np.array(pale, np.float32), (*x.shape, 3)), colour, share)


Background = Callable[[Size, np.random.RandomState, Colour, float], Array]
BACKGROUNDS: dict[str, tuple[Background, Colour]] = {
    "studio": (studio, (226, 226, 226)),
    "warm studio": (studio, (234, 222, 206)),
    "cool studio": (studio, (196, 198, 204)),
    "white room": (room, (226, 222, 212)),
    "blue room": (room, (208, 216, 224)),
    "green room": (room, (212, 220, 206)),
    "pink": (backdrop, (236, 214, 214)),
    "blue": (backdrop, (206, 218, 232)),
    "mint": (backdrop, (210, 228, 220)),
    "sand": (backdrop, (232, 220, 200)),
    "sage": (studio, (214, 226, 206)),
}


# Landscapes


@dataclass(frozen=True)
class Scene:
    sky: Colour
    glow: Colour  # the sky at the horizon
    far: Colour  # the mountains, from the farthest
    near: Colour
    trees: Colour
    snow: float = 0.35  # about the share of a mountain's height that is white


SCENES: dict[str, Scene] = {
    "summer": Scene((84, 148, 214), (214, 232, 242), (134, 158, 188), (70, 104, 92), (38, 70, 44)),
    "sunset": Scene(
        (92, 84, 148), (250, 168, 96), (150, 104, 124), (78, 56, 82), (36, 28, 44), -0.4
    ),
    "autumn": Scene(
        (128, 168, 204), (236, 230, 214), (142, 146, 158), (150, 112, 66), (134, 76, 36), 0.2
    ),
    "winter": Scene(
        (152, 176, 204), (234, 238, 244), (186, 196, 212), (142, 156, 176), (70, 88, 96), 0.95
    ),
    "dawn": Scene((142, 160, 206), (250, 212, 204), (168, 156, 188), (104, 104, 142), (58, 62, 88)),
    "mist": Scene(
        (178, 190, 196), (222, 226, 226), (176, 188, 194), (128, 146, 150), (76, 98, 96), -0.4
    ),
    "night": Scene((16, 22, 52), (58, 74, 122), (46, 58, 98), (26, 36, 64), (12, 18, 32), 0.3),
    "spring": Scene(
        (104, 172, 222), (228, 240, 240), (140, 170, 190), (104, 152, 88), (64, 112, 52), 0.25
    ),
}


def ridge(rng: np.random.RandomState, width: int, rough: float) -> Array:
    """The height of a mountain chain over each column, about 0 to 1."""
    height = np.zeros(width, np.float32)
    for octave in range(6):
        cells = 3 * 2**octave
        knots = rng.uniform(0, 1, cells + 1)
        height += (
            np.interp(np.linspace(0, cells, width), np.arange(cells + 1), knots) * rough**octave
        )
    return height * (1 - rough)


def draw_landscape(rng: np.random.RandomState, size: Size, scene: Scene) -> Array:
    """Mountains and woods on a shore, and their image in a lake."""
    height = size[1]
    wide = oversize(size)
    _, y = grid(size)
    shore = height * rng.uniform(0.06, 0.16)
    picture = upright(size, scene.sky, scene.glow, 1.2)
    picture = with_sky(rng, picture, size, scene)
    for layer in range(3):
        crest = shore - height * (0.13 + ridge(rng, wide[0], 0.5) * (0.5 - 0.13 * layer))
        picture = with_mountains(rng, picture, y, (crest, shore), scene, layer)
    for _ in range(46):
        picture = with_tree(rng, picture, size, shore, scene)
    return with_lake(rng, picture, size, shore)


def with_sky(rng: np.random.RandomState, picture: Array, size: Size, scene: Scene) -> Array:
    x, y = grid(size)
    clouds = fractal_noise(rng, oversize(size), (3, 6))
    picture = mixed(picture, scene.glow, np.clip(clouds - 0.15, 0, 1) * 0.7)
    sun_x, sun_y = rng.uniform(-0.35, 0.35) * size[0], -0.36 * size[1]
    distance = np.hypot(x - sun_x, y - sun_y)
    picture = mixed(picture, (255, 244, 214), np.exp(-distance / 26) * 0.6)
    return mixed(picture, (255, 250, 232), np.clip(9 - distance, 0, 1))


def with_mountains(
    rng: np.random.RandomState,
    picture: Array,
    y: Array,
    edges: tuple[Array, float],
    scene: Scene,
    layer: int,
) -> Array:
    crest, shore = edges
    rows, columns = y.shape
    share = layer / 2
    colour = tuple(round(a + (b - a) * share) for a, b in zip(scene.far, scene.near))
    depth = (y - crest) / np.maximum(shore - crest, 1)
    rocks = fractal_noise(rng, (columns, rows), (8, 7))
    # Slopes that face the light on the left are brighter.
    light = 1 + 0.22 * np.tanh(np.gradient(rocks, axis=1) * 22)
    paint = floats(colour) * light[..., None]
    white = np.clip((scene.snow - 0.25 * share - depth + 0.3 * rocks) * 12, 0, 1) * 0.85
    paint = mixed(
        paint, np.array((242, 245, 250), np.float32) * light[..., None], white.astype(np.float32)
    )
    haze = np.clip(depth - 0.2, 0, 1) * 0.45 * (1 - share)
    paint = mixed(paint, scene.glow, haze.astype(np.float32))
    return mixed(picture, paint, (y > crest).astype(np.float32))


def with_tree(
    rng: np.random.RandomState, picture: Array, size: Size, shore: float, scene: Scene
) -> Array:
    """A fir on the shore; more of them towards the sides."""
    side = rng.choice((-1.0, 1.0))
    x = side * size[0] * (0.52 - abs(rng.normal(0, 0.17)))
    tall = rng.uniform(16, 34) * size[1] / 240 * (0.5 + abs(x) / size[0])
    foot = shore + rng.uniform(0, 3)
    half: Points = [(0.0, foot - tall)]
    for tier in range(1, 7):
        low = foot - tall * (1 - tier / 6)
        half += [(tall * 0.045 * tier, low), (tall * 0.024 * tier, low - tall * 0.02)]
    outline = [(x + px, py) for px, py in half + flipped(half)[::-1]]
    return mixed(picture, darker(scene.trees, rng.uniform(0.7, 1.2)), coverage(outline, size=size))


def with_lake(rng: np.random.RandomState, picture: Array, size: Size, shore: float) -> Array:
    """Mirror what is above the shore, darker, blurred and in waves."""
    rows, columns = picture.shape[:2]
    edge = round((shore + size[1] / 2) * OVERSIZE)
    depth = np.arange(rows - edge, dtype=np.float32)
    waves = smooth_noise(rng, (columns, rows - edge), (18, 60)) * depth[:, None] * 0.035
    source_y = np.clip(edge - 1 - depth[:, None] * 1.1 + waves * 2, 0, edge - 1).astype(np.int64)
    source_x = np.clip(np.arange(columns)[None, :] + waves, 0, columns - 1).astype(np.int64)
    water = picture[source_y, source_x] * (0.84 - 0.16 * depth / depth.size)[:, None, None]
    water *= (1 + 0.05 * smooth_noise(rng, (columns, rows - edge), (10, 90)))[..., None]
    water = softened(water, 0.5)
    bank = np.exp(-depth / 6)[:, None, None]
    lower = water * (1 - 0.5 * bank)
    return floats(np.concatenate([picture[:edge], lower]))


# Pictures


@dataclass(frozen=True)
class Photo:
    colour: str
    pattern: str = "plain"
    background: str = "studio"
    style: str = ""
    turn: float = 0.0  # degrees, anticlockwise
    scale: float = 1.0
    shift: Point = (0.0, 0.0)
    mirrored: bool = False
    hung: bool = False  # on a hanger
    size: Size = PORTRAIT


@dataclass(frozen=True)
class Kind:
    draw: Callable[[Object, Material, str], None]
    stands: bool  # on the ground, or else hangs before the background
    photos: list[Photo]


KINDS: dict[str, Kind] = {
    "bag": Kind(
        draw_bag,
        True,
        [
            Photo("brown", "plain", "studio", scale=0.95),
            Photo("red", "plain", "white room", scale=0.9, shift=(4, 22), mirrored=True),
            Photo("black", "plain", "pink", turn=4, scale=0.85),
            Photo("cream", "stripes", "sage", "tote", scale=0.85, shift=(0, 24)),
            Photo("teal", "plain", "sand", scale=1.0, shift=(-4, 8), turn=-3, size=SQUARE),
            Photo("navy", "dots", "blue room", "tote", scale=0.9, shift=(-6, 18), mirrored=True),
            Photo("yellow", "check", "mint", turn=-5, scale=0.9),
            Photo("beige", "flowers", "warm studio", "tote", scale=0.95, turn=2),
        ],
    ),
    "dress": Kind(
        draw_dress,
        False,
        [
            Photo("red", "dots", "studio"),
            Photo("blue", "stripes", "white room", "sleeves", hung=True, shift=(0, 4), scale=0.95),
            Photo("black", "plain", "pink", "long", scale=0.95, turn=-3),
            Photo("green", "flowers", "sage", hung=True, scale=0.95, shift=(0, 6)),
            Photo("yellow", "check", "warm studio", "sleeves", mirrored=True, scale=1.05),
            Photo("purple", "plain", "mint", "mini", turn=5, scale=1.1, shift=(4, 8)),
            Photo("pink", "zigzag", "blue room", "mini", hung=True, shift=(-6, 6)),
            Photo("white", "flowers", "blue", "long", turn=-4, scale=0.95, mirrored=True),
        ],
    ),
    "hat": Kind(
        draw_hat,
        True,
        [
            Photo("beige", "straw", "studio", "sun", size=LANDSCAPE),
            Photo("grey", "plain", "white room", scale=0.9, shift=(0, 34)),
            Photo("brown", "plain", "sand", turn=6, mirrored=True, size=LANDSCAPE),
            Photo("yellow", "straw", "sage", "sun", scale=0.85, shift=(0, 40), turn=-3),
            Photo("navy", "pinstripes", "warm studio", turn=-6, size=SQUARE),
            Photo(
                "black",
                "plain",
                "blue room",
                scale=1.0,
                shift=(-6, 22),
                mirrored=True,
                size=LANDSCAPE,
            ),
            Photo("white", "stripes", "blue", "sun", scale=0.85, turn=5),
            Photo("olive", "check", "pink", scale=0.95, turn=-4, size=SQUARE),
        ],
    ),
    "mug": Kind(
        draw_mug,
        True,
        [
            Photo("red", "plain", "studio"),
            Photo("white", "stripes", "white room", "wide", scale=0.85, shift=(-8, 34)),
            Photo("blue", "dots", "warm studio", mirrored=True),
            Photo("teal", "zigzag", "sage", scale=0.85, shift=(-8, 36)),
            Photo("black", "plain", "sand", "tall", scale=0.95, shift=(-10, 10), mirrored=True),
            Photo("yellow", "plain", "blue", "wide", scale=1.0, shift=(-14, 10), size=SQUARE),
            Photo("green", "check", "blue room", "tall", scale=0.95, shift=(-10, 22)),
            Photo("pink", "flowers", "mint", scale=1.05, shift=(10, 6), mirrored=True, size=SQUARE),
        ],
    ),
    "shoe": Kind(
        draw_shoe,
        True,
        [
            Photo("red", "plain", "studio", size=LANDSCAPE),
            Photo("blue", "plain", "white room", scale=0.82, shift=(0, 40)),
            Photo(
                "black", "plain", "warm studio", "high", mirrored=True, scale=0.95, size=LANDSCAPE
            ),
            Photo("green", "plain", "sage", scale=0.9, shift=(4, 36), size=LANDSCAPE),
            Photo("yellow", "check", "blue", "high", scale=0.82, turn=6),
            Photo("white", "plain", "cool studio", mirrored=True, size=LANDSCAPE, scale=1.05),
            Photo("purple", "dots", "mint", turn=-5, mirrored=True, scale=0.95, size=SQUARE),
            Photo(
                "orange", "plain", "blue room", "high", scale=0.95, shift=(-6, 26), size=LANDSCAPE
            ),
        ],
    ),
    "t-shirt": Kind(
        draw_t_shirt,
        False,
        [
            Photo("white", "stripes", "studio"),
            Photo("red", "plain", "white room", "print", hung=True, scale=0.95),
            Photo("black", "plain", "warm studio", "print", turn=4, mirrored=True),
            Photo("blue", "check", "sage", hung=True, scale=0.9, shift=(0, 4)),
            Photo("yellow", "plain", "mint", "pocket", turn=-6, scale=0.95),
            Photo("green", "stripes", "sand", "long", scale=0.95, shift=(0, -4), mirrored=True),
            Photo("purple", "dots", "blue room", hung=True, shift=(6, 4), scale=0.92),
            Photo("orange", "plain", "cool studio", "pocket", turn=3, size=SQUARE),
        ],
    ),
    "trousers": Kind(
        draw_trousers,
        False,
        [
            Photo("denim", "plain", "studio"),
            Photo("black", "pinstripes", "white room", scale=0.95),
            Photo("beige", "plain", "blue", "slim", turn=-4, mirrored=True),
            Photo("olive", "plain", "sand", "shorts", scale=1.15, shift=(0, 54)),
            Photo("grey", "check", "pink", "wide", turn=3),
            Photo("brown", "plain", "mint", "flared", scale=1.05, mirrored=True),
            Photo("navy", "plain", "green room", "slim", scale=0.98, turn=2),
            Photo("red", "check", "warm studio", "flared", scale=0.95, turn=-5),
        ],
    ),
}
LANDSCAPES: list[tuple[str, Size]] = [
    ("summer", LANDSCAPE),
    ("sunset", LANDSCAPE),
    ("autumn", LANDSCAPE),
    ("winter", LANDSCAPE),
    ("dawn", PORTRAIT),
    ("mist", LANDSCAPE),
    ("night", PORTRAIT),
    ("spring", SQUARE),
]


def placed(item: Object, photo: Photo) -> tuple[Array, Array]:
    """The object's colours, times its coverage, and coverage in the picture."""
    layers = np.concatenate(
        [item.colour * item.alpha[..., None], 255 * item.alpha[..., None]], axis=2
    )
    image = Image.fromarray(np.clip(layers, 0, 255).astype(np.uint8), "RGBA")
    width, height = oversize(photo.size)
    turn = math.radians(photo.turn)
    right, down = math.cos(turn) / photo.scale, math.sin(turn) / photo.scale
    flip = -1 if photo.mirrored else 1
    middle_x = width / 2 + photo.shift[0] * OVERSIZE
    middle_y = height / 2 + photo.shift[1] * OVERSIZE
    origin = FIELD * OVERSIZE / 2
    # From a place in the picture to the place in the object's square.
    matrix = (
        flip * right,
        -flip * down,
        origin - flip * (right * middle_x - down * middle_y),
        down,
        right,
        origin - down * middle_x - right * middle_y,
    )
    image = image.transform(
        (width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC
    )
    values = np.asarray(image, np.float32)
    return values[..., :3], values[..., 3] / 255


def standing_shadow(alpha: Array) -> Array:
    """The object's shape laid on the ground, away from the light."""
    bottom = float(np.flatnonzero(alpha.max(axis=1) > 0.5)[-1])
    squash, slant = 0.2, 0.3
    image = Image.fromarray(alpha)
    matrix = (1, slant / squash, -bottom * slant / squash, 0, 1 / squash, bottom - bottom / squash)
    image = image.transform(image.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    cast = np.asarray(image, np.float32)
    contact = np.roll(alpha, 3 * OVERSIZE, axis=0)
    return np.maximum(softly(cast, 4) * 0.5, softly(contact, 2.5) * 0.42)


def hanging_shadow(alpha: Array) -> Array:
    """The object's shape on the wall behind it."""
    far = softly(np.roll(alpha, (9 * OVERSIZE, 6 * OVERSIZE), (0, 1)), 6)
    near = softly(np.roll(alpha, (3 * OVERSIZE, 2 * OVERSIZE), (0, 1)), 2)
    return np.maximum(far * 0.36, near * 0.3)


def softly(alpha: Array, radius: float) -> Array:
    return softened(alpha * 255, radius) / 255


def draw_object(kind: Kind, photo: Photo, rng: np.random.RandomState) -> Array:
    item = Object(rng, photo.mirrored)
    if photo.hung:
        draw_hanger(item)
    colour, accent = PALETTE[photo.colour]
    kind.draw(item, Material(colour, accent, photo.pattern), photo.style)
    colours, alpha = placed(item, photo)
    background, tone = BACKGROUNDS[photo.background]
    horizon = 0.62 if kind.stands else 0.87
    picture = background(photo.size, rng, tone, horizon)
    if kind.stands:
        picture = picture * (1 - standing_shadow(alpha))[..., None]
    else:
        picture = picture * (1 - hanging_shadow(alpha))[..., None]
    return picture * (1 - alpha)[..., None] + colours


def save(picture: Array, rng: np.random.RandomState, path: Path) -> None:
    """Reduce to the finished size, add a camera's noise, and write."""
    small = np.stack([reduced(picture[..., channel]) for channel in range(3)], axis=2)
    small += rng.normal(0, 1.3, small.shape[:2])[..., None]
    image = Image.fromarray(np.clip(np.rint(small), 0, 255).astype(np.uint8))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, quality=JPEG_QUALITY, subsampling="4:2:0", optimize=True)


def generator(name: str) -> np.random.RandomState:
    """Random numbers of its own for each picture.

    So a change to one leaves the others as they are. RandomState, because numpy
    promises never to change its numbers.
    """
    return np.random.RandomState(zlib.crc32(name.encode()))


def draw(folder: Path, kind_name: str, number: int) -> None:
    """Draw one picture, counted from 1, into its kind's folder."""
    if kind_name == "landscape":
        scene_name, size = LANDSCAPES[number - 1]
        name = f"landscape/{scene_name}-lake-{number:02}.jpg"
        rng = generator(name)
        picture = draw_landscape(rng, size, SCENES[scene_name])
    else:
        kind = KINDS[kind_name]
        photo = kind.photos[number - 1]
        name = f"{kind_name}/{photo.colour}-{photo.pattern}-{number:02}.jpg"
        rng = generator(name)
        picture = draw_object(kind, photo, rng)
    save(picture, rng, folder / name)


def main() -> None:
    if len(sys.argv) > 2 or (len(sys.argv) == 2 and sys.argv[1].startswith("-")):
        sys.exit("usage: draw_photos.py [FOLDER]")
    default = Path(__file__).resolve().parents[2] / "data" / "photos"
    folder = Path(sys.argv[1]) if len(sys.argv) == 2 else default
    counts = {name: len(kind.photos) for name, kind in KINDS.items()}
    counts["landscape"] = len(LANDSCAPES)
    jobs = [(folder, name, number + 1) for name, count in counts.items() for number in range(count)]
    with multiprocessing.Pool() as pool:
        pool.starmap(draw, jobs, chunksize=1)


if __name__ == "__main__":
    main()
