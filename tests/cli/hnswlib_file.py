"""hnswlib's answers from an exported file, against query's from our own."""

import subprocess

import hnswlib
import numpy

ROWS, DIM, QUERIES, K, EF = 6000, 192, 200, 10, 256


def made(count, seed):
    """Rows near a few directions, as features are."""
    directions = numpy.random.default_rng(1).normal(size=(24, DIM))
    random = numpy.random.default_rng(seed)
    rows = random.normal(size=(count, 24)) @ directions
    rows += 0.5 + 0.1 * random.normal(size=(count, DIM))
    return rows.astype(numpy.float32)


def run(*args):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE, text=True).stdout


def ours():
    out = run("query", "-q", "--vectors", "q.bin", "-k", str(K), "--ef", str(EF))
    names = [line.split("\t")[3] for line in out.splitlines()]
    return numpy.array(names, dtype=int).reshape(QUERIES, K)


def theirs(space, path="fvecs.bin.hnswlib"):
    index = hnswlib.Index(space=space, dim=DIM)
    index.load_index(path)
    assert index.get_current_count() == ROWS
    index.set_ef(EF)
    return index.knn_query(units(numpy.fromfile("q.bin", numpy.float32)), k=K)


def units(values):
    rows = values.reshape(-1, DIM)
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


def overlap(a, b):
    shared = [len(set(x) & set(y)) for x, y in zip(a, b)]
    return sum(shared) / (len(shared) * K)


def main():
    rows = made(ROWS, 2)
    rows[3000:3010] = rows[7]  # copies, which the graph leaves out
    rows[4000] = rows[4001]
    rows.tofile("fvecs.bin")
    queries = made(QUERIES, 3)
    queries[0] = rows[7]
    queries.tofile("q.bin")
    with open("fnames.txt", "w", encoding="ascii") as names:
        names.writelines(f"{row}\n" for row in range(ROWS))
    run("build-index", "-q", "--dim", str(DIM))
    run("build-index", "-q", "--dim", str(DIM), "--format", "hnswlib")

    wanted = ours()
    for space in ("ip", "cosine", "l2"):
        labels, distances = theirs(space)
        share = overlap(wanted, labels)
        print(f"{space}: overlap {share:.4f}")
        assert share >= 0.99, share
        assert set(labels[0]) <= {7, *range(3000, 3010)}, labels[0]
        assert abs(distances[0]).max() < 1e-5, distances[0]

    index = hnswlib.Index(space="ip", dim=DIM)
    index.load_index("fvecs.bin.hnswlib")
    stored = numpy.array(index.get_items(range(0, ROWS, 59)))
    assert abs(stored - units(rows)[::59]).max() < 1e-6
    # What the ledger says is gone is not found there either.
    gone = {7, *range(3000, 3005), *range(0, ROWS, 10)}
    with open("fvecs.bin.ledger.tsv", "w", encoding="ascii") as ledger:
        ledger.write("row\tstate\tbytes\tmodified\txxh3_128\tname\treason\n")
        for row in range(ROWS):
            state = "gone" if row in gone else "row"
            ledger.write(f"{row}\t{state}\t-\t-\t-\t{row}\t\n")
    run("build-index", "-q", "--dim", str(DIM))
    run("build-index", "-q", "--dim", str(DIM), "--format", "hnswlib")
    labels, _ = theirs("ip")
    assert not gone & set(labels.flat)
    share = overlap(ours(), labels)
    print(f"without rows that are gone: overlap {share:.4f}")
    assert share >= 0.99, share
    # It can grow there.
    index.resize_index(ROWS + 1)
    index.add_items(units(made(1, 4)), [ROWS])
    assert index.knn_query(units(made(1, 4)), k=1)[0][0][0] == ROWS


main()
