"""The true neighbours, and the recall of answers.

prepare() leaves beside a file of vectors, unless they are there: the same rows
scaled to length 1 (.unit), for libraries that want them so, also of the queries;
and the truth (.truth), by brute force.  A row found counts when its squared
distance is at most that of the tenth in truth, plus 0.000001, as in eval-recall.
"""

import os

import numpy

DIM, TOP = int(os.environ.get("PEERS_DIM", "1280")), 10
BLOCK = 10_000
# Float32 products of unit vectors err by less than 1e-6: among so many of the
# best by them are the true ten.
SURE = 64
TOLERANCE = 1e-6


def rows_of(path):
    return numpy.memmap(path, "<f4", "r").reshape(-1, DIM)


def is_made(path, source):
    return os.path.exists(path) and os.path.getmtime(path) >= os.path.getmtime(source)


def write_unit(source, path):
    rows = rows_of(source)
    with open(path + ".part", "wb") as out:
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK].astype(numpy.float64)
            lengths = numpy.linalg.norm(block, axis=1, keepdims=True)
            lengths[lengths == 0] = 1
            out.write((block / lengths).astype("<f4").tobytes())
    os.replace(path + ".part", path)


def best_products(rows, queries):
    """For each query the SURE rows with the largest products, in any order."""
    best = numpy.empty((len(queries), 0), numpy.float32)
    ids = numpy.empty((len(queries), 0), numpy.int64)
    for start in range(0, len(rows), BLOCK):
        products = queries @ rows[start : start + BLOCK].T
        block_ids = numpy.arange(start, start + products.shape[1])
        best = numpy.hstack([best, products])
        ids = numpy.hstack([ids, numpy.broadcast_to(block_ids, products.shape)])
        if best.shape[1] > SURE:
            kept = numpy.argpartition(-best, SURE, axis=1)[:, :SURE]
            best = numpy.take_along_axis(best, kept, axis=1)
            ids = numpy.take_along_axis(ids, kept, axis=1)
    return ids


def squared_distances(rows, queries, ids):
    """Of each query to its rows, in float64."""
    distances = numpy.empty(ids.shape)
    for i, query in enumerate(queries):
        apart = rows[ids[i]].astype(numpy.float64) - query
        distances[i] = (apart * apart).sum(axis=1)
    return distances


def write_truth(rows, queries, path):
    ids = best_products(rows, queries)
    distances = squared_distances(rows, queries, ids)
    order = numpy.lexsort((ids, distances), axis=1)[:, :TOP]
    tenth = numpy.take_along_axis(distances, order, axis=1)[:, -1]
    with open(path + ".part", "wb") as out:
        numpy.save(out, tenth)
    os.replace(path + ".part", path)


def is_first(ids):
    """False where an id is already among the answers to the same query."""
    order = numpy.argsort(ids, axis=1, kind="stable")
    ordered = numpy.take_along_axis(ids, order, axis=1)
    repeated = numpy.zeros(ids.shape, bool)
    numpy.put_along_axis(
        repeated, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1
    )
    return ~repeated


class Truth:
    """Of the vectors in a file, for the queries in that name with .q added."""

    def __init__(self, vectors):
        self.rows = rows_of(vectors + ".unit")
        self.queries = rows_of(vectors + ".q.unit")
        self.tenth = numpy.load(vectors + ".truth")

    def recall(self, ids):
        """recall@10 of the answers to the first len(ids) queries."""
        queries = self.queries[: len(ids)]
        distances = squared_distances(self.rows, queries, ids)
        hits = distances <= self.tenth[: len(ids), None] + TOLERANCE
        return float((hits & is_first(ids)).mean())


def prepare(vectors):
    for source in (vectors, vectors + ".q"):
        if not is_made(source + ".unit", source):
            write_unit(source, source + ".unit")
    rows, queries = rows_of(vectors + ".unit"), rows_of(vectors + ".q.unit")
    if not is_made(vectors + ".truth", vectors + ".unit"):
        write_truth(rows, queries, vectors + ".truth")
    return Truth(vectors)
