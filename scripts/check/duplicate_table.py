#!/usr/bin/env python3
"""What groups of duplicates are worth, by the folders of duplicate_copies.py.

  duplicate_table.py ROOT NAME=GROUPS...

GROUPS are files of groups: what `duplicates` prints, or lines of a number of a
group, a tab, and a path. Prints a line for each: the share of copies that are
in a group with their original, by kind; the mean over the kinds but mirror and
turn90; false pairs (images of two photos in one group) by members with the
first of the group, and in all; groups that hold images of several photos.
"""
import os
import sys
from collections import defaultdict

APART = ("mirror", "turn90", "turn180", "turn270-mirror")


def place(path):
    folder, name = os.path.split(path)
    return os.path.basename(folder), os.path.splitext(name)[0][3:]


def read_groups(path):
    groups = defaultdict(list)
    with open(path, errors="surrogateescape") as lines:
        for line in lines:
            fields = line.rstrip("\n").split("\t")
            groups[fields[0]].append(place(fields[-1]))
    return groups.values()


def main():
    root = sys.argv[1]
    kinds = set()
    copies = []
    for folder, _, names in os.walk(root):
        for name in names:
            if not name[:2].isdigit() or name[2] != "-":
                continue
            photo, kind = place(os.path.join(folder, name))
            if kind != "original":
                kinds.add((name[:2], kind))
                copies.append((photo, kind))
    kinds = [kind for _, kind in sorted(kinds)]
    print("what", *kinds, "mean", "false_pairs", "false_in_groups",
          "impure_groups", "groups", sep="\t")
    for argument in sys.argv[2:]:
        what, path = argument.split("=", 1)
        with_original = set()
        to_first = in_all = impure = 0
        groups = read_groups(path)
        for group in groups:
            originals = {photo for photo, kind in group if kind == "original"}
            with_original.update(
                each for each in group if each[0] in originals)
            counts = defaultdict(int)
            for photo, _ in group:
                counts[photo] += 1
            to_first += len(group) - counts[group[0][0]]
            in_all += (len(group) ** 2 - sum(
                n * n for n in counts.values())) // 2
            impure += len(counts) > 1
        shares = {}
        for kind in kinds:
            of_kind = [c for c in copies if c[1] == kind]
            shares[kind] = sum(c in with_original for c in of_kind) / max(
                1, len(of_kind))
        counted = [shares[k] for k in kinds if k not in APART]
        print(what, *(f"{100 * shares[k]:.1f}" for k in kinds),
              f"{100 * sum(counted) / max(1, len(counted)):.1f}",
              to_first, in_all, impure, len(groups), sep="\t")


if __name__ == "__main__":
    main()
