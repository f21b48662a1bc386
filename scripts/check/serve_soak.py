"""serve under mixed load for a long time; see serve-soak.sh.

usage: serve_soak.py SECONDS RATE PHOTOS
"""
import array
import http.client
import itertools
import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ["IMSEARCH_SOURCE"], "tests", "cli",
                                "serve"))
from service import Folder, Service, make_index, run  # noqa: E402

CLIENTS = 8
PHOTO_DIM = 1280
PERIOD = 60  # seconds from one look, and one new index, to the next
MOST_IDLE = 50  # seconds: serve ends connections that are silent for longer
GROWTH = {"serve": 3, "networks": 6, "descriptors": 4, "threads": 0}


class World:
    """The indexes that are served, and what may be asked of them."""

    def __init__(self, folder, photos):
        self.folder = folder
        self.vectors, _ = make_index(folder, 20000)
        self.index = f"{folder}/fvecs.bin.hnsw.index"
        shutil.copy(self.index, f"{folder}/kept")
        os.mkdir(f"{folder}/p")
        os.mkdir(f"{folder}/p/photos")
        found = sorted(os.path.join(place, name)
                       for place, _, names in os.walk(photos)
                       for name in names if name.endswith(".jpg"))
        if len(found) < 10:
            raise SystemExit(f"{photos}: {len(found)} photos: 10 are needed")
        for number, path in enumerate(found[:400]):
            shutil.copy(path, f"{folder}/p/photos/{number}.jpg")
        self.extra = found[-1]
        run("update", "-q", "--weights", "demo", "photos", cwd=f"{folder}/p")
        with open(f"{folder}/p/fnames.txt") as names:
            self.names = names.read().splitlines()
        self.photo_vectors = array.array("f")
        with open(f"{folder}/p/fvecs.bin", "rb") as vectors:
            self.photo_vectors.frombytes(vectors.read())
        self.photos = []
        for name in self.names[:20]:
            with open(f"{folder}/p/{name}", "rb") as image:
                self.photos.append(image.read())

    def warm_up(self, service):
        """As many networks as there will be."""
        threads = [threading.Thread(target=service.ask, args=(
            "POST", "/p/similar", self.photos[0])) for _ in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def replace(self, turn):
        """Another index: of the vectors, or of the photos."""
        if turn % 2 == 0:
            shutil.copy(f"{self.folder}/kept", f"{self.folder}/new")
            os.rename(f"{self.folder}/new", self.index)
            return
        extra = f"{self.folder}/p/photos/extra.jpg"
        if os.path.exists(extra):
            os.remove(extra)
        else:
            shutil.copy(self.extra, extra)
        run("update", "-q", cwd=f"{self.folder}/p")

    def knn(self, chance):
        """A search, and the path of an index that it is for."""
        k = chance.choice((1, 10, 100))
        if chance.random() < .6:
            path, vector = "/v/_search", chance.choice(self.vectors)
        else:
            row = chance.randrange(len(self.names)) * PHOTO_DIM
            path = "/p/_search"
            vector = self.photo_vectors[row:row + PHOTO_DIM]
        return path, {"size": k, "_source": chance.random() < .1, "query": {
            "knn": {"fvec": {"vector": list(vector), "k": k}}}}

    def request(self, kind, chance):
        """Method, path, body, and the statuses that it may get."""
        if kind == "vector":
            path, search = self.knn(chance)
            return "POST", path, json.dumps(search), (200,)
        if kind == "vectors":
            lines = []
            for _ in range(5):
                path, search = self.knn(chance)
                lines += [{"index": path[1]}, search]
            return ("POST", "/_msearch",
                    "".join(json.dumps(line) + "\n" for line in lines), (200,))
        if kind == "filter":
            return "POST", "/v/_search", json.dumps({
                "size": 20, "query": {"prefix": {
                    "name": f"a/{chance.randrange(90)}"}}}), (200,)
        if kind == "row":
            return "GET", f"/v/similar?row={chance.randrange(20000)}", None, (200,)
        if kind == "name":
            return ("GET", f"/p/similar?k=30&name={chance.choice(self.names)}",
                    None, (200,))
        if kind == "photo":
            return ("POST", "/p/similar?k=20", chance.choice(self.photos), (200,))
        if kind == "thumbnail":
            return ("GET", f"/p/thumb/{chance.randrange(len(self.names))}", None,
                    (200,))
        if kind == "document":
            return "GET", f"/v/_doc/{chance.randrange(20000)}", None, (200,)
        if kind == "page":
            return ("GET", chance.choice(("/p/", "/p/page.js", "/p/page.css")),
                    None, (200,))
        if kind == "metrics":
            return "GET", "/metrics", None, (200,)
        return self.wrong(chance)

    def wrong(self, chance):
        photo = chance.choice(self.photos)
        return chance.choice((
            ("POST", "/v/_search", '{"query": {"knn": {"fvec": {}}}}', (400,)),
            ("POST", "/v/_search", "[" * 3000, (400,)),
            ("POST", "/v/_search", os.urandom(2000), (400,)),
            ("POST", "/p/similar", os.urandom(3000), (400,)),
            ("POST", "/p/similar", photo[:300], (400,)),
            ("GET", "/v/similar?row=99999", None, (404,)),
            ("GET", "/p/thumb/x", None, (404,)),
            ("GET", "/none/_search", None, (404,)),
            ("PUT", "/v/_doc/1", "{}", (405,)),
            ("GET", "/v/_search?size=x", None, (400,))))


SHARES = {"vector": 60, "vectors": 4, "filter": 3, "row": 6, "name": 3,
          "photo": 2, "thumbnail": 10, "document": 3, "page": 2, "metrics": 1,
          "wrong": 5, "lost": 1}


class Client(threading.Thread):
    """Asks at its share of the rate until `done`."""

    def __init__(self, world, service, rate, seed, done):
        super().__init__()
        self.world, self.service, self.done = world, service, done
        self.pause = CLIENTS / rate
        self.chance = random.Random(seed)
        self.times = {kind: array.array("f") for kind in SHARES}
        self.failed = []  # wrong answers
        self.broken = []  # none: when that was, and why
        self.kept, self.used = None, 0

    def run(self):
        due = time.monotonic()
        while not self.done.is_set():
            now = time.monotonic()
            if due > now:
                time.sleep(due - now)
            # What could not be asked in time is not made up for.
            due = max(due + self.pause, now)
            kind = self.chance.choices(list(SHARES), SHARES.values())[0]
            begin = time.monotonic()
            try:
                self.lose_one() if kind == "lost" else self.ask(kind)
            except (OSError, http.client.HTTPException) as error:
                self.broken.append((begin, time.monotonic(), kind, repr(error)))
                self.kept = None
            self.times[kind].append(time.monotonic() - begin)
        if self.kept:
            self.kept.close()

    def ask(self, kind):
        method, path, body, statuses = self.world.request(kind, self.chance)
        if self.kept and time.monotonic() - self.used > MOST_IDLE:
            self.kept.close()
            self.kept = None
        self.kept = self.kept or self.service.connection()
        status, headers, content = self.service.ask(method, path, body,
                                                    connection=self.kept)
        if headers.get("Connection") == "close":
            self.kept = None
        self.used = time.monotonic()
        if status not in statuses:
            self.failed.append((kind, path, status, content[:300]))
        elif kind == "vectors" and any(
                one["status"] != 200 for one in json.loads(content)["responses"]):
            self.failed.append((kind, content[:300]))

    def lose_one(self):
        """A connection that ends in the middle of a request or an answer."""
        path, search = self.world.knn(self.chance)
        body = json.dumps(search).encode()
        request = (b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d"
                   b"\r\n\r\n%s" % (path.encode(), len(body), body))
        with socket.create_connection(("127.0.0.1", self.service.port),
                                      timeout=60) as client:
            client.sendall(request[:self.chance.randint(1, len(request))])


def status_of(process, line):
    with open(f"/proc/{process}/status") as status:
        return int(re.search(rf"^{line}:\s+(\d+)", status.read(),
                             re.MULTILINE).group(1))


def children_of(process):
    found = []
    for task in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{task}/children") as children:
            found += children.read().split()
    return found


def look(process):
    """What serve holds now."""
    networks = 0
    for child in children_of(process):
        try:
            networks += status_of(child, "RssAnon")
        except (OSError, AttributeError):
            pass  # it ends just now
    return {"serve": status_of(process, "RssAnon") / 1024,
            "networks": networks / 1024,
            "descriptors": len(os.listdir(f"/proc/{process}/fd")),
            "threads": status_of(process, "Threads")}


def slope(times, values):
    """The median of all slopes between two: one step up or down is not one."""
    slopes = [(values[j] - values[i]) / (times[j] - times[i])
              for i, j in itertools.combinations(range(len(times)), 2)]
    return statistics.median(slopes) if slopes else 0


def growth(times, looks):
    """By name, how much each has grown in what was seen after the first quarter,
    and how many are too much."""
    first = len(times) // 4
    grown = {}
    for name in GROWTH:
        values = [one[name] for one in looks[first:]]
        grown[name] = slope(times[first:], values) * (times[-1] - times[first])
    return grown, [name for name in grown if grown[name] > GROWTH[name]]


class Pauses(threading.Thread):
    """Notes when this process was stopped, or got no CPU at all: what was asked
    then may have waited for longer than its client does."""

    LONG = 10  # seconds

    def __init__(self, done):
        super().__init__()
        self.done, self.all = done, []

    def run(self):
        last = time.monotonic()
        while not self.done.wait(1):
            now = time.monotonic()
            if now - last > self.LONG:
                self.all.append((last, now))
            last = now

    def met(self, begin, end):
        return any(begin < until and end > since for since, until in self.all)


class Said(threading.Thread):
    """Reads what serve says: which indexes it took, and which not."""

    def __init__(self, process):
        super().__init__()
        self.output, self.new, self.kept = process.stderr, 0, []

    def run(self):
        for line in self.output:
            if b" is new: " in line:
                self.new += 1
            elif b"is kept" in line:
                self.kept.append(line.decode())


def soak(world, service, seconds, rate):
    done = threading.Event()
    clients = [Client(world, service, rate, seed, done)
               for seed in range(CLIENTS)]
    said, pauses = Said(service.process), Pauses(done)
    for thread in [*clients, said, pauses]:
        thread.start()
    begin = time.monotonic()
    period = min(PERIOD, seconds / 12)
    times, looks, turns = [], [], 0
    print("seconds\trequests\tfailed\tnew\tserve_MB\tnetworks_MB\tdescriptors\t"
          "threads", flush=True)
    try:
        while time.monotonic() - begin < seconds:
            world.replace(turns)
            turns += 1
            time.sleep(period)
            times.append(time.monotonic() - begin)
            looks.append(look(service.process.pid))
            asked = sum(len(t) for c in clients for t in c.times.values())
            print("{:.0f}\t{}\t{}\t{}\t{serve:.1f}\t{networks:.1f}\t{descriptors}"
                  "\t{threads}".format(times[-1], asked,
                                       sum(len(c.failed) + len(c.broken)
                                           for c in clients),
                                       said.new, **looks[-1]), flush=True)
    finally:
        done.set()
        for client in [*clients, pauses]:
            client.join()
    status = service.process.poll()
    if status is None:
        service.process.terminate()
        status = service.process.wait()
    said.join()
    return clients, said, pauses, times, looks, turns, status


def main():
    seconds, rate = int(sys.argv[1]), int(sys.argv[2])
    with Folder() as folder:
        world = World(folder, sys.argv[3])
        service = Service(folder, "-i", "fvecs.bin.hnsw.index", "--name", "v",
                          "-i", "p/fvecs.bin.hnsw.index", "--name", "p",
                          "--root", "p")
        world.warm_up(service)
        clients, said, pauses, times, looks, turns, status = soak(
            world, service, seconds, rate)
    for kind in SHARES:
        all_times = sorted(t * 1000 for c in clients for t in c.times[kind])
        if all_times:
            print(f"{kind}: {len(all_times)}, median "
                  f"{all_times[len(all_times) // 2]:.1f} ms, p99 "
                  f"{all_times[len(all_times) * 99 // 100]:.1f} ms, longest "
                  f"{all_times[-1]:.0f} ms")
    grown, too_much = growth(times, looks)
    print("growth after the first quarter: " + ", ".join(
        f"{name} {by:+.2f}" for name, by in grown.items()))
    failed = [one for client in clients for one in client.failed]
    excused = 0
    for begin, end, *why in (one for c in clients for one in c.broken):
        if pauses.met(begin, end):
            excused += 1
        else:
            failed.append(tuple(why))
    if pauses.all:
        print(f"this process was stopped {len(pauses.all)} times, for "
              f"{sum(until - since for since, until in pauses.all):.0f} s in all; "
              f"{excused} requests got no answer then")
    wrong = [f"{len(failed)} requests, as {failed[:5]}"] if failed else []
    wrong += [f"{name} grew by {grown[name]:.2f}" for name in too_much]
    if said.new < turns or said.kept:
        wrong.append(f"{said.new} new indexes for {turns} that came: {said.kept}")
    if status != 0:
        wrong.append(f"serve ended with status {status}")
    if wrong:
        raise SystemExit("FAILED: " + "; ".join(wrong))
    print("nothing failed, nothing grew")


if __name__ == "__main__":
    main()
