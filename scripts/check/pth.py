#!/usr/bin/python3
"""Write torchvision's MobileNetV2 with random weights in every way that
imsearch reads, for pth.sh.

usage: save_torch_weights.py FOLDER

All files hold the same numbers: what torch.save makes of the state dict, of a
dict in which training scripts keep it, and of tensors that are views; and the
same as safetensors, written here byte by byte.
"""

import json
import sys
import zipfile
from collections import OrderedDict

import torch
import torchvision

DTYPES = {torch.float32: "F32", torch.int64: "I64"}


def random_state_dict():
    """As model.state_dict() gives it, batch norms with statistics of their own."""
    torch.manual_seed(1)
    model = torchvision.models.mobilenet_v2()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return model.state_dict()


def write_safetensors(tensors, path):
    header = {}
    contents = []
    begin = 0
    for name, tensor in tensors.items():
        content = tensor.contiguous().numpy().tobytes()
        end = begin + len(content)
        header[name] = {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [begin, end],
        }
        contents.append(content)
        begin = end
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(contents))


def as_views(tensors):
    """The same tensors with strides of their own: each in a larger storage,
    its axes reversed."""
    views = OrderedDict()
    for name, tensor in tensors.items():
        axes = list(range(tensor.dim() - 1, -1, -1))
        reverse = tensor.permute(axes)
        storage = torch.zeros(tensor.numel() + 7, dtype=tensor.dtype)
        storage[5 : 5 + tensor.numel()] = reverse.flatten()
        views[name] = storage[5 : 5 + tensor.numel()].view(reverse.shape).permute(axes)
        assert torch.equal(views[name], tensor)
    return views


def deflate(stored, path):
    with zipfile.ZipFile(stored) as source:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                target.writestr(name, source.read(name))


def main():
    folder = sys.argv[1]
    tensors = random_state_dict()
    checkpoint = {
        "epoch": 299,
        "best": 71.878,
        "state_dict": OrderedDict(("module." + name, torch.nn.Parameter(tensor, False))
                                  for name, tensor in tensors.items()),
    }
    write_safetensors(tensors, f"{folder}/reference.safetensors")
    for name, value in {
        "state-dict": tensors,
        "plain-dict": dict(tensors),
        "checkpoint": checkpoint,
        "views": as_views(tensors),
    }.items():
        torch.save(value, f"{folder}/{name}-zip.pth")
        torch.save(value, f"{folder}/{name}-legacy.pth",
                   _use_new_zipfile_serialization=False)
    deflate(f"{folder}/state-dict-zip.pth", f"{folder}/state-dict-deflated.pth")


if __name__ == "__main__":
    main()
