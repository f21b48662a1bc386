#!/usr/bin/env python3
"""Measure ours and other libraries over the same vectors, in turn.

usage: compare.py TOOLS PROGRAMS VENV WORK ENGINES ROUNDS VECTORS

The work of peers.sh, which describes what is printed.  TOOLS holds our
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
    print(f"peers.sh: {text}", file=sys.stderr, flush=True)


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


def does(contestant, action, *arguments):
    """False, and why is said, if a peer cannot do it."""
    try:
        action(*arguments)
    except (CannotBeHad, OSError) as error:
        say(f"{contestant.name}: left out: {error}")
        return False
    return True


def build_all(contestants):
    """Those that could be built."""
    built = []
    for contestant in contestants:
        if not does(contestant, contestant.build):
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


def settings_of(contestant, runs):
    """All in the first round, when there are no runs."""
    efs = [0] if is_exact(contestant.name) else EFS
    return settings_around(TARGETS, runs, efs) if runs else efs


def ask(contestant, ef, runs):
    runs.setdefault(ef, []).append(contestant.ask(ef))


def measure(contestants, rounds, runs):
    """Fills runs: by name, by ef, a list. Returns those who stood it."""
    standing = [one for one in contestants if does(one, one.start)]
    for number in range(1, rounds + 1):
        settings = {
            one: settings_of(one, runs.setdefault(one.name, {})) for one in standing
        }
        # One setting of each in turn, so that they meet the same machine.
        for turn in range(len(EFS)):
            for one, efs in settings.items():
                if one not in standing or turn >= len(efs):
                    continue
                if not does(one, ask, one, efs[turn], runs[one.name]):
                    standing.remove(one)
        say(f"round {number} of {rounds}: done; load {os.getloadavg()[0]:.2f}")
    for one in standing:
        one.stop()
    return standing


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
        measured += measure(group, int(options[5]), runs)
    print_table(measured, runs)
    print()
    print_summary(measured, runs, say)
    compare_exact(measured)


if __name__ == "__main__":
    main()
