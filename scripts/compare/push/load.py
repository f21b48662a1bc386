#!/usr/bin/env python3
"""Load rows by the official client of a service; print what that took.

usage: load.py SERVICE URL INDEX VECTORS PROCESS parallel|single

VECTORS is raw float32, 1280 a row.  parallel: helpers.parallel_bulk, 4 threads, 200
rows a chunk; single: helpers.streaming_bulk, one connection, 200 rows a chunk.
Prints JSON: seconds, this process's CPU seconds, and those of PROCESS, the node.
"""

import collections
import json
import sys
import time

import numpy
from node import cpu_seconds

DIM, CHUNK, THREADS = 1280, 200, 4


def make_client(service, url):
    """It, and its helpers."""
    if service == "elasticsearch":
        import elasticsearch
        import elasticsearch.helpers

        client = elasticsearch.Elasticsearch(url, request_timeout=120)
        return client, elasticsearch.helpers
    import opensearchpy
    import opensearchpy.helpers

    client = opensearchpy.OpenSearch(url, timeout=120, pool_maxsize=THREADS)
    return client, opensearchpy.helpers


def actions(rows, index):
    for i, row in enumerate(rows):
        yield {
            "_op_type": "index",
            "_index": index,
            "_id": str(i),
            "name": f"{i}.jpg",
            "fvec": row.tolist(),
        }


def main():
    if len(sys.argv) != 7:
        raise SystemExit(__doc__)
    service, url, index, vectors, process, how = sys.argv[1:]
    rows = numpy.fromfile(vectors, "<f4").reshape(-1, DIM)
    client, helpers = make_client(service, url)
    begin, cpu = time.perf_counter(), time.process_time()
    node_cpu = cpu_seconds(process)
    if how == "parallel":
        results = helpers.parallel_bulk(
            client, actions(rows, index), thread_count=THREADS, chunk_size=CHUNK
        )
    else:
        results = helpers.streaming_bulk(client, actions(rows, index), CHUNK)
    failed = collections.Counter(ok for ok, _ in results)[False]
    took = {
        "seconds": time.perf_counter() - begin,
        "cpu": time.process_time() - cpu,
        "node_cpu": cpu_seconds(process) - node_cpu,
    }
    if failed:
        raise SystemExit(f"{failed} rows were refused")
    print(json.dumps(took))


if __name__ == "__main__":
    main()
