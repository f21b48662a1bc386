#!/usr/bin/env python3
"""Time a network on inputs in memory.

usage: time_network.py RUNTIME MODEL INPUTS [OPTION ...]

RUNTIME is onnxruntime or openvino, MODEL an ONNX file, INPUTS an .npy file of
images, NCHW float32.  Each process warms up on every input once; then all start
together and go round the inputs for some seconds.  Prints images a second and
the peak of resident memory in MB, of all processes together, separated by a
tab.
"""
import argparse
import multiprocessing
import time

# Another process may have failed.
START_SECONDS = 120


def peak_mb():
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def run(options, start, results):
    import numpy

    from runtimes import RUNTIMES

    runtime = RUNTIMES[options.runtime](
        options.model, options.threads, options.streams, options.batch
    )
    inputs = numpy.load(options.inputs)
    count = len(inputs) // options.batch
    batches = [inputs[i * options.batch :][: options.batch] for i in range(count)]
    for batch in batches:
        runtime.submit(batch)
    runtime.drain()

    start.wait(START_SECONDS)
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < options.seconds:
        runtime.submit(batches[done % count])
        done += 1
    runtime.drain()
    seconds = time.perf_counter() - began
    results.put((done * options.batch / seconds, peak_mb()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("runtime")
    parser.add_argument("model")
    parser.add_argument("inputs")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="of a process")
    parser.add_argument("--streams", type=int, default=1, help="of a process")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=2)
    options = parser.parse_args()

    # Runtimes don't survive a fork.
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(options.processes), context.Queue()
    processes = [
        context.Process(target=run, args=(options, start, results))
        for _ in range(options.processes)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise SystemExit(1)
    rates, peaks = zip(*(results.get() for _ in processes))
    print(f"{sum(rates):.2f}\t{sum(peaks):.1f}")


if __name__ == "__main__":
    main()
