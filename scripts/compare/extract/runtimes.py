"""ONNX Runtime and OpenVINO behind one interface, as fast as we know to set them.

A runtime is made for a model, so many threads and so many images at a time.
submit() takes one batch (NCHW float32), drain() returns when all are done,
features() is for checking.  Both compute in float32, unless the model is
quantized.
"""


class OnnxRuntime:
    def __init__(self, model, threads, streams, batch):
        import onnxruntime

        if streams != 1:
            raise ValueError("onnxruntime: one stream a session")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # With sizes known beforehand it plans its memory once.
        options.add_free_dimension_override_by_name("batch", batch)
        self.session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )

    def features(self, batch):
        return self.session.run(None, {"image": batch})[0]

    def submit(self, batch):
        self.session.run(None, {"image": batch})

    def drain(self):
        pass


class OpenVino:
    def __init__(self, model, threads, streams, batch):
        import openvino

        core = openvino.Core()
        network = core.read_model(model)
        quantized = any(op.get_type_name() == "FakeQuantize" for op in network.get_ops())
        shape = network.input(0).partial_shape
        shape[0] = batch
        network.reshape(shape)
        settings = {"NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": threads}
        # Without the hint it would compute in bfloat16 where the CPU can; of a
        # quantized network it may, in what is left.
        if not quantized:
            settings["INFERENCE_PRECISION_HINT"] = "f32"
        self.compiled = core.compile_model(network, "CPU", settings)
        self.queue = openvino.AsyncInferQueue(self.compiled, streams)
        self.share = openvino.Tensor

    def features(self, batch):
        return self.compiled({0: batch})[0]

    def submit(self, batch):
        self.queue.start_async({0: self.share(batch, shared_memory=True)})

    def drain(self):
        self.queue.wait_all()


RUNTIMES = {"onnxruntime": OnnxRuntime, "openvino": OpenVino}
