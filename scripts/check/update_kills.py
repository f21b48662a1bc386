#!/usr/bin/python3
"""The kills of update-kills.sh.

usage: update_kills.py FOLDER WORK KILLS SEED PHOTOS
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import time

from update import Photos, images_in, made_anew, run, same_rows


def few_photos(source, folder, count, rng):
    """Some of the photos, in their folders."""
    for photo in rng.sample(images_in(source), count):
        target = os.path.join(folder, os.path.relpath(photo, source))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(photo, target)


def kill_update(kept, after, group):
    """Whether there was an update to kill; its programs are as well, or not."""
    process = subprocess.Popen(["update", "-q"], cwd=kept,
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL,
                               start_new_session=True)
    time.sleep(after)
    killed = process.poll() is None
    if killed and group:
        os.killpg(process.pid, signal.SIGKILL)
    elif killed:
        process.kill()
    process.wait()
    return killed


def similarities(folder, names):
    result = []
    for name in names:
        text = run(["query", "-k", "1000", "--exact", "--like", name], folder)
        result.append(sorted(line.split("\t")[2:]
                             for line in text.decode().splitlines()))
    return result


def check(kept, work, rng):
    fresh = made_anew(kept, work)
    asked = rng.sample(same_rows(kept, fresh), 3)
    # All of them: copies of a photo are equally similar, in any order.
    assert similarities(kept, asked) == similarities(fresh, asked)
    run(["build-index", "--verify"], kept)


def main():
    source, work, kills, seed, count = sys.argv[1:]
    rng = random.Random(int(seed))
    some, kept = os.path.join(work, "some"), os.path.join(work, "kept")
    few_photos(source, some, int(count), rng)
    photos = Photos(some, os.path.join(kept, "p"), rng)
    run(["update", "-q", "p"], kept)
    kinds = [photos.add, photos.edit, photos.rename, photos.rename_folder,
             photos.swap, photos.touch, photos.zip_folder, photos.edit_zip,
             photos.unzip]
    done, runs, longest = 0, 0, 0.5
    while done < int(kills):
        runs += 1
        for _ in range(rng.randrange(1, 6)):
            # Photos come back, so that there is something new each time.
            photos.later += rng.sample(images_in(some), 4)
            rng.choice(kinds)()
            while len(images_in(photos.folder)) < 20:
                photos.unzip()
        if rng.random() < 0.3:
            photos.delete()
        killed = kill_update(kept, rng.uniform(0, longest),
                             rng.random() < 0.5)
        done += killed
        # In between, query answers from the state before or after.
        name = rng.choice(sorted(rows_of_index(kept)))
        run(["query", "-k", "3", "--like", name], kept)
        begin = time.time()
        run(["update", "-q"], kept)
        longest = 0.5 * longest + 0.5 * max(0.2, time.time() - begin)
        check(kept, work, rng)
        if runs % 20 == 0:
            print(f"{done} kills in {runs} updates", flush=True)
    print(f"{done} kills in {runs} updates: each next update made all the same "
          "as from nothing")


def rows_of_index(kept):
    """Names that the index has, whatever became of the files beside it."""
    text = run(["query", "-k", "1000", "--exact", "--id", "0"], kept)
    return {line.split("\t")[3] for line in text.decode().splitlines()}


if __name__ == "__main__":
    main()
