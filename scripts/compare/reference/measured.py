#!/usr/bin/env python3
"""Runs a command and adds to a file what it took.

  measured.py FILE STEP COMMAND...

Adds a line to FILE: STEP, wall seconds, CPU seconds, the peak of its resident
memory in MB (pages of mapped files count); tab-separated. Ends as the command
did.
"""
import resource
import subprocess
import sys
import time


def main():
    file, step, *command = sys.argv[1:]
    start = time.monotonic()
    status = subprocess.run(command).returncode
    wall = time.monotonic() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(file, "a") as lines:
        print(step, f"{wall:.2f}", f"{used.ru_utime + used.ru_stime:.2f}",
              f"{used.ru_maxrss * 1024 / 1e6:.0f}", sep="\t", file=lines)
    raise SystemExit(status)


if __name__ == "__main__":
    main()
