#!/usr/bin/env python3
"""What torchvision makes of images, for torchvision.sh.

usage: run_torchvision.py RESIZE WORK GOLDEN

Reads paths of photos from WORK/photos and draws pictures of odd sizes to
WORK/odd. Writes to WORK: table (as tests/golden/images.tsv: path, size, and the
first 32 hex digits of SHA-256 of the decoded RGB, "-", and of the preprocessed
float32, height x width x RGB), also for what Pillow opens in GOLDEN; list (the
photos and the drawn pictures); weights.safetensors (random, with batch norm's
statistics from these photos); features.f32 (of the list).
"""
import hashlib
import json
import pathlib
import random
import struct
import sys

import torch
from PIL import Image
from torchvision.models import mobilenet_v2
from torchvision.transforms._presets import ImageClassification

# Sides around the resized 232 and 256 and the cropped 224, lines, odd margins.
SIZES = [(1, 1), (1, 300), (301, 2), (223, 225), (224, 224), (225, 231),
         (232, 233), (255, 257), (256, 256), (259, 1000), (1999, 333),
         (333, 1777), (4001, 3001)]


def sha256_32(data):
    return hashlib.sha256(data).hexdigest()[:32]


def draw_odd_sizes(folder):
    """PNG and JPEG of each size, of random pixels."""
    folder.mkdir()
    noise = random.Random(1)
    for width, height in SIZES:
        picture = Image.frombytes("RGB", (width, height),
                                  noise.randbytes(width * height * 3))
        for ending in "png", "jpg":
            picture.save(folder / f"{width}x{height}.{ending}")
    return sorted(folder.iterdir())


def preprocess(path, transforms):
    """The line of the table and the network's input."""
    with Image.open(path) as image:
        picture = image.convert("RGB")
    values = transforms(picture)
    pixels = values.permute(1, 2, 0).contiguous().numpy()
    line = "\t".join([str(path), f"{picture.width}x{picture.height}",
                      sha256_32(picture.tobytes()), "-",
                      sha256_32(pixels.tobytes())])
    return line, values


def random_network(inputs):
    torch.manual_seed(1)
    network = mobilenet_v2(weights=None)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # the mean over all batches
    network.train()
    with torch.no_grad():
        for batch in torch.stack(inputs).split(32):
            network(batch)
    return network.eval()


def write_safetensors(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        if tensor.dtype != torch.float32:
            continue  # counts of batches
        values = tensor.contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def features_of(network, values):
    with torch.no_grad():
        pixels = network.features(values.unsqueeze(0))
        pooled = torch.nn.functional.adaptive_avg_pool2d(pixels, (1, 1))
    return pooled.flatten()


def opens(path):
    try:
        with Image.open(path) as image:
            image.convert("RGB")
        return True
    except OSError:
        return False


def main(resize, work, golden):
    transforms = ImageClassification(crop_size=224, resize_size=resize)
    photos = (work / "photos").read_text().splitlines()
    listed = photos + draw_odd_sizes(work / "odd")
    lines, inputs = zip(*(preprocess(path, transforms) for path in listed))
    others = [preprocess(path, transforms)[0]
              for path in sorted(golden.iterdir()) if opens(path)]
    (work / "table").write_text("\n".join([*lines, *others]) + "\n")
    (work / "list").write_text("".join(f"{path}\n" for path in listed))
    network = random_network(inputs[:len(photos)])
    write_safetensors(work / "weights.safetensors", network.state_dict(),
                      {"variant": "torchvision",
                       "resize": f"crop-bilinear-pillow-{resize}"})
    features = torch.stack([features_of(network, values) for values in inputs])
    spread = features.std(dim=0).mean().item()
    if spread < 0.05:  # else the comparison would say nothing
        sys.exit(f"run_torchvision.py: features are all alike ({spread})")
    (work / "features.f32").write_bytes(features.numpy().astype("<f4").tobytes())


if len(sys.argv) != 4:
    sys.exit(__doc__)
main(int(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
