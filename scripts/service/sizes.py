#!/usr/bin/python3
"""How large a cluster must be: the table of imsearch-service(7).

usage: service_sizes.py [--dim N] [-M N] [--replicas N]
                        [--node-memory GB] [--node-heap GB] [--node-cores N]
                        [--mdoc]

Tab-separated; with --mdoc as the lines of the manual page.

Bytes a row are those that push plans with (lib/remote/plan.cpp; a test compares
the two). Rates were measured with 1280 floats, M 48 and efConstruction 128, on 2
cores of an AMD EPYC (Zen 4): scripts/compare/push.sh, scripts/compare/extract.sh.
"""

import argparse
import math

IMAGES_PER_CORE = 122  # extracted in a second
ROWS_PER_CORE = 190  # loaded in a second, by a node that shares its cores
SIZES = [10**6, 10**7, 10**8, 10**9]
KNN_SHARE = 0.5  # of the memory beside the heap, by default


def faiss_bytes(dim, m, compression):
    """OpenSearch's documentation, "k-NN vector", "memory estimation"."""
    return 1.1 * (4 * dim / compression + 8 * m)


def lucene_bytes(dim, m):
    """Vectors and graph, as files whose pages searches want in memory."""
    return 4 * dim + 2 * 2 * m


def disk_bytes(dim, m):
    """Of a row, once merged; OpenSearch 3, engine lucene."""
    return lucene_bytes(dim, m) + 200


def human_bytes(count):
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            value = count / size
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{count:.0f} bytes"


def human_hours(hours):
    if hours < 9.5:
        return f"{hours:.1f}"
    return f"{hours:,.0f}"


def rows_of_table(options):
    copies = options.replicas + 1
    beside = (options.node_memory - options.node_heap) * 1e9
    lucene = lucene_bytes(options.dim, options.M)
    packed = faiss_bytes(options.dim, options.M, 32)
    disk = disk_bytes(options.dim, options.M)
    for count in SIZES:
        nodes = math.ceil(count * lucene * copies / beside)
        packed_nodes = math.ceil(count * packed * copies / (beside * KNN_SHARE))
        extract_s = count / IMAGES_PER_CORE / 8
        load_s = count * copies / (ROWS_PER_CORE * options.node_cores * nodes)
        yield [
            f"{count // 10**6:,}",
            human_bytes(count * lucene * copies),
            f"{nodes:,}",
            human_bytes(count * packed * copies),
            f"{packed_nodes:,}",
            human_bytes(count * disk * copies),
            human_hours(extract_s / 3600),
            human_hours(load_s / 3600),
        ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--dim", type=int, default=1280)
    parser.add_argument("-M", type=int, default=48)
    parser.add_argument("--replicas", type=int, default=0)
    parser.add_argument("--node-memory", type=float, default=64)
    parser.add_argument("--node-heap", type=float, default=16)
    parser.add_argument("--node-cores", type=int, default=8)
    parser.add_argument("--mdoc", action="store_true")
    options = parser.parse_args()
    if options.mdoc:
        for row in rows_of_table(options):
            print(".It", " Ta ".join(row))
        return
    print("million", "memory", "nodes", "memory 32x", "nodes 32x", "disk",
          "hours to extract", "hours to load", sep="\t")
    for row in rows_of_table(options):
        print(*row, sep="\t")


if __name__ == "__main__":
    main()
