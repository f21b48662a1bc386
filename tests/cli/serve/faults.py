"""Clients that do everything wrong. More of each with SERVE_BAD_REQUESTS and
SERVE_CONNECTIONS, as scripts/check/serve.sh sets them."""
import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import threading
import time
import unittest

from service import (DIM, SOURCE, Folder, Service, make_index, run,
                     tool)

BAD_REQUESTS = int(os.environ.get("SERVE_BAD_REQUESTS", 1000))
CONNECTIONS = int(os.environ.get("SERVE_CONNECTIONS", 300))

GOOD = (b"POST /fvecs/_search HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s")
PATHS = [b"/", b"/fvecs/_search", b"/fvecs/_msearch", b"/fvecs/similar",
         b"/fvecs/thumb/1", b"/fvecs/_mget", b"/_cat/indices", b"/metrics",
         b"/fvecs/", b"/fvecs/_doc/1", b"/fvecs/_count"]


def good_body(chance):
    return json.dumps({"size": 3, "query": {"knn": {"fvec": {
        "vector": [chance.gauss(0, 1) for _ in range(DIM)], "k": 3}}}}).encode()


def spoil(text, chance):
    """A few bytes changed, dropped or doubled."""
    text = bytearray(text)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(text) + 1)
        what = chance.randrange(4)
        if what == 0:
            text[at:at] = bytes([chance.randrange(256)])
        elif what == 1:
            del text[at:at + chance.randint(1, 20)]
        elif what == 2:
            text[at:at + 1] = chance.choice([b"\0", b"\r\n", b"{", b"[" * 40,
                                             b"9" * 30, b"%", b"\xff", b'"'])
        else:
            text[at:at] = text[at:at + chance.randint(1, 30)]
    return bytes(text)


def bad_request(chance):
    kind = chance.randrange(5)
    body = good_body(chance)
    if kind == 0:
        return bytes(chance.randrange(256) for _ in range(chance.randint(1, 200)))
    if kind == 1:
        return spoil(GOOD % (len(body), body), chance)
    if kind == 2:
        body = spoil(body, chance)
        return GOOD % (len(body), body)
    if kind == 3:
        body = spoil(b'--x\r\nContent-Disposition: form-data; filename="a"\r\n'
                     b"\r\nP6 2 2 255\n123456789012\r\n--x--\r\n", chance)
        return (b"POST /fvecs/similar HTTP/1.1\r\nHost: localhost\r\nContent-"
                b"Type: multipart/form-data; boundary=x\r\nContent-Length: "
                b"%d\r\n\r\n%s" % (len(body), body))
    path = spoil(chance.choice(PATHS) + b"?size=1&k=2&name=x", chance)
    return b"%s %s HTTP/1.%d\r\nHost: localhost\r\n\r\n" % (
        chance.choice([b"GET", b"POST", b"PUT", b"HEAD", b"BREW"]), path,
        chance.randrange(2))


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Folder()
        cls.folder = cls.place.__enter__()
        cls.vectors, _ = make_index(cls.folder, 500)
        cls.service = Service(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__()
        cls.place.__exit__()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.service.port),
                                        timeout=60)

    def assert_alive(self):
        """The very process that was started answers."""
        self.assertIsNone(self.service.process.poll())
        self.assertEqual(self.service.json("GET", "/fvecs/_count")["count"], 500)

    def test_bad_requests(self):
        chance = random.Random(7)
        for _ in range(BAD_REQUESTS):
            request = bad_request(chance)
            with self.connect() as client:
                # One that is not whole waits for its rest, or is let go.
                client.settimeout(0.05)
                try:
                    client.sendall(request)
                    answer = client.recv(65536)
                except (ConnectionError, TimeoutError):
                    continue
                if answer:
                    self.assertTrue(answer.startswith(b"HTTP/1."), request)
                    status = int(answer[9:12])
                    self.assertIn(status, (100, 200, 204, 302, 400, 403, 404,
                                           405, 411, 413, 414, 431, 500, 501,
                                           505), (request, answer))
                    # No network made this index: that alone is our own fault.
                    if status == 500:
                        self.assertIn(b"model", answer, request)
        self.assert_alive()

    def test_half_closed_and_lost_connections(self):
        body = json.dumps({"query": {"knn": {"fvec": {
            "vector": list(self.vectors[0]), "k": 3}}}}).encode()
        with self.connect() as client:
            client.sendall(GOOD % (len(body), body))
            client.shutdown(socket.SHUT_WR)
            self.assertIn(b"200 OK", client.recv(65536))
        big = b"GET /fvecs/_search?size=10000 HTTP/1.1\r\nHost: x\r\n\r\n"
        for _ in range(50):
            with self.connect() as client:
                client.sendall(big.replace(b"x", b"localhost"))
            with self.connect() as client:
                client.sendall((GOOD % (len(body), body))[:-10])
        self.assert_alive()

    def test_many_connections_at_once(self):
        clients = [self.connect() for _ in range(CONNECTIONS)]
        for client in clients[::2]:  # these never send the rest
            client.sendall(b"POST /fvecs/_search HTTP/1.1\r\nHost: local")
        self.assert_alive()
        request = b"GET /fvecs/_count HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for client in clients[1::2]:
            client.sendall(request)
        for client in clients[1::2]:
            self.assertIn(b"200 OK", client.recv(65536))
        for client in clients:
            client.close()

    def test_clients_that_go_leave_no_connection(self):
        def descriptors():
            return len(os.listdir(f"/proc/{self.service.process.pid}/fd"))

        before = descriptors()
        body = good_body(random.Random(1))
        request = GOOD % (len(body), body)
        # What silent clients may take is longer than this.
        end = time.monotonic() + 60
        for size in (1, 30, len(request) - 5):
            for _ in range(20):
                with self.connect() as client:
                    client.sendall(request[:size])
        while descriptors() > before:
            self.assertLess(time.monotonic(), end)
            time.sleep(.1)

    def test_headers_and_bodies_have_bounds(self):
        for request, statuses in (
                (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 10 ** 6,
                 (431, 400, 0)),
                (b"GET /" + b"x" * 10 ** 6, (414, 400, 0)),
                (b"POST /fvecs/_search HTTP/1.1\r\nHost: localhost\r\n"
                 b"Content-Length: 99999999999999999999\r\n\r\n", (400, 413)),
                (b"POST /fvecs/_search HTTP/1.1\r\nHost: localhost\r\n"
                 b"Content-Length: 99999999\r\n\r\n", (413,))):
            with self.connect() as client:
                try:
                    client.sendall(request)
                    answer = client.recv(65536)
                except ConnectionError:
                    answer = b""
                self.assertIn(int(answer[9:12] or 0), statuses, request[:60])
        self.assert_alive()

    def test_memory_that_lacks_is_said_to(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_DATA, (180 << 20, 180 << 20))

        body = b"[" + b"1," * (7 << 20) + b"1]"
        with Service(self.folder, preexec_fn=limit) as service:
            statuses = []

            def ask():
                try:
                    statuses.append(service.ask("POST", "/fvecs/_search",
                                                body)[0])
                except OSError:  # not even for an answer
                    statuses.append(0)

            threads = [threading.Thread(target=ask) for _ in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertTrue(set(statuses) <= {0, 400, 503}, statuses)
            self.assertIsNone(service.process.poll())
            self.assertEqual(service.json("GET", "/fvecs/_count")["count"], 500)

    def connected(self, process, place):
        """Once it listens: nobody says so here, and the socket's file is
        there a moment earlier."""
        while True:
            client = socket.socket(socket.AF_UNIX)
            try:
                client.connect(place)
                return client
            except (FileNotFoundError, ConnectionRefusedError):
                client.close()
                self.assertIsNone(process.poll())

    def test_a_log_that_cannot_be_written_stops_nothing(self):
        with Folder() as run_folder, open("/dev/full", "wb") as full:
            place = f"{run_folder}/s"
            process = subprocess.Popen(
                [tool("serve"), "--listen", f"unix:{place}"],
                cwd=self.folder, stderr=full)
            try:
                for _ in range(3):
                    with self.connected(process, place) as client:
                        client.sendall(b"GET /healthz HTTP/1.1\r\n"
                                       b"Host: localhost\r\n\r\n")
                        self.assertIn(b"200 OK", client.recv(1000))
            finally:
                process.terminate()
                self.assertEqual(process.wait(timeout=60), 0)

    def test_connections_beyond_the_bound_wait(self):
        with Service(self.folder, "--connections", "2") as service:
            kept = [service.connection() for _ in range(2)]
            for one in kept:
                service.ask("GET", "/healthz", connection=one)
            answers = []
            third = threading.Thread(target=lambda: answers.append(
                service.ask("GET", "/healthz")[0]))
            third.start()
            service.ask("GET", "/healthz", connection=kept[0])
            self.assertEqual(answers, [])
            kept[1].close()
            third.join()
            self.assertEqual(answers, [200])
            kept[0].close()


class Networks(unittest.TestCase):
    """Photos, and what becomes of the program that looks at them."""

    @classmethod
    def setUpClass(cls):
        cls.place = Folder()
        cls.folder = cls.place.__enter__()
        photos = os.path.join(SOURCE, "tests", "golden", "images")
        with open(f"{photos}/plain_a.jpg", "rb") as image:
            cls.photo = image.read()
        os.mkdir(f"{cls.folder}/p")
        for name in "abc":
            shutil.copy(f"{photos}/plain_{name}.jpg", f"{cls.folder}/p")
        run("extract", "-q", "--weights", "demo", "p", cwd=cls.folder)
        run("build-index", "-q", cwd=cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.place.__exit__()

    def setUp(self):
        self.service = Service(self.folder, "--line", "1", "-j", "1")
        self.addCleanup(self.service.__exit__)
        self.statuses = []
        self.ask()
        self.network, = self.service.children()

    def ask(self):
        self.statuses.append(
            self.service.ask("POST", "/fvecs/similar", self.photo)[0])

    def asking(self, wanted):
        """A thread that asks, once so many are worked on, and wait."""
        thread = threading.Thread(target=self.ask)
        thread.start()
        while self.counts() != wanted:
            time.sleep(.01)
        return thread

    def counts(self):
        text = self.service.ask("GET", "/metrics")[2].decode()
        return [float(re.search(rf"^imsearch_{name} (.*)$", text,
                                re.MULTILINE).group(1))
                for name in ("queue_working", "queue")]

    def test_one_that_was_killed_is_started_anew(self):
        os.kill(self.network, signal.SIGKILL)
        self.ask()
        self.assertEqual(self.statuses, [200, 200])
        self.assertNotIn(self.network, self.service.children())

    def test_the_end_waits_for_what_is_running(self):
        os.kill(self.network, signal.SIGSTOP)
        thread = self.asking([1, 0])
        self.service.process.send_signal(signal.SIGTERM)
        while True:  # until it takes no connection any more
            try:
                self.service.ask("GET", "/healthz")
            except OSError:
                break
        os.kill(self.network, signal.SIGCONT)
        thread.join()
        self.assertEqual(self.statuses, [200, 200])
        self.assertEqual(self.service.process.wait(timeout=60), 0)

    def test_a_full_line_says_so(self):
        service, statuses = self.service, self.statuses
        os.kill(self.network, signal.SIGSTOP)
        threads = [self.asking(wanted) for wanted in ([1, 0], [1, 1])]
        status, headers, content = service.ask("POST", "/fvecs/similar",
                                               self.photo)
        self.assertEqual((status, headers["Retry-After"]), (503, "1"))
        self.assertIn(b"wait already", content)
        # What is quick is answered all the same.
        service.json("GET", "/fvecs/_count")
        os.kill(self.network, signal.SIGCONT)
        for thread in threads:
            thread.join()
        self.assertEqual(statuses, [200, 200, 200])


if __name__ == "__main__":
    unittest.main()
