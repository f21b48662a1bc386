#!/usr/bin/env python3
"""Measure ours and other libraries over the same vectors, in turn.

usage: compare.py TOOLS PROGRAMS VENV WORK ENGINES ROUNDS VECTORS

The work of compare-peers.sh, which describes what is printed.  TOOLS holds our
commands, PROGRAMS the peers in C++, VENV the libraries from PyPI, WORK the indexes.
ENGINES are names, separated by commas.
"""

import os
import pathlib
import sys

import truth as true_neighbours
from contestants import CannotBeHad, OurIndex, Ours, OursExact, Peer
from table import TARGETS, print_summary, print_table, settings_around

EFS = [10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 256, 512]
# Exact search takes as long for one query as for another.
EXACT_QUERIES = 100
IN_CPP = {
    "hnswlib-debian": "hnswlib",
    "faiss-hnsw-debian": "faiss",
    "faiss-flat-debian": "faiss",
}
PEER = pathlib.Path(__file__).with_name("peer.py")


def say(text):
    print(f"compare-peers.sh: {text}", file=sys.stderr, flush=True)


def is_exact(name):
    return "exact" in name or "flat" in name


def write_first_queries(vectors, work):
    """The queries of exact search: as they are, and of length 1."""
    paths = []
    for source in (vectors + ".q", vectors + ".q.unit"):
        paths.append(os.path.join(work, os.path.basename(source) + ".first"))
        true_neighbours.rows_of(source)[:EXACT_QUERIES].tofile(paths[-1])
    return paths


def make_contestants(options, truth):
    tools, programs, venv, work, engines, _, vectors = options
    few, few_unit = write_first_queries(vectors, work)
    index = OurIndex(tools, vectors, work)
    index.build(len(truth.rows), EFS)
    ours = {
        "imsearch": lambda: Ours("imsearch", index, ["--load"]),
        "imsearch-mapped": lambda: Ours("imsearch-mapped", index),
        "imsearch-exact": lambda: OursExact("imsearch-exact", index, few, truth),
    }

    def make_peer(name):
        program = [f"{venv}/bin/python", str(PEER)]
        if name in IN_CPP:
            program = [f"{programs}/{IN_CPP[name]}"]
        queries = few_unit if is_exact(name) else vectors + ".q.unit"
        return Peer(name, program, vectors + ".unit", queries, truth, work)

    return [
        ours[name]() if name in ours else make_peer(name)
        for name in engines.split(",")
    ]


def build_all(contestants):
    """Those that could be built."""
    built = []
    for contestant in contestants:
        try:
            contestant.build()
        except (CannotBeHad, OSError) as error:
            say(f"{contestant.name}: left out: {error}")
            continue
        built.append(contestant)
        if contestant.build_s is not None:
            say(f"{contestant.name}: built in {contestant.build_s:.1f} s")
    return built


def available_bytes():
    with open("/proc/meminfo") as meminfo:
        fields = dict(line.split(":") for line in meminfo)
    return int(fields["MemAvailable"].split()[0]) * 1024


def groups_that_fit(contestants):
    """All at once if memory has room for their indexes; else in groups."""
    room = available_bytes() * 0.8
    groups, used = [[]], 0
    for contestant in contestants:
        needed = contestant.index_bytes or 0
        if groups[-1] and used + needed > room:
            say(f"no memory for all at once: {contestant.name} comes later")
            groups.append([])
            used = 0
        groups[-1].append(contestant)
        used += needed
    return groups


def start_all(contestants):
    started = []
    for contestant in contestants:
        try:
            contestant.start()
            started.append(contestant)
        except CannotBeHad as error:
            say(f"{contestant.name}: left out: {error}")
    return started


def measure(contestants, rounds, runs):
    """Fills runs: by name, by ef, a list."""
    for contestant in contestants:
        runs[contestant.name] = {}
    for number in range(1, rounds + 1):
        wanted = {
            contestant.name: [0] if is_exact(contestant.name) else EFS
            for contestant in contestants
        }
        if number > 1:
            wanted = {
                name: settings_around(TARGETS, runs[name], efs)
                for name, efs in wanted.items()
            }
        # One setting of each in turn, so that they meet the same machine.
        for place in range(len(EFS)):
            for contestant in contestants:
                efs = wanted[contestant.name]
                if place < len(efs):
                    run = contestant.ask(efs[place])
                    runs[contestant.name].setdefault(efs[place], []).append(run)
        say(f"round {number} of {rounds}: done; load {os.getloadavg()[0]:.2f}")


def compare_exact(contestants):
    """Exact searches must answer alike, but for rows that are equally near."""
    exact = [one for one in contestants if is_exact(one.name)]
    for other in exact[1:]:
        alike = int((exact[0].ids == other.ids).sum())
        say(
            f"{exact[0].name} and {other.name} give the same row in {alike:,} "
            f"of {other.ids.size:,} places"
        )


def main():
    if len(sys.argv) != 8:
        raise SystemExit(__doc__)
    options = sys.argv[1:]
    truth = true_neighbours.prepare(options[-1])
    contestants = build_all(make_contestants(options, truth))
    runs, measured = {}, []
    for group in groups_that_fit(contestants):
        started = start_all(group)
        measure(started, int(options[5]), runs)
        measured += started
        for contestant in started:
            contestant.stop()
    print_table(measured, runs)
    print()
    print_summary(measured, runs, say)
    compare_exact(measured)


if __name__ == "__main__":
    main()
