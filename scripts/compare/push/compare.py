#!/usr/bin/env python3
"""Load one node by push and by others, in turn; print a table.

usage: compare.py --header
       compare.py TOOLS VECTORS ROUNDS LOADERS SERVICE URL PROCESS

The work of push.sh, which describes what is printed.  LOADERS are names,
separated by commas.
"""

import json
import pathlib
import statistics
import sys
import time

import numpy
from loaders import ParallelBulk, Push, Reference
from node import Node

sys.path.append(str(pathlib.Path(__file__).parent.parent / "peers"))
import truth as true_neighbours  # noqa: E402

TOP, EF = 10, 256
WARM_UP_ROWS, WARM_UP_QUERIES = 2000, 200
COLUMNS = (
    "service version loader rows_s push_x client_cpu_s node_cpu_s node_share "
    "finish_s segments recall10 p50_ms p95_ms"
)


def say(text):
    print(f"push.sh: {text}", file=sys.stderr, flush=True)


def ask_all(node, index, truth):
    """Recall, and milliseconds of each query, one after the other."""
    ids = numpy.full((len(truth.queries), TOP), -1)
    times = []
    bodies = [
        json.dumps(node.search_body(query.tolist(), TOP, EF)) for query in truth.queries
    ]
    for i, body in enumerate(bodies):
        begin = time.perf_counter()
        answer = node.ask("POST", f"/{index}/_search", body)
        times.append((time.perf_counter() - begin) * 1000)
        hits = [int(hit["_id"]) for hit in answer["hits"]["hits"]]
        ids[i, : len(hits)] = hits
    return truth.recall(ids), times


def measure(loader, node, vectors, truth):
    index = f"compare-{loader.name.replace('_', '-')}"
    node.delete(index)
    load = loader.load(node, index, vectors)
    node.ask("POST", f"/{index}/_refresh")
    rows = len(truth.rows)
    if node.count(index) != rows:
        raise SystemExit(f"{loader.name}: {node.count(index)} of {rows} rows are there")
    segments = node.segments(index)
    recall, times = ask_all(node, index, truth)
    node.delete(index)
    return {
        "rows_s": rows / load.seconds,
        "client_cpu_s": load.cpu / rows * 1000,
        "node_cpu_s": load.node_cpu / rows * 1000,
        "node_share": load.node_cpu / load.seconds,
        "finish_s": load.finish_s,
        "segments": segments,
        "recall10": recall,
        "p50_ms": statistics.median(times),
        "p95_ms": float(numpy.percentile(times, 95)),
    }


def warm_up(loader, node, vectors):
    """The node's code is compiled while it runs: its first rows are slower."""
    few = vectors + ".few"
    rows = true_neighbours.rows_of(vectors)[:WARM_UP_ROWS]
    rows.tofile(few)
    true_neighbours.rows_of(vectors + ".q")[:WARM_UP_QUERIES].tofile(few + ".q")
    with open(few + ".names", "w") as names:
        names.writelines(f"{i}.jpg\n" for i in range(len(rows)))
    truth = true_neighbours.prepare(few)
    measure(loader, node, few, truth)


def in_turn(loaders, number):
    """Another one first each time."""
    first = number % len(loaders)
    return loaders[first:] + loaders[:first]


def medians_of(rounds):
    columns = {column: [one[column] for one in rounds] for column in rounds[0]}
    return {
        column: None if None in values else statistics.median(values)
        for column, values in columns.items()
    }


def text(value, column):
    if value is None:
        return "-"
    digits = {"rows_s": 0, "segments": 0, "recall10": 4, "client_cpu_s": 3}
    return f"{value:.{digits.get(column, 2)}f}"


def print_table(service, version, runs):
    medians = {name: medians_of(rounds) for name, rounds in runs.items()}
    for name, row in medians.items():
        row["push_x"] = None
        if "push" in medians:
            row["push_x"] = medians["push"]["rows_s"] / row["rows_s"]
        figures = [text(row[column], column) for column in COLUMNS.split()[3:]]
        print("\t".join([service, version, name, *figures]))


def main():
    if sys.argv[1:] == ["--header"]:
        print("\t".join(COLUMNS.split()))
        return
    if len(sys.argv) != 8:
        raise SystemExit(__doc__)
    tools, vectors, rounds, names, service, url, process = sys.argv[1:]
    known = {one.name: one for one in (Push(tools), ParallelBulk(), Reference())}
    loaders = [known[name] for name in names.split(",")]
    node = Node(service, url, int(process))
    version = node.version()
    truth = true_neighbours.prepare(vectors)
    runs = {loader.name: [] for loader in loaders}
    for loader in loaders:
        warm_up(loader, node, vectors)
    for number in range(int(rounds)):
        for loader in in_turn(loaders, number):
            runs[loader.name].append(measure(loader, node, vectors, truth))
            figures = runs[loader.name][-1]
            say(
                f"{service} {version}: round {number + 1}: {loader.name}: "
                f"{figures['rows_s']:.0f} rows/s"
            )
    print_table(service, version, runs)


if __name__ == "__main__":
    main()
