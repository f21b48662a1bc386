#!/usr/bin/env python3
"""Quantize a network to 8-bit integers as a runtime's own tools do.

usage: quantize_network.py RUNTIME MODEL INPUTS OUT

RUNTIME is onnxruntime or openvino, MODEL an ONNX file in float32, INPUTS an .npy
file of images to calibrate with, NCHW float32.  Both quantize statically, with a
scale for each channel of a convolution's weights; onnxruntime takes the range
of activations that holds 99.999 % of them, openvino's NNCF what it takes by
default.  OUT is .onnx for onnxruntime and .xml for openvino.
"""
import logging
import sys

import numpy


def quantize_onnxruntime(model, images, out):
    import tempfile

    from onnxruntime import quantization
    from onnxruntime.quantization import shape_inference

    class Reader(quantization.CalibrationDataReader):
        def __init__(self):
            self.batches = iter([{"image": image[None]} for image in images])

        def get_next(self):
            return next(self.batches, None)

    with tempfile.NamedTemporaryFile(suffix=".onnx") as prepared:
        shape_inference.quant_pre_process(
            model, prepared.name, skip_symbolic_shape=True
        )
        quantization.quantize_static(
            prepared.name,
            out,
            Reader(),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            calibrate_method=quantization.CalibrationMethod.Percentile,
        )


def quantize_openvino(model, images, out):
    import nncf
    import openvino

    nncf.set_log_level(logging.ERROR)
    network = openvino.Core().read_model(model)
    dataset = nncf.Dataset([image[None] for image in images])
    quantized = nncf.quantize(network, dataset, subset_size=len(images))
    openvino.save_model(quantized, out, compress_to_fp16=False)


QUANTIZERS = {"onnxruntime": quantize_onnxruntime, "openvino": quantize_openvino}


def main():
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    name, model, inputs, out = sys.argv[1:]
    logging.disable(logging.WARNING)
    QUANTIZERS[name](model, numpy.load(inputs), out)


if __name__ == "__main__":
    main()
