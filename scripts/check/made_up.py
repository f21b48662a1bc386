"""Images that are made up, of which a ledger says what update looks at.

For large-collection.sh, update-cost.sh and update_kills.py.
"""
import os

COLUMNS = ["row", "state", "bytes", "modified", "xxh3_128", "name", "reason"]


def write_image(folder, name, number, row, columns=COLUMNS):
    """Writes a small file, which is no image, and gives its line of the ledger.

    Such lines and their columns are described in imsearch-formats(5).
    """
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(b"x" * (number % 50 + 1))
    status = os.stat(path)
    seconds, rest = divmod(status.st_mtime_ns, 1_000_000_000)
    entry = {"row": str(row), "state": "row", "bytes": str(status.st_size),
             "modified": f"{seconds}.{rest:09}", "xxh3_128": f"{number:032x}",
             "name": name, "reason": ""}
    return "\t".join(entry.get(column, "-") for column in columns) + "\n"


def write_folders(count, columns=COLUMNS):
    """So many below p, a thousand in a folder, with fnames.txt; yields lines."""
    with open("fnames.txt", "w") as names:
        for i in range(count):
            folder = f"p/{i // 1000:04}"
            if i % 1000 == 0:
                os.makedirs(folder)
            name = f"{folder}/{i:07}.jpg"
            yield write_image(".", name, i, i, columns)
            names.write(name + "\n")
