"""Start and end, who may ask, new indexes, logs and counts."""
import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import unittest

from service import Folder, Service, make_index, tool

TOKEN = "correct-horse-battery"


class Life(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Folder()
        cls.folder = cls.place.__enter__()
        cls.vectors, _ = make_index(cls.folder, 500)

    @classmethod
    def tearDownClass(cls):
        cls.place.__exit__()

    def serve(self, *args, **options):
        return Service(self.folder, *args, **options)

    def refused(self, *args):
        """What serve says when it does not start."""
        done = subprocess.run([tool("serve"), *args], cwd=self.folder,
                              stderr=subprocess.PIPE, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr.decode()

    def test_sigterm_ends_in_good_order(self):
        for number, status in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
            with self.serve() as service:
                kept = service.connection()
                service.ask("GET", "/", connection=kept)
                self.assertEqual(service.end(number), status)
                kept.close()

    def test_it_starts_again_after_a_kill(self):
        with Folder() as run_folder:
            place = f"unix:{run_folder}/s"
            for _ in range(2):
                with self.serve(listen=place) as service:
                    with socket.socket(socket.AF_UNIX) as client:
                        client.connect(f"{run_folder}/s")
                        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
                                       b"Connection: close\r\n\r\n")
                        self.assertIn(b"200 OK", client.recv(1000))
                    self.assertIn("another service", self.refused(
                        "--listen", place))
                    service.process.kill()
            with self.serve(listen=place) as service:
                self.assertEqual(service.end(), 0)
            self.assertFalse(os.path.exists(f"{run_folder}/s"))

    def test_systemd_passes_a_socket_and_is_told(self):
        with socket.socket() as listening, Folder() as folder, \
                socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            told.bind(f"{folder}/notify")
            told.settimeout(60)

            with self.passed(listening, f"{folder}/notify") as service:
                self.assertEqual(service.port, listening.getsockname()[1])
                self.assertEqual(told.recv(100), b"READY=1")
                service.json("GET", "/")
                self.assertEqual(service.end(), 0)
                self.assertEqual(told.recv(100), b"STOPPING=1")

    def passed(self, listening, notify):
        """serve, started as systemd does: exec keeps the process's number."""
        wrapper = ("import os,sys; os.dup2(int(sys.argv[1]), 3); "
                   "os.environ.update(LISTEN_FDS='1', "
                   "LISTEN_PID=str(os.getpid()), NOTIFY_SOCKET=sys.argv[2]); "
                   "os.execv(sys.argv[3], sys.argv[3:])")
        service = Service.__new__(Service)
        service.process = subprocess.Popen(
            ["python3", "-c", wrapper, str(listening.fileno()), notify,
             tool("serve")], cwd=self.folder, stderr=subprocess.PIPE,
            pass_fds=(listening.fileno(),))
        service.said, service.started = [], set()
        line = service.read_line()
        service.port = int(re.search(r"http://[^/]*:(\d+)/", line).group(1))
        return service

    def test_other_machines_need_a_token(self):
        self.assertIn("--token-file", self.refused("--listen", "0.0.0.0:0"))
        with open(f"{self.folder}/token", "w") as out:
            out.write(TOKEN + "\n")
        with open(f"{self.folder}/short", "w") as out:
            out.write("abc\n")
        self.assertIn("16", self.refused("--token-file", "short"))
        basic = base64.b64encode(f"me:{TOKEN}".encode()).decode()
        with self.serve("--token-file", "token",
                        listen="0.0.0.0:0") as service:
            for given, status in ((None, 401), ("Bearer x", 401),
                                  (f"Bearer {TOKEN}x", 401),
                                  (f"Bearer {TOKEN[:-1]}", 401),
                                  (f"Bearer {TOKEN}", 200),
                                  (f"ApiKey {TOKEN}", 200),
                                  (f"Basic {basic}", 200), ("Basic x", 401)):
                headers = {"Authorization": given} if given else {}
                self.assertEqual(
                    service.ask("GET", "/fvecs", headers=headers)[0], status,
                    given)
            self.assertEqual(service.ask("GET", "/healthz")[0], 200)

    def test_other_sites_may_not_ask(self):
        with self.serve("--allow-host", "Photos.Home", "--allow-origin",
                        "https://A.example") as service:
            for host, status in (("localhost:9", 200), ("127.0.0.1", 200),
                                 ("[::1]:80", 200), ("PHOTOS.home", 200),
                                 ("evil.example", 403),
                                 ("127.0.0.1.evil.example", 403)):
                self.assertEqual(service.ask(
                    "GET", "/", headers={"Host": host})[0], status, host)
            for origin, status in (("https://a.example", 200),
                                   ("http://a.example", 403), ("null", 403),
                                   (f"http://127.0.0.1:{service.port}", 200)):
                got, headers, _ = service.ask("GET", "/",
                                              headers={"Origin": origin})
                self.assertEqual(got, status, origin)
            got, headers, _ = service.ask(
                "OPTIONS", "/fvecs/_search",
                headers={"Origin": "https://a.example"})
            self.assertEqual((got, headers["Access-Control-Allow-Origin"]),
                             (204, "https://a.example"))
            # Lengths that a proxy could read in another way.
            with socket.create_connection(("127.0.0.1",
                                           service.port)) as client:
                client.sendall(b"POST /fvecs/_search HTTP/1.1\r\nHost: "
                               b"localhost\r\nContent-Length: 2\r\n"
                               b"Content-Length: 3\r\n\r\n{}")
                self.assertIn(b" 400 ", client.recv(100))

    def test_a_new_index_loses_no_query(self):
        with Folder() as folder:
            make_index(folder, 300, seed=1)
            old = f"{folder}/fvecs.bin.hnsw.index"
            shutil.copy(old, f"{folder}/a")
            with Folder() as other:
                make_index(other, 400, seed=2)
                shutil.copy(f"{other}/fvecs.bin.hnsw.index", f"{folder}/b")
            with Service(folder) as service:
                done = threading.Event()
                failed = []
                body = json.dumps({"query": {"knn": {"fvec": {
                    "vector": list(self.vectors[0]), "k": 3}}}})

                def ask():
                    kept = service.connection()
                    while not done.is_set():
                        status, _, content = service.ask(
                            "POST", "/fvecs/_search", body, connection=kept)
                        if status != 200:
                            failed.append(content)
                            break
                    kept.close()

                threads = [threading.Thread(target=ask) for _ in range(3)]
                for thread in threads:
                    thread.start()
                for turn in range(10):
                    shutil.copy(f"{folder}/{'ba'[turn % 2]}", f"{folder}/new")
                    os.rename(f"{folder}/new", old)
                    said = service.read_until("is new")
                    self.assertIn("400" if turn % 2 == 0 else "300", said)
                with open(f"{folder}/new", "wb") as out:
                    with open(old, "rb") as good:
                        content = bytearray(good.read())
                    content[len(content) // 2] ^= 1
                    out.write(content)
                os.rename(f"{folder}/new", old)
                self.assertIn("is kept", service.read_until("is kept"))
                service.process.send_signal(signal.SIGHUP)
                service.read_until("is kept")
                done.set()
                for thread in threads:
                    thread.join()
                self.assertEqual(failed, [])
                self.assertEqual(service.json("GET", "/fvecs/_count")["count"],
                                 300)

    def test_changes_beside_an_index_are_taken(self):
        with Folder() as folder:
            make_index(folder, 9000)
            index = f"{folder}/fvecs.bin.hnsw.index"
            before = os.stat(index)
            with Service(folder) as service:
                for gone, left in (("a/0.jpg", 8999), ("b/1.jpg", 8998)):
                    with open(f"{folder}/gone", "w") as out:
                        out.write(gone + "\n")
                    subprocess.run([tool("build-index"), "-q", "--delete",
                                    "gone"], cwd=folder, check=True)
                    self.assertIn(f"{left:,} rows",
                                  service.read_until("is new"))
                    self.assertEqual(
                        service.json("GET", "/fvecs/_count")["count"], left)
                with open(f"{index}.changes", "rb") as good:
                    content = bytearray(good.read())
                content[-1] ^= 1
                with open(f"{folder}/new", "wb") as out:
                    out.write(content)
                os.rename(f"{folder}/new", f"{index}.changes")
                self.assertIn("changes: damaged", service.read_until("is kept"))
                self.assertEqual(service.json("GET", "/fvecs/_count")["count"],
                                 8998)
            after = os.stat(index)
            self.assertEqual((before.st_ino, before.st_mtime_ns),
                             (after.st_ino, after.st_mtime_ns))

    def test_logs_and_counts(self):
        with self.serve("--log", "json") as service:
            service.ask("GET", "/fvecs/_count?pretty=%0a%7f")
            line = json.loads(service.read_until('"GET"'))
            self.assertEqual(line["status"], 200)
            service.json("POST", "/fvecs/_search", {"size": 1})
            text = service.ask("GET", "/metrics")[2].decode()
        self.assertRegex(text, r'requests_total\{route="search",status="2xx"\}'
                         r' [1-9]')
        self.assertIn('imsearch_index_rows{index="fvecs"} 500', text)
        for line in text.splitlines():
            self.assertRegex(
                line, r'^(# (HELP|TYPE) .*|[a-z_]+(\{[^}]*\})? [0-9.e+-]+)$')

    def test_nobody_waits_for_the_reader_of_the_log(self):
        with self.serve("--log", "text") as service:
            kept = service.connection()
            for _ in range(3000):
                service.ask("GET", "/healthz?" + "x" * 200, connection=kept)
            kept.close()
            self.assertEqual(service.json("GET", "/fvecs/_count")["count"], 500)

    def test_wrong_command_lines(self):
        for args, words in ((["--name", "A"], "a-z"),
                            (["--name", "a", "--name", "b"], "one for each"),
                            (["-i", "x", "-i", "x"], "two indexes"),
                            (["--field", "name"], "field"),
                            (["-i", "none.index"], "no such file"),
                            (["--listen", "1.2.3.4.5:x"], "--listen"),
                            (["--listen", "127.0.0.1:99999"], "65535"),
                            (["--allow-host", "a:80"], "--allow-host"),
                            (["--allow-host", ""], "--allow-host"),
                            (["--allow-origin", "https://a/"], "without"),
                            (["--allow-origin", "a.example"], "https://"),
                            (["--root", "fnames.txt"], "no such folder"),
                            (["--root", ".", "--root", "."], "one for each"),
                            (["--model", "none.pt"], "none.pt"),
                            (["--weights", "kerras"], "kerras"),
                            (["--listen", "unix:fnames.txt"], "no socket")):
            with self.subTest(args):
                self.assertIn(words, self.refused(*args))


if __name__ == "__main__":
    unittest.main()
