#!/usr/bin/env python3
"""Pairs of similar rows: an exact join by Faiss beside that of the index.

  join.py VECTORS SIMILARITY PAIRS INDEX

VECTORS: raw floats, 1280 a row. PAIRS: the program duplicate-pairs. Prints how
many pairs there are, how many of them the index finds, and wall and CPU seconds
of both.
"""
import os
import subprocess
import sys
import time

import faiss
import numpy as np


def main():
    path, similarity, program, index_path = sys.argv[1:]
    rows = np.fromfile(path, dtype=np.float32).reshape(-1, 1280)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30)
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)
    wall, cpu = time.time(), time.process_time()
    limits, _, found = index.range_search(rows, float(similarity))
    wall, cpu = time.time() - wall, time.process_time() - cpu
    asked = np.repeat(np.arange(len(rows)), np.diff(limits).astype(int))
    exact = {(int(a), int(b)) for a, b in zip(asked, found) if a < b}

    before = os.times()
    begin = time.time()
    output = subprocess.run([program, index_path, similarity], check=True,
                            capture_output=True, text=True).stdout
    our_wall = time.time() - begin
    after = os.times()
    our_cpu = (after.children_user - before.children_user +
               after.children_system - before.children_system)
    ours = {tuple(map(int, line.split("\t")[:2]))
            for line in output.splitlines()}
    print("join", "pairs", "seconds", "cpu_seconds", sep="\t")
    print("faiss range_search", len(exact), f"{wall:.1f}", f"{cpu:.1f}",
          sep="\t")
    print("index", len(exact & ours), f"{our_wall:.1f}", f"{our_cpu:.1f}",
          sep="\t")


if __name__ == "__main__":
    main()
