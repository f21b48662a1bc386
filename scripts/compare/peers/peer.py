#!/usr/bin/env python3
"""Builds an index with a library from PyPI, or answers queries and takes the time.

usage: peer.py build ENGINE ROWS THREADS FOLDER
       peer.py serve ENGINE FOLDER QUERIES

build makes an index of the vectors in the file ROWS and leaves it in FOLDER; it
prints the seconds of the building alone, without reading and writing.

serve loads it, prints "ready" and the microseconds of an almost empty call from
Python (one answer out of 128 rows of 64 floats), and then takes lines of standard
input: an ef and a file's name.  200 of the queries are asked to warm up, then all
of them once each in a call of its own and once in one call, on one thread; the
file gets the ids, ten int64 a query.  It prints the microseconds a query of both
("-": no such call) and the resident bytes, less those before loading.

Fields are separated by tabs.  What a library itself prints goes to standard
error.  Vectors have PEERS_DIM floats, 1280 unless that is set.  The peers in C++
do the same.
"""

import gc
import os
import sys
import time

import numpy
from engines import ENGINES

DIM, TOP = int(os.environ.get("PEERS_DIM", "1280")), 10
WARM_UP = 200

# Standard output, which libraries do not get.
told = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def read_rows(path):
    return numpy.fromfile(path, "<f4").reshape(-1, DIM)


def resident_bytes():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def tell(*fields):
    print(*fields, sep="\t", flush=True, file=told)


def time_singles(engine, queries, k=TOP):
    """The answers, and microseconds a query."""
    search, found = engine.search, [None] * len(queries)
    begin = time.perf_counter()
    for i, query in enumerate(queries):
        found[i] = search(query, k)
    return found, (time.perf_counter() - begin) * 1e6 / len(queries)


def time_batch(engine, queries):
    if engine.search_all is None:
        return "-"
    begin = time.perf_counter()
    engine.search_all(queries, TOP)
    return (time.perf_counter() - begin) * 1e6 / len(queries)


def empty_call_us(make):
    """What a call costs when there is next to nothing to search."""
    rows = numpy.random.default_rng(1).random((128, 64), numpy.float32)
    rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
    engine = make(rows.shape[1])
    engine.build(rows, 1)
    engine.set_ef(1)
    queries = engine.split(rows) * 10
    return min(time_singles(engine, queries, k=1)[1] for _ in range(5))


def build(name, rows, threads, folder):
    engine = ENGINES[name](DIM)
    rows = read_rows(rows)
    begin = time.perf_counter()
    engine.build(rows, int(threads))
    tell(time.perf_counter() - begin)
    engine.save(folder)


def serve(name, folder, queries):
    queries = read_rows(queries)
    call_us = empty_call_us(ENGINES[name])
    gc.disable()
    before = resident_bytes()
    engine = ENGINES[name](DIM)
    engine.load(folder)
    tell("ready", call_us)
    split = engine.split(queries)
    for line in sys.stdin:
        ef, answers = line.split()
        engine.set_ef(int(ef))
        time_singles(engine, split[:WARM_UP])
        found, single_us = time_singles(engine, split)
        batch_us = time_batch(engine, queries)
        resident = resident_bytes() - before
        numpy.array(found, numpy.int64).reshape(-1, TOP).tofile(answers)
        tell(single_us, batch_us, resident)


def main():
    commands = {"build": (build, 6), "serve": (serve, 5)}
    command, length = commands.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if command is None or len(sys.argv) != length:
        raise SystemExit(__doc__)
    command(*sys.argv[2:])


if __name__ == "__main__":
    main()
