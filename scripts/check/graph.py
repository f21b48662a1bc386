"""The work of graph.sh."""

import os
import subprocess
import sys

import hnswlib
import numpy

DIM, TOP, THREADS, MOST = 1280, 10, 2, 0.002
EFS = (16, 24, 32, 48, 64, 128, 256)


def run(*args):
    subprocess.run(args, check=True)


def build_ours(vectors, rows):
    """Our graph, as hnswlib loads it; and our index, for the truth."""
    with open("names", "w", encoding="ascii") as names:
        names.writelines(f"{row}\n" for row in range(rows))
    run("build-index", "-q", vectors, "-n", "names", "-o", "ours.hnswlib",
        "--format", "hnswlib")
    run("build-index", "-q", vectors, "-n", "names", "-o", "ours.index")
    ours = hnswlib.Index(space="l2", dim=DIM)
    ours.load_index("ours.hnswlib")
    return ours


def build_theirs(units):
    theirs = hnswlib.Index(space="l2", dim=DIM)
    theirs.init_index(len(units), M=48, ef_construction=128)
    theirs.add_items(units, num_threads=THREADS)
    return theirs


def exact_rows(queries, count):
    found = subprocess.run(
        ("query", "-q", "-i", "ours.index", "--vectors", queries, "--exact",
         "-k", str(TOP)), check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = [int(line.split("\t")[3]) for line in found.splitlines()]
    return numpy.array(rows).reshape(count, TOP)


def units_of(path):
    rows = numpy.fromfile(path, numpy.float32).reshape(-1, DIM)
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


def recall(index, queries, truth, ef):
    index.set_ef(ef)
    found, _ = index.knn_query(queries, k=TOP, num_threads=THREADS)
    return sum(len(set(a) & set(b)) for a, b in zip(found, truth)) / truth.size


def main():
    vectors, query_file = sys.argv[1:]
    queries = units_of(query_file)
    rows = os.path.getsize(vectors) // (DIM * 4)
    ours = build_ours(vectors, rows)
    truth = exact_rows(query_file, len(queries))
    theirs = build_theirs(units_of(vectors))
    print("ef\tours\thnswlib\tdifference")
    worst = 0
    for ef in EFS:
        a, b = (recall(index, queries, truth, ef) for index in (ours, theirs))
        print(f"{ef}\t{a:.4f}\t{b:.4f}\t{a - b:+.4f}", flush=True)
        worst = min(worst, a - b)
    if worst < -MOST:
        sys.exit(f"graph.sh: lower by {-worst:.4f}, which is more than {MOST}")


main()
