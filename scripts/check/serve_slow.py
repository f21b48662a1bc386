"""Clients that are slow on purpose, against serve: each sends or takes a few bytes
every second, so that no wait for a byte is ever long. Other clients must be
answered as always meanwhile, and the slow ones be cut off after the seconds that
imsearch-serve(1) gives; and a network that is stopped, with a photo, is given up
after 30. Takes some two minutes. See serve.sh."""
import json
import os
import shutil
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.environ["IMSEARCH_SOURCE"], "tests", "cli",
                                "serve"))
from service import SOURCE, Folder, Service, make_index, run  # noqa: E402

EACH = 30
# By kind: seconds that they may have.
LIMITS = {"headers": 75, "body": 30, "answer": 60}


class SlowClient:
    def __init__(self, kind, port, vectors):
        self.kind = kind
        self.lived = None
        self.start = time.monotonic()
        self.socket = socket.socket()
        if kind == "answer":  # before the connection: little fits on the way
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", port))
        if kind == "headers":
            first, self.rest = b"GET / HTTP/1.1\r\n", b"X-Slow: " + b"x" * 500
        elif kind == "body":
            first = (b"POST /fvecs/_search HTTP/1.1\r\nHost: localhost\r\n"
                     b"Content-Type: application/json\r\n"
                     b"Content-Length: 5000\r\n\r\n")
            self.rest = b"[" * 500
        else:
            # Some 6 MB, more than the system takes off the program's hands.
            question = json.dumps({"size": 10000, "_source": True, "query": {
                "knn": {"fvec": {"vector": list(vectors[0]),
                                 "k": 10000}}}}).encode()
            first = (b"POST /fvecs/_search HTTP/1.1\r\nHost: localhost\r\n"
                     b"Content-Type: application/json\r\nContent-Length: "
                     b"%d\r\n\r\n%s" % (len(question), question))
            self.rest = b""
        self.socket.sendall(first)
        self.socket.setblocking(False)

    def go_on(self):
        """A byte further; notes the end."""
        if self.lived is not None or self.kind == "answer" and self.is_cut_off():
            return
        try:
            if self.kind == "answer":
                self.socket.recv(10)
                return
            self.socket.send(self.rest[:1])
            self.rest = self.rest[1:]
            ended = self.is_closed()
        except BlockingIOError:
            return
        except OSError:
            ended = True
        if ended:
            self.end()

    def end(self):
        self.lived = time.monotonic() - self.start
        self.socket.close()

    def is_cut_off(self):
        """What was on the way still comes long after the other side has ended;
        the system's list of connections tells when that was (state 1: open)."""
        here = f":{self.socket.getsockname()[1]:04X}"
        with open("/proc/net/tcp") as connections:
            for line in connections:
                _, _, to, state, *_ = line.split()
                if to.endswith(here) and state == "01":
                    return False
        self.end()
        return True

    def is_closed(self):
        try:
            return not self.socket.recv(4096)
        except BlockingIOError:
            return False


def stopped_network():
    with Folder() as folder:
        os.mkdir(f"{folder}/p")
        for name in ("plain_a.jpg", "plain_b.jpg"):
            shutil.copy(os.path.join(SOURCE, "tests", "golden", "images", name),
                        f"{folder}/p")
        run("extract", "-q", "--weights", "demo", "p", cwd=folder)
        run("build-index", "-q", cwd=folder)
        with open(f"{folder}/p/plain_a.jpg", "rb") as image:
            photo = image.read()
        with Service(folder) as service:
            service.json("POST", "/fvecs/similar", photo)
            network, = service.children()
            os.kill(network, signal.SIGSTOP)
            begin = time.monotonic()
            reply = service.json("POST", "/fvecs/similar", photo, 500)
            lived = time.monotonic() - begin
            print(f"a photo whose network is stopped: {lived:.0f} s: "
                  f"{reply['error']['reason']}")
            if "too long" not in str(reply) or not 28 < lived < 40:
                raise SystemExit("FAILED: a stopped network")
            service.json("POST", "/fvecs/similar", photo)


def main():
    stopped_network()
    with Folder() as folder:
        vectors, _ = make_index(folder, 20000)
        with Service(folder) as service:
            started = len(os.listdir(f"/proc/{service.process.pid}/fd"))
            slow = [SlowClient(kind, service.port, vectors)
                    for kind in LIMITS for _ in range(EACH)]
            worst = 0
            while any(client.lived is None for client in slow):
                began = time.monotonic()
                service.json("POST", "/fvecs/_search", {
                    "size": 3, "query": {"knn": {"fvec": {
                        "vector": list(vectors[7]), "k": 3}}}})
                worst = max(worst, time.monotonic() - began)
                for client in slow:
                    client.go_on()
                if time.monotonic() - slow[0].start > 100:
                    break
                time.sleep(max(0, 1 - (time.monotonic() - began)))
            for kind, limit in LIMITS.items():
                lived = [client.lived for client in slow if client.kind == kind]
                if None in lived:
                    raise SystemExit(f"FAILED: slow {kind}: not cut off")
                print(f"slow {kind}: cut off after {min(lived):.0f} to "
                      f"{max(lived):.0f} s; the limit is {limit}")
                # What waits in the kernel's buffers delays when we see it.
                if min(lived) < limit - 2 or max(lived) > limit + 10:
                    raise SystemExit(f"FAILED: slow {kind}")
            time.sleep(2)
            left = len(os.listdir(f"/proc/{service.process.pid}/fd"))
            print(f"other clients' longest answer: {worst * 1000:.0f} ms; "
                  f"descriptors: {started} before, {left} after")
            if left > started + 1:
                raise SystemExit("FAILED: connections stay open")


if __name__ == "__main__":
    main()
