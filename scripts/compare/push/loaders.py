"""The ways to load that push.sh compares. Each leaves an index behind."""

import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import time
from dataclasses import dataclass

LOAD = pathlib.Path(__file__).with_name("load.py")
M, EF_CONSTRUCTION, DIM = 48, 128, 1280
FAST = {"refresh_interval": "-1"}


@dataclass
class Load:
    """What loading took, and finishing the index after it, if that was done."""

    seconds: float
    cpu: float  # the client's
    node_cpu: float
    finish_s: float | None = None


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def vector_field(service):
    if service == "elasticsearch":
        options = {"type": "hnsw", "m": M, "ef_construction": EF_CONSTRUCTION}
        return {
            "type": "dense_vector",
            "dims": DIM,
            "index": True,
            "similarity": "cosine",
            "index_options": options,
        }
    parameters = {"m": M, "ef_construction": EF_CONSTRUCTION}
    method = {
        "name": "hnsw",
        "engine": "lucene",
        "space_type": "cosinesimil",
        "parameters": parameters,
    }
    return {"type": "knn_vector", "dimension": DIM, "method": method}


def create(node, index, settings):
    settings = {"number_of_shards": 1, "number_of_replicas": 0} | settings
    if node.service == "opensearch":
        settings["knn"] = True
    properties = {"name": {"type": "keyword"}, "fvec": vector_field(node.service)}
    node.ask(
        "PUT",
        f"/{index}",
        {"settings": {"index": settings}, "mappings": {"properties": properties}},
    )


def finish(node, index):
    begin = time.perf_counter()
    node.ask("POST", f"/{index}/_refresh")
    node.ask("POST", f"/{index}/_forcemerge?max_num_segments=1")
    node.ask("PUT", f"/{index}/_settings", {"index": {"refresh_interval": None}})
    return time.perf_counter() - begin


def run_client(node, index, vectors, how):
    text = subprocess.check_output(
        [sys.executable, LOAD, node.service, node.url, index, vectors]
        + [str(node.process), how],
        env=os.environ | {"no_proxy": "127.0.0.1"},
    )
    took = json.loads(text)
    return Load(took["seconds"], took["cpu"], took["node_cpu"])


class ParallelBulk:
    name = "parallel_bulk"

    def load(self, node, index, vectors):
        create(node, index, FAST)
        result = run_client(node, index, vectors + ".unit", "parallel")
        result.finish_s = finish(node, index)
        return result


class Reference:
    """One connection, the default refresh, and nothing after it."""

    name = "reference"

    def load(self, node, index, vectors):
        create(node, index, {})
        return run_client(node, index, vectors + ".unit", "single")


class Push:
    """Our own tool.  It says when the rows are stored; what follows is the finish."""

    name = "push"
    STORED = re.compile(r"([\d,]+) rows stored in .*, (\d+) a second")

    def __init__(self, tools):
        self.program = os.path.join(tools, "push")

    def load(self, node, index, vectors):
        cpu, node_cpu = children_cpu(), node.cpu()
        process = subprocess.Popen(
            [self.program, f"{node.url}/{index}", vectors, "-n", vectors + ".names"]
            + (["--engine", "lucene"] if node.service == "opensearch" else [])
            + ["--shards", "1", "--replicas", "0"],
            stderr=subprocess.PIPE,
            text=True,
        )
        result, said = None, []
        for line in process.stderr:
            said.append(line)
            stored = self.STORED.search(line)
            if stored:
                seconds = int(stored[1].replace(",", "")) / int(stored[2])
                result = Load(seconds, 0, node.cpu() - node_cpu)
                stored_at = time.perf_counter()
        if process.wait() or result is None:
            raise SystemExit("push failed: " + "".join(said)[-2000:])
        result.cpu = children_cpu() - cpu
        result.finish_s = time.perf_counter() - stored_at
        return result
