"""Starts serve for a test, and asks it."""
import array
import http.client
import json
import os
import random
import re
import signal
import subprocess
import tempfile

BIN = os.environ["IMSEARCH_BIN"]
SOURCE = os.environ["IMSEARCH_SOURCE"]
DIM = 24


def tool(name):
    return os.path.join(BIN, name)


def run(*args, cwd, fails=False):
    """What a tool prints."""
    done = subprocess.run([tool(args[0]), *args[1:]], cwd=cwd, timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if (done.returncode != 0) != fails:
        raise AssertionError(f"{args}: {done.returncode}: {done.stderr}")
    text = done.stderr if fails else done.stdout
    return text.decode(errors="surrogateescape")


def make_vectors(rows, seed):
    chance = random.Random(seed)
    centres = [[chance.gauss(0, 1) for _ in range(DIM)] for _ in range(20)]
    return [array.array("f", [x + chance.gauss(0, .6)
                              for x in chance.choice(centres)])
            for _ in range(rows)]


def make_index(folder, rows=2000, seed=1, names=None):
    """fvecs.bin, fnames.txt and their index; gives vectors and names."""
    vectors = make_vectors(rows, seed)
    names = names or [f"{'ab'[i % 2]}/{i}.jpg" for i in range(rows)]
    with open(os.path.join(folder, "fvecs.bin"), "wb") as out:
        for row in vectors:
            row.tofile(out)
    with open(os.path.join(folder, "fnames.txt"), "wb") as out:
        out.write(b"".join(n.encode() if isinstance(n, str) else n
                           for n in (x + ("\n" if isinstance(x, str) else b"\n")
                                     for x in names)))
    run("build-index", "--dim", str(DIM), "-q", "fvecs.bin", cwd=folder)
    return vectors, names


class Folder:
    """A folder for one test, which goes with it."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        return self._folder.name

    def __exit__(self, *_):
        self._folder.cleanup()


class Service:
    """serve in `folder`, at a free port, with these arguments."""

    def __init__(self, folder, *args, listen="127.0.0.1:0", **options):
        if "--log" not in args:
            args = (*args, "--log", "none")
        self.process = subprocess.Popen(
            [tool("serve"), "--listen", listen, *args], cwd=folder,
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
        self.said = []
        self.started = set()
        self.port = None
        while self.port is None:
            line = self.read_line()
            if not line:
                raise AssertionError(f"serve ended: {self.said}")
            match = re.search(r"http://[^/]*:(\d+)/", line)
            if match:
                self.port = int(match.group(1))
            elif "unix:" in line:
                self.port = 0

    def read_line(self):
        line = self.process.stderr.readline().decode()
        self.said.append(line)
        return line

    def read_until(self, text):
        while True:
            line = self.read_line()
            if not line:
                raise AssertionError(f"no {text!r} in {self.said}")
            if text in line:
                return line

    def children(self):
        """Processes that it runs; `started` keeps all that were ever seen."""
        found = []
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            with open(f"/proc/{self.process.pid}/task/{task}/children") as now:
                found += map(int, now.read().split())
        self.started.update(found)
        return found

    def url(self, index="fvecs"):
        return f"http://127.0.0.1:{self.port}/{index}"

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method, path, body=None, headers=None, connection=None):
        """Status, headers and the body's bytes."""
        own = connection or self.connection()
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers = {"Content-Type": "application/json", **(headers or {})}
        try:
            own.request(method, path, body, headers or {})
            reply = own.getresponse()
            return reply.status, reply.headers, reply.read()
        finally:
            if connection is None:
                own.close()

    def json(self, method, path, body=None, status=200, **options):
        got, _, content = self.ask(method, path, body, **options)
        if got != status:
            raise AssertionError(f"{method} {path}: {got}: {content}")
        return json.loads(content)

    def end(self, number=signal.SIGTERM):
        """Its exit status."""
        self.process.send_signal(number)
        self.said += self.process.stderr.read().decode().splitlines()
        return self.process.wait(timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()
