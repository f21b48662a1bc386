#!/usr/bin/python3
"""The random changes and the comparison of update.sh.

usage: update.py FOLDER WORK CHANGES SEED
"""
import json
import os
import random
import shutil
import subprocess
import sys
import time
import zipfile

DIM = 1280
ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".ppm")


def run(command, folder):
    result = subprocess.run(command, cwd=folder, capture_output=True,
                            check=False)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {result.returncode}\n"
                 + result.stderr.decode(errors="replace"))
    return result.stdout


def images_in(folder):
    found = []
    for root, _, files in os.walk(folder):
        found += [os.path.join(root, name) for name in files
                  if name.lower().endswith(ENDINGS)]
    return sorted(found)


def size_of(folder, name):
    """Of a file, or a member of a zip."""
    archive, inside, member = name.partition(".zip/")
    if not inside:
        return os.stat(os.path.join(folder, name)).st_size
    with zipfile.ZipFile(os.path.join(folder, archive + ".zip")) as file:
        return file.getinfo(member).file_size


def rows_by_name(folder):
    """Of the images that are there: rows that are gone are left out."""
    with open(os.path.join(folder, "fvecs.bin"), "rb") as file:
        vectors = file.read()
    with open(os.path.join(folder, "fnames.txt"), encoding="utf-8") as file:
        names = file.read().splitlines()
    with open(os.path.join(folder, "fvecs.bin.ledger.tsv"),
              encoding="utf-8") as file:
        ledger = [line.rstrip("\n").split("\t") for line in file][1:]
    entries = [entry for entry in ledger if entry[1] in ("row", "gone")]
    assert len(names) == len(entries) == len(vectors) // (4 * DIM)
    rows = {}
    for i, (name, entry) in enumerate(zip(names, entries)):
        assert int(entry[0]) == i and entry[5] == name, (i, name, entry)
        if entry[1] == "gone":
            continue
        assert name not in rows, name
        assert int(entry[2]) == size_of(folder, name), name
        rows[name] = vectors[i * 4 * DIM:(i + 1) * 4 * DIM]
    return rows


def made_anew(kept, work):
    """A folder with what extract and build-index make of the same photos."""
    fresh = os.path.join(work, "fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    os.makedirs(fresh)
    os.symlink(os.path.join(kept, "p"), os.path.join(fresh, "p"))
    run(["extract", "-q", "p"], fresh)
    run(["build-index", "-q"], fresh)
    return fresh


def same_rows(kept, fresh):
    """The names of rows, which are the same in both folders."""
    ours, theirs = rows_by_name(kept), rows_by_name(fresh)
    assert ours.keys() == theirs.keys(), ours.keys() ^ theirs.keys()
    assert ours == theirs
    return sorted(ours)


def answers(folder, names):
    """For each name, its similar images, those of equal similarity sorted."""
    result = {}
    for name in names:
        text = run(["query", "-k", "8", "--exact", "--like", name], folder)
        lines = [line.split("\t") for line in text.decode().splitlines()]
        result[name] = sorted((fields[2], fields[3]) for fields in lines[:-1])
    return result


class Photos:
    def __init__(self, source, folder, rng):
        self.folder, self.rng = folder, rng
        photos = images_in(source)
        rng.shuffle(photos)
        self.later = photos[:len(photos) // 3]
        self.count = 0
        for photo in photos[len(self.later):]:
            target = os.path.join(folder, os.path.relpath(photo, source))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copyfile(photo, target)

    def any(self):
        return self.rng.choice(images_in(self.folder))

    def fresh_name(self, beside):
        self.count += 1
        return os.path.join(os.path.dirname(beside), f"new {self.count}.jpg")

    def add(self):
        target = self.fresh_name(self.any())
        shutil.copyfile(self.later.pop(), target)
        return target

    def edit(self):
        target = self.any()
        shutil.copyfile(self.later.pop(), target)
        return target

    def delete(self):
        target = self.any()
        os.remove(target)
        return target

    def rename(self):
        target = self.any()
        os.rename(target, self.fresh_name(self.any()))
        return target

    def rename_folder(self):
        folder = os.path.dirname(self.any())
        if os.path.samefile(folder, self.folder):
            return "nothing"
        self.count += 1
        os.rename(folder, os.path.join(self.folder, f"folder {self.count}"))
        return folder

    def zip_folder(self):
        """The images of a folder into an archive, which takes their place."""
        folder = os.path.dirname(self.any())
        if os.path.samefile(folder, self.folder):
            return "nothing"
        self.count += 1
        archive = os.path.join(self.folder, f"folder {self.count}.zip")
        with zipfile.ZipFile(archive, "w") as file:
            for name in sorted(os.listdir(folder)):
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    file.write(path, name)
                    os.remove(path)
        return folder

    def zips(self):
        return sorted(name for name in os.listdir(self.folder)
                      if name.endswith(".zip"))

    def unzip(self):
        if not self.zips():
            return self.zip_folder()
        archive = os.path.join(self.folder, self.rng.choice(self.zips()))
        self.count += 1
        with zipfile.ZipFile(archive) as file:
            file.extractall(os.path.join(self.folder, f"folder {self.count}"))
        os.remove(archive)
        return archive

    def remove_zip(self):
        if not self.zips():
            return self.zip_folder()
        target = os.path.join(self.folder, self.rng.choice(self.zips()))
        os.remove(target)
        return target

    def edit_zip(self):
        """Another photo in the place of one, and a new one."""
        if not self.zips():
            return self.zip_folder()
        target = os.path.join(self.folder, self.rng.choice(self.zips()))
        with zipfile.ZipFile(target) as file:
            members = [(name, file.read(name)) for name in file.namelist()]
        edited = self.rng.randrange(len(members))
        with open(self.later.pop(), "rb") as file:
            members[edited] = (members[edited][0], file.read())
        self.count += 1
        with open(self.later.pop(), "rb") as file:
            members.append((f"new {self.count}.jpg", file.read()))
        with zipfile.ZipFile(target, "w") as file:
            for name, content in members:
                file.writestr(name, content)
        return target

    def swap(self):
        a, b = self.any(), self.any()
        if a != b:
            os.rename(a, a + ".tmp")
            os.rename(b, a)
            os.rename(a + ".tmp", b)
        return f"{a} and {b}"

    def touch(self):
        target = self.any()
        os.utime(target)
        return target


def main():
    source, work, changes, seed = sys.argv[1:]
    rng = random.Random(int(seed))
    kept = os.path.join(work, "kept")
    photos = Photos(source, os.path.join(kept, "p"), rng)
    run(["update", "-q", "p"], kept)
    kinds = [photos.add, photos.edit, photos.delete, photos.rename,
             photos.rename_folder, photos.swap, photos.touch,
             photos.zip_folder, photos.remove_zip, photos.edit_zip]
    for number in range(1, int(changes) + 1):
        kind = rng.choice(kinds)
        what = kind()
        begin = time.time()
        summary = json.loads(run(["update", "-q", "--json"], kept))
        seconds = time.time() - begin
        fresh = made_anew(kept, work)
        names = same_rows(kept, fresh)
        asked = rng.sample(names, 10)
        assert answers(kept, asked) == answers(fresh, asked)
        run(["build-index", "--verify"], kept)
        counts = " ".join(f"{summary[key]} {key}"
                          for key in ("new", "changed", "gone", "moved"))
        print(f"{number}\t{kind.__name__}\t{counts}\t{len(names)} images\t"
              f"{seconds:.2f} s\t{os.path.basename(what)}", flush=True)
    print("all the same as from nothing")


if __name__ == "__main__":
    main()
