#!/usr/bin/env python3
"""Medians of measured runs.

usage: table.py RUNS

RUNS has a line for each run, tab-separated: engine, its setting, images a
second, peak memory in MB.  Prints the table of extract.sh: for each
engine the setting with the best median, which standard error names.
"""
import statistics
import sys

WHOLE = {"imsearch", "torch-eager"}


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    runs = {}
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            engine, setting, rate, peak = line.rstrip("\n").split("\t")
            of_engine = runs.setdefault(engine, {})
            of_engine.setdefault(setting, []).append((float(rate), float(peak)))

    best = {}
    for engine, settings in runs.items():
        for setting, results in settings.items():
            rates, peaks = zip(*results)
            rate = statistics.median(rates)
            spread = f"{min(rates):.1f} to {max(rates):.1f}"
            print(f"{engine}, {setting}: {rate:.1f} images/s ({spread})", file=sys.stderr)
            if rate > best.get(engine, (0, 0))[0]:
                best[engine] = rate, statistics.median(peaks)

    print("engine", "images_per_s", "ratio_to_ours", "peak_mb", sep="\t")
    for engine, (rate, peak) in best.items():
        ours = best["imsearch" if engine in WHOLE else "imsearch-network"][0]
        print(f"{engine}\t{rate:.1f}\t{rate / ours:.2f}\t{peak:.0f}")


if __name__ == "__main__":
    main()
