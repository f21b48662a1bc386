#!/usr/bin/python3
"""The kills of update-kills.sh.

usage: update_kills.py FOLDER WORK KILLS SEED PHOTOS ROWS
"""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

from made_up import write_image
from update import DIM, Photos, images_in, made_anew, rows_by_name, run, \
    same_rows


def few_photos(source, folder, count, rng):
    """Some of the photos, in their folders."""
    for photo in rng.sample(images_in(source), count):
        target = os.path.join(folder, os.path.relpath(photo, source))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(photo, target)


def add_made_up(kept, count, rng):
    """So many rows more, of files in the folder q that are no images.

    Their vectors are mixtures of those that are there; vectors, names, ledger
    and sidecar get what imsearch-formats(5) says. Gives the rows by name.
    """
    import numpy
    numbers = numpy.random.default_rng(rng.randrange(1 << 30))
    path = os.path.join(kept, "fvecs.bin")
    rows = numpy.fromfile(path, "<f4").reshape(-1, DIM)
    weights = numbers.dirichlet([0.2] * len(rows), count)
    more = weights @ rows * (1 + 0.1 * numbers.standard_normal((count, DIM)))
    more = more.astype("<f4")
    names = [f"q/{i:05}.jpg" for i in range(count)]
    os.makedirs(os.path.join(kept, "q"))
    with open(path + ".ledger.tsv", "r+", encoding="utf-8") as ledger:
        columns = ledger.readline().rstrip("\n").split("\t")
        assert len(ledger.readlines()) == len(rows), "images without a row"
        ledger.writelines(write_image(kept, name, i, len(rows) + i, columns)
                          for i, name in enumerate(names))
    with open(path, "ab") as file:
        file.write(more.tobytes())
    with open(os.path.join(kept, "fnames.txt"), "a", encoding="utf-8") as file:
        file.writelines(name + "\n" for name in names)
    with open(path + ".json", encoding="utf-8") as file:
        sidecar = json.load(file)
    sidecar["rows"] += count
    del sidecar["list"]
    with open(path + ".json", "w", encoding="utf-8") as file:
        json.dump(sidecar, file)
    return {name: row.tobytes() for name, row in zip(names, more)}


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


def check_large(kept, work, rng, made_up):
    """Beside the rows that were made up. Answers are compared with numpy's."""
    import numpy
    ours = rows_by_name(kept)
    fresh = rows_by_name(made_anew(kept, work))
    assert ours == {**made_up, **fresh}, ours.keys() ^ fresh.keys()
    names = sorted(ours)
    units = numpy.frombuffer(b"".join(ours[name] for name in names), "<f4")
    units = units.reshape(-1, DIM).astype("f8")
    units /= numpy.linalg.norm(units, axis=1, keepdims=True)
    for name in rng.sample(sorted(fresh), 3) + rng.sample(sorted(made_up), 1):
        cosines = units @ units[names.index(name)]
        best = numpy.sort(cosines)[::-1][:1000]
        for how in ["--exact"], ["--ef", "500"]:
            text = run(["query", "-k", "1000", "--self", *how, "--like", name],
                       kept)
            found = [line.split("\t") for line in text.decode().splitlines()]
            assert len({fields[3] for fields in found}) == len(found)
            for fields in found:
                right = cosines[names.index(fields[3])]
                assert abs(float(fields[2]) - right) < 2e-6, fields
            given = numpy.array([float(fields[2]) for fields in found])
            assert len(given) == min(1000, len(names))
            missed = (abs(given - best[:len(given)]) >= 2e-6).mean()
            assert missed == 0 or how[0] != "--exact", (name, missed)
    run(["build-index", "--verify"], kept)


def main():
    source, work, kills, seed, count, more = sys.argv[1:]
    rng = random.Random(int(seed))
    some, kept = os.path.join(work, "some"), os.path.join(work, "kept")
    few_photos(source, some, int(count), rng)
    photos = Photos(some, os.path.join(kept, "p"), rng)
    run(["update", "-q", "p"], kept)
    made_up = {}
    if int(more) > 0:
        made_up = add_made_up(kept, int(more), rng)
        run(["update", "-q", "p", "q"], kept)
        run(["build-index", "-q"], kept)
    kinds = [photos.add, photos.edit, photos.rename, photos.rename_folder,
             photos.swap, photos.touch, photos.zip_folder, photos.edit_zip,
             photos.unzip]
    done, runs, longest, beside = 0, 0, 0.5, 0
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
        beside += os.path.exists(
            os.path.join(kept, "fvecs.bin.hnsw.index.changes"))
        if made_up:
            check_large(kept, work, rng, made_up)
        else:
            check(kept, work, rng)
        if runs % 20 == 0:
            print(f"{done} kills in {runs} updates, {beside} of which left "
                  "changes beside the index", flush=True)
    print(f"{done} kills in {runs} updates ({beside} left changes beside the "
          "index): each next update made all the same as from nothing")


def rows_of_index(kept):
    """Names that the index has, whatever became of the files beside it."""
    text = run(["query", "-k", "1000", "--exact", "--id", "0"], kept)
    return {line.split("\t")[3] for line in text.decode().splitlines()}


if __name__ == "__main__":
    main()
