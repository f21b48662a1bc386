#!/usr/bin/env python3
"""Write the network that extract runs as an ONNX file.

usage: mobilenet_onnx.py WEIGHTS OUT

WEIGHTS is a file of MobileNetV2 1.0: Keras' .h5, or .safetensors with
torchvision's keys (and our metadata, see imsearch-formats(5)).  OUT has one
input, batch x 3 x side x side float32, and one output, batch x 1280.  Batch
norm is folded into the convolutions.  The metadata of OUT says the variant, the
input size and the preprocessing.  Needs numpy, onnx and, for .h5, h5py.
"""
import json
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Expansion, channels, blocks, stride: Sandler et al. 2018, table 2.
STAGES = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]
DIM = 1280
KERAS = {
    "variant": "keras",
    "input_size": "224",
    "resize": "squash-bilinear-tf",
    "normalize": "x/127.5-1",
    "bn_epsilon": "1e-3",
}
TORCHVISION = {
    "variant": "torchvision",
    "input_size": "224",
    "resize": "crop-bilinear-pillow-256",
    "normalize": "imagenet-mean-std",
    "bn_epsilon": "1e-5",
}


def convolutions():
    """Yields (name, norm, stride, groups, role) in order of execution.

    Names are torchvision's.  A role is the letters of what the layer does: b
    begins a block, c is clipped, a adds the block's input.
    """
    yield "features.0.0", "features.0.1", 2, 1, "c"
    feature, inputs = 1, 32
    for expansion, channels, blocks, stride in STAGES:
        for block in range(blocks):
            step = stride if block == 0 else 1
            wide, part = inputs * expansion, f"features.{feature}.conv."
            number = 0
            if expansion > 1:
                yield f"{part}0.0", f"{part}0.1", 1, 1, "bc"
                number = 1
            first = "c" if expansion > 1 else "bc"
            yield f"{part}{number}.0", f"{part}{number}.1", step, wide, first
            adds = "a" if step == 1 and inputs == channels else ""
            yield f"{part}{number + 1}", f"{part}{number + 2}", 1, 1, adds
            feature, inputs = feature + 1, channels
    yield f"features.{feature}.0", f"features.{feature}.1", 1, 1, "c"


def read_keras(path):
    """Tensors by torchvision's keys; layers are taken in the file's order."""
    import h5py

    with h5py.File(path, "r") as file:
        root = file if "layer_names" in file.attrs else file["model_weights"]
        layers = []
        for name in root.attrs["layer_names"]:
            group = root[name]
            weights = [np.array(group[w]) for w in group.attrs["weight_names"]]
            if weights:
                layers.append([w.astype(np.float32) for w in weights])
    tensors = {}
    for i, (name, norm, _, groups, _) in enumerate(convolutions()):
        # (height, width, in, out), depthwise (height, width, channels, 1).
        axes = (2, 3, 0, 1) if groups > 1 else (3, 2, 0, 1)
        tensors[f"{name}.weight"] = layers[2 * i][0].transpose(axes)
        keys = "weight", "bias", "running_mean", "running_var"
        for key, values in zip(keys, layers[2 * i + 1]):
            tensors[f"{norm}.{key}"] = values
    return tensors, KERAS


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    metadata = {**TORCHVISION, **header.pop("__metadata__", {})}
    types = {"F32": "<f4", "F16": "<f2"}
    tensors = {}
    for key, entry in header.items():
        if entry["dtype"] in types:
            first, last = (end + offset for offset in entry["data_offsets"])
            values = np.frombuffer(data[first:last], types[entry["dtype"]])
            values = values.reshape(entry["shape"]).astype(np.float32)
            tensors[key] = values
    return tensors, metadata


def fold(tensors, name, norm, epsilon):
    """The convolution's weight and bias with its batch norm in them."""
    gamma, beta, mean, variance = (
        tensors[f"{norm}.{key}"].astype(np.float64)
        for key in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gamma / np.sqrt(variance + epsilon)
    weight = tensors[f"{name}.weight"] * scale[:, None, None, None]
    return weight.astype(np.float32), (beta - mean * scale).astype(np.float32)


def padding(variant, kernel, stride, side):
    """[top, left, bottom, right].  Keras pads even sides unevenly."""
    if kernel == 1:
        return [0, 0, 0, 0]
    uneven = variant == "keras" and stride == 2 and side % 2 == 0
    return [0, 0, 1, 1] if uneven else [1, 1, 1, 1]


def build(tensors, metadata):
    nodes, constants = [], []

    def constant(name, values):
        constants.append(numpy_helper.from_array(values, name))
        return name

    def node(kind, inputs, output, **attributes):
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    low = constant("low", np.float32(0))
    high = constant("high", np.float32(6))
    input_size = side = int(metadata["input_size"])
    x = block = "image"
    for name, norm, stride, groups, role in convolutions():
        if "b" in role:
            block = x
        weight, bias = fold(tensors, name, norm, float(metadata["bn_epsilon"]))
        names = [x, constant(f"{name}.w", weight), constant(f"{name}.b", bias)]
        kernel = weight.shape[2]
        pads = padding(metadata["variant"], kernel, stride, side)
        x = node(
            "Conv",
            names,
            name,
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=pads,
            group=groups,
        )
        side = (side + pads[0] + pads[2] - kernel) // stride + 1
        if "c" in role:
            x = node("Clip", [x, low, high], f"{name}.clip")
        if "a" in role:
            x = node("Add", [x, block], f"{name}.add")
    x = node("GlobalAveragePool", [x], "mean")
    node("Flatten", [x], "feature", axis=1)

    value = helper.make_tensor_value_info
    image = value("image", TensorProto.FLOAT, ["batch", 3, input_size, input_size])
    feature = value("feature", TensorProto.FLOAT, ["batch", DIM])
    graph = helper.make_graph(nodes, "mobilenet_v2", [image], [feature], constants)
    # Versions that runtimes of the last years read.
    opset = helper.make_opsetid("", 13)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    return model


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    path, out = sys.argv[1:]
    with open(path, "rb") as file:
        is_hdf5 = file.read(8) == b"\x89HDF\r\n\x1a\n"
    read = read_keras if is_hdf5 else read_safetensors
    onnx.save(build(*read(path)), out)


if __name__ == "__main__":
    main()
