"""Those who are compared: ours through its own commands, a peer in its process.

A contestant has a name; build() makes its index; start() and stop() enclose the
calls of ask(), which takes the time of all queries at one ef.
"""

import json
import os
import pathlib
import subprocess
import time
from dataclasses import dataclass

import numpy
import truth as true_neighbours

THREADS = 2
TOP = 10


class CannotBeHad(Exception):
    """A peer that does not run here: it is named and left out."""


@dataclass
class Run:
    recall: float
    single_us: float
    batch_us: float | None  # None: there is no such call
    resident_bytes: int | None  # None: not asked


def bytes_in(path):
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size


class Peer:
    """A library; `program` builds and serves as peer.py tells."""

    def __init__(self, name, program, rows, queries, truth, work):
        self.name, self.program, self.truth = name, program, truth
        self.rows, self.queries = rows, queries
        self.folder = pathlib.Path(work, name)
        self.answers = pathlib.Path(work, name + ".answers")
        self.errors = pathlib.Path(work, name + ".errors")

    def build(self):
        self.folder.mkdir()
        command = [*self.program, "build", self.name, self.rows, str(THREADS)]
        with open(self.errors, "w") as errors:
            built = subprocess.run(
                [*command, str(self.folder)],
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=self.folder.parent,
            )
        if built.returncode != 0 or not built.stdout:
            raise self.failure()
        self.build_s = float(built.stdout)
        self.index_bytes = bytes_in(self.folder)

    def start(self):
        with open(self.errors, "w") as errors:
            self.process = subprocess.Popen(
                [*self.program, "serve", self.name, str(self.folder), self.queries],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.call_us = float(self.read_fields()[1])

    def ask(self, ef):
        self.process.stdin.write(f"{ef} {self.answers}\n")
        self.process.stdin.flush()
        single_us, batch_us, resident = self.read_fields()
        self.ids = numpy.fromfile(self.answers, numpy.int64).reshape(-1, TOP)
        return Run(
            self.truth.recall(self.ids),
            float(single_us),
            None if batch_us == "-" else float(batch_us),
            int(resident),
        )

    def stop(self):
        self.process.stdin.close()
        self.process.wait()

    def read_fields(self):
        line = self.process.stdout.readline()
        if not line:
            raise self.failure()
        return line.split()

    def failure(self):
        lines = self.errors.read_text(errors="replace").split("\n")
        said = [line for line in lines if line.strip()]
        return CannotBeHad(said[-1] if said else "ended without a word")


class OurIndex:
    """One index file, which all of ours search."""

    def __init__(self, tools, vectors, work):
        self.tools, self.vectors = tools, vectors
        self.names = os.path.join(work, "names.txt")
        self.path = os.path.join(work, "index")

    def tool(self, name, *arguments):
        command = [os.path.join(self.tools, name), *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout

    def build(self, rows, efs):
        with open(self.names, "w") as names:
            names.writelines(f"{row}\n" for row in range(rows))
        begin = time.perf_counter()
        self.tool(
            "build-index", "-q", "-j", str(THREADS), "-n", self.names,
            "-o", self.path, "--dim", str(true_neighbours.DIM), self.vectors,
        )  # fmt: skip
        self.build_s = time.perf_counter() - begin
        self.index_bytes = os.path.getsize(self.path)
        lines = self.evaluate(self.vectors + ".q", efs, str(THREADS))
        self.recalls = {line["ef"]: line["recall@10"] for line in lines[1:]}

    def evaluate(self, queries, efs, threads):
        printed = self.tool(
            "eval-recall", "-q", "--json", "-j", threads, "-i", self.path,
            "--vectors", queries, "--ef", ",".join(map(str, efs)),
        )  # fmt: skip
        return [json.loads(line) for line in printed.splitlines()]


class Ours:
    """Our index, mapped or loaded, timed by bench."""

    call_us = 0.0

    def __init__(self, name, index, options=()):
        self.name, self.index, self.options = name, index, options

    def build(self):
        self.build_s, self.index_bytes = self.index.build_s, self.index.index_bytes

    def start(self):
        pass

    def stop(self):
        pass

    def ask(self, ef):
        printed = self.index.tool(
            "bench", "--json", "-j", "1", "-i", self.index.path, "--ef", str(ef),
            "--vectors", self.index.vectors + ".q", *self.options,
        )  # fmt: skip
        told = json.loads(printed)
        memory = told["memory_bytes"]
        return Run(
            self.index.recalls[ef],
            told["latency_us"]["mean"],
            1e6 / told["throughput_per_s"]["1"],
            memory["total"] - memory["vectors"] - memory["start"],
        )


class OursExact(Ours):
    """Our exact search, timed by eval-recall."""

    def __init__(self, name, index, queries, truth):
        super().__init__(name, index)
        self.queries, self.truth = queries, truth

    def build(self):
        self.build_s = self.index_bytes = None

    def start(self):
        printed = self.index.tool(
            "query", "-q", "-j", "1", "--exact", "-k", str(TOP),
            "-i", self.index.path, "--vectors", self.queries,
        )  # fmt: skip
        names = [line.split(b"\t")[-1] for line in printed.splitlines()]
        self.ids = numpy.array(names, numpy.int64).reshape(-1, TOP)

    def ask(self, ef):
        exact = self.index.evaluate(self.queries, [TOP], "1")[0]
        return Run(
            self.truth.recall(self.ids),
            exact["single_ms"] * 1e3,
            exact["batch_ms"] * 1e3,
            None,
        )
