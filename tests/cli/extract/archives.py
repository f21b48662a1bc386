#!/usr/bin/python3
"""Archives for archive_test.cpp, made by Python's own zipfile and tarfile.

usage: archives.py            in a folder with p/0.ppm to p/5.ppm
"""
import gzip
import io
import os
import random
import struct
import tarfile
import warnings
import zipfile


def read(name):
    with open(name, "rb") as file:
        return file.read()


def entry(name, size=0, kind=tarfile.REGTYPE, **more):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.mtime = size, kind, 1_700_000_000
    for key, value in more.items():
        setattr(info, key, value)
    return info


def add(tar, name, data):
    tar.addfile(entry(name, len(data)), io.BytesIO(data))


IMAGES = [f"p/{i}.ppm" for i in range(6)]

# The same six images, in an order of their own.
ORDER = [3, 0, 5, 1, 4, 2]
for mode, name in (("w", "all.tar"), ("w:gz", "all.tar.gz"),
                   ("w:bz2", "all.tbz2"), ("w:xz", "all.tar.xz")):
    with tarfile.open(name, mode) as tar:
        for i in ORDER:
            add(tar, f"./dir/{i}.ppm", read(IMAGES[i]))
with zipfile.ZipFile("all.zip", "w", zipfile.ZIP_DEFLATED) as file:
    for i in ORDER:
        file.write(IMAGES[i], f"dir/{i}.ppm")
with zipfile.ZipFile("stored.cbz", "w", zipfile.ZIP_STORED) as file:
    for i in ORDER:
        file.write(IMAGES[i], f"dir/{i}.ppm")

# As WebDataset writes shards.
for shard in range(2):
    with tarfile.open(f"shard-{shard}.tar", "w",
                      format=tarfile.USTAR_FORMAT) as tar:
        for i in range(3 * shard, 3 * shard + 3):
            add(tar, f"{i:06}.ppm", read(IMAGES[i]))
            add(tar, f"{i:06}.json", b"{}")
            add(tar, f"{i:06}.txt", b"a caption")
            add(tar, f"{i:06}.cls", b"7")

# Names and kinds of members that no archive of photos should have.
with tarfile.open("odd.tar", "w") as tar:
    tar.addfile(entry("folder.ppm", kind=tarfile.DIRTYPE))
    add(tar, "/etc/absolute.ppm", read(IMAGES[0]))
    add(tar, "../up.ppm", read(IMAGES[1]))
    add(tar, "a/../../up.ppm", read(IMAGES[1]))
    add(tar, "twice.ppm", read(IMAGES[2]))
    add(tar, "./twice.ppm", read(IMAGES[3]))
    add(tar, "no ending", read(IMAGES[4]))
    add(tar, "text without ending", b"not an image")
    add(tar, "new\nline.ppm", read(IMAGES[4]))
    add(tar, "gr\u00fc\u00df.ppm", read(IMAGES[5]))
    add(tar, "latin-\udce4.ppm", read(IMAGES[5]))
    add(tar, "bad.ppm", b"P6 not much")
    add(tar, "inner.zip", read("all.zip"))
    add(tar, "raw.nef", b"raw")
    add(tar, "@eaDir/thumb.ppm", read(IMAGES[0]))
    add(tar, ".hidden.ppm", read(IMAGES[0]))
    add(tar, "drafts/draft.ppm", read(IMAGES[0]))
    tar.addfile(entry("link.ppm", kind=tarfile.SYMTYPE, linkname="twice.ppm"))
    tar.addfile(entry("hard.ppm", kind=tarfile.LNKTYPE, linkname="twice.ppm"))
    tar.addfile(entry("device.ppm", kind=tarfile.CHRTYPE))
    tar.addfile(entry("pipe.ppm", kind=tarfile.FIFOTYPE))
    add(tar, "last.ppm", read(IMAGES[5]))

with zipfile.ZipFile("names.zip", "w") as file, warnings.catch_warnings():
    warnings.simplefilter("ignore")
    file.writestr("gr\u00fc\u00df.ppm", read(IMAGES[0]))
    file.writestr("/abs.ppm", read(IMAGES[1]))
    file.writestr("../up.ppm", read(IMAGES[2]))
    file.writestr("twice.ppm", read(IMAGES[3]))
    file.writestr("twice.ppm", read(IMAGES[4]))

# A header that announces 8 GB, of which nothing follows but other members;
# and a sparse file of 8 GB, of which GNU tar stores a block.
with tarfile.open("large.tar", "w") as tar:
    add(tar, "first.ppm", read(IMAGES[0]))
    sparse = entry("sparse.ppm", 512, tarfile.GNUTYPE_SPARSE)
    block = bytearray(sparse.tobuf(tarfile.GNU_FORMAT))
    block[156:157] = b"S"
    numbers = [(8 << 30) - 512, 512]
    block[386:386 + 24] = b"%011o\0%011o\0" % tuple(numbers)
    block[483:495] = b"\x80" + (8 << 30).to_bytes(11, "big")
    block[386:398] = b"\x80" + numbers[0].to_bytes(11, "big")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    tar.fileobj.write(bytes(block) + b"x" * 512)
    tar.offset += 1024
    add(tar, "last.ppm", read(IMAGES[1]))
with open("huge.tar", "wb") as out:
    with tarfile.open(fileobj=out, mode="w") as tar:
        add(tar, "first.ppm", read(IMAGES[0]))
        header = entry("huge.ppm", 8 << 30).tobuf(tarfile.GNU_FORMAT)
    out.seek(len(read("huge.tar")) and 512 + 1536)
    out.truncate()
    out.write(header)
    out.seek(8 << 30, os.SEEK_CUR)  # a hole
    last = io.BytesIO()
    with tarfile.open(fileobj=last, mode="w") as tar:
        add(tar, "last.ppm", read(IMAGES[1]))
    out.write(last.getvalue())

# Bombs: a header that tells of few bytes where megabytes come, and a tar of
# zeros, of which each member is small enough.
with zipfile.ZipFile("lying.zip", "w", zipfile.ZIP_DEFLATED) as file:
    file.write(IMAGES[0], "first.ppm")
    file.writestr("bomb.ppm", bytes(30 << 20))
    file.write(IMAGES[1], "last.ppm")
with open("lying.zip", "r+b") as file:
    patched = file.read().replace(struct.pack("<L", 30 << 20),
                                  struct.pack("<L", 1165))
    file.seek(0)
    file.write(patched)
zeros = gzip.compress(bytes(100 << 20), 9)
with open("bomb.tar.gz", "wb") as out:
    first = io.BytesIO()
    with tarfile.open(fileobj=first, mode="w") as tar:
        add(tar, "first.ppm", read(IMAGES[0]))
        end = tar.offset
    out.write(gzip.compress(first.getvalue()[:end]))
    for i in range(8):
        header = entry(f"{i}.bin", 100 << 20).tobuf()
        out.write(gzip.compress(header) + zeros)
    out.write(gzip.compress(read("all.tar")))

# Damage.
whole = read("all.tar")
for name, size in (("cut_in_data.tar", 512 + 1536 + 512 + 700),
                   ("cut_in_header.tar", 512 + 1536 + 100)):
    with open(name, "wb") as file:
        file.write(whole[:size])
# Compressed ones end in the middle of noise, with an image before and behind.
rng = random.Random(1)
for mode, name in (("w:gz", "cut.tar.gz"), ("w:xz", "cut.tar.xz"),
                   ("w:bz2", "cut.tar.bz2")):
    with tarfile.open(name, mode) as tar:
        for i in ORDER:
            add(tar, f"{i}.ppm", read(IMAGES[i]))
            add(tar, f"{i}.bin", rng.randbytes(400_000))
with zipfile.ZipFile("cut.zip", "w", zipfile.ZIP_DEFLATED) as file:
    for i in ORDER:
        file.write(IMAGES[i], f"{i}.ppm")
        file.writestr(f"{i}.bin", rng.randbytes(400_000))
for name in ("cut.tar.gz", "cut.tar.xz", "cut.tar.bz2", "cut.zip"):
    os.truncate(name, os.stat(name).st_size * 6 // 10)
noise = b"P6 100 100 255\n" + random.Random(2).randbytes(30_000)
for name, images in (("cut_in_third.zip", ORDER[:2]), ("cut_in_first.zip", [])):
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as file:
        for i in images:
            file.write(IMAGES[i], f"{i}.ppm")
        file.writestr("noise.ppm", noise)
        at = file.getinfo("noise.ppm").header_offset
    os.truncate(name, at + 15_000)
stored = bytearray(read("stored.cbz"))
stored[stored.index(b"dir/0.ppm") + 300] ^= 1  # its CRC does not fit
with open("bad_sum.zip", "wb") as file:
    file.write(stored)
with tarfile.open("empty.tar", "w"):
    pass
with tarfile.open("texts.tar", "w") as tar:
    add(tar, "a.txt", b"a")
with open("no.zip", "wb") as file:
    file.write(b"PK\3\4" + b"nothing of the kind")
