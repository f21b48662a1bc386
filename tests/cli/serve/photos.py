"""Photos, thumbnails and the page's parts."""
import json
import os
import shutil
import tarfile
import unittest
import zipfile

from service import SOURCE, Folder, Service, run

IMAGES = os.path.join(SOURCE, "tests", "golden", "images")
STRANGE = "a \"b\" <script>'.jpg"


def form(name, content, boundary="xYz"):
    """What a browser sends."""
    head = (f"--{boundary}\r\nContent-Disposition: form-data; name=\"other\"\r\n"
            f"\r\nno file\r\n--{boundary}\r\nContent-Disposition: form-data; "
            f"name=\"image\"; filename=\"{name}\"\r\n"
            "Content-Type: image/jpeg\r\n\r\n").encode()
    return (head + content + f"\r\n--{boundary}--\r\n".encode(),
            {"Content-Type": f"multipart/form-data; boundary={boundary}"})


class Photos(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Folder()
        cls.folder = cls.place.__enter__()
        photos = os.path.join(cls.folder, "photos")
        os.mkdir(photos)
        found = sorted(n for n in os.listdir(IMAGES) if n.endswith(".jpg"))
        for name in found[:12]:
            shutil.copy(os.path.join(IMAGES, name), photos)
        cls.first = f"photos/{found[0]}"
        shutil.copy(os.path.join(IMAGES, found[1]), f"{photos}/{STRANGE}")
        shutil.copy(os.path.join(IMAGES, found[2]), f"{cls.folder}/out.jpg")
        os.symlink("../out.jpg", f"{photos}/beside.jpg")
        os.symlink("/etc/passwd", f"{photos}/passwd.jpg")
        run("extract", "-q", "--weights", "demo", "photos", cwd=cls.folder)
        # Names that no image had: what an index says need not be true. The
        # ledger knows better.
        os.remove(f"{cls.folder}/fvecs.bin.ledger.tsv")
        with open(f"{cls.folder}/fnames.txt") as names:
            cls.names = names.read().splitlines()
        cls.names[3:6] = ["photos/passwd.jpg", "../../etc/passwd",
                          "/etc/hostname"]
        with open(f"{cls.folder}/fnames.txt", "w") as names:
            names.write("".join(name + "\n" for name in cls.names))
        run("build-index", "-q", "fvecs.bin", cwd=cls.folder)
        cls.service = Service(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__()
        cls.place.__exit__()

    def content(self, name):
        with open(os.path.join(self.folder, name), "rb") as image:
            return image.read()

    def test_an_image_is_answered_as_query_does(self):
        for name in (self.first, f"photos/{STRANGE}"):
            said = json.loads(run("query", "--json", "-k", "4", name,
                                  cwd=self.folder))
            raw = self.service.json("POST", "/fvecs/similar?k=4",
                                    self.content(name))
            body, headers = form("cat.jpg", self.content(name))
            sent = self.service.json("POST", "/fvecs/similar?k=4", body,
                                     headers=headers)
            self.assertEqual(raw["neighbors"], said["neighbors"])
            self.assertEqual(sent["neighbors"], said["neighbors"])
            self.assertEqual(sent["query"], "cat.jpg")
            self.assertEqual(sent.keys(), said.keys())

    def test_rows_names_and_rules_are_those_of_query(self):
        for url, args in (
                ("row=2&k=5", ["--id", "2", "-k", "5"]),
                ("name=" + self.first, ["--like", self.first]),
                ("row=2&k=20&threshold=0.3",
                 ["--id", "2", "-k", "20", "--threshold", "0.3"]),
                ("row=0&exact=true", ["--id", "0", "--exact"]),
                ("row=0&only=*e*", ["--id", "0", "--only", "*e*"]),
                ("row=0&not=photos", ["--id", "0", "--not", "photos"]),
                ("row=1&k=12&distinct=0.8",
                 ["--id", "1", "-k", "12", "--distinct=0.8"])):
            with self.subTest(url):
                said = json.loads(run("query", "--json", *args,
                                      cwd=self.folder))
                self.assertEqual(
                    self.service.json("GET", "/fvecs/similar?" + url), said)

    def test_patterns_that_match_nothing_are_listed(self):
        reply = self.service.json("GET", "/fvecs/similar?row=0&not=zzz")
        self.assertEqual(reply.pop("unmatched"), ["zzz"])
        self.assertEqual(reply,
                         self.service.json("GET", "/fvecs/similar?row=0"))
        reply = self.service.json("GET",
                                  "/fvecs/similar?row=0&only=zzz&not=photos")
        self.assertEqual((reply["unmatched"], reply["neighbors"]),
                         (["zzz"], []))

    def test_what_is_wrong_is_said(self):
        good = self.content(self.first)
        body, headers = form("x", good)
        for body, headers, words in (
                (b"nonsense", {}, "not an image"), (b"", {}, "empty"),
                (good[:len(good) // 2], {}, ""),
                (body[:-40], headers, "ends before"),
                (body, {"Content-Type": "multipart/form-data"}, "boundary"),
                (b"P6 20000 6000 255\n" + b"x" * 99, {}, "pixels")):
            status = 413 if body.startswith(b"P6") else 400
            reply = self.service.json("POST", "/fvecs/similar", body, status,
                                      headers=headers)
            self.assertIn(words, reply["error"]["reason"])
        # Its length is not said beforehand, so that all of it comes.
        for size, status in ((33 << 20, 413), (1 << 20, 400)):
            def chunks(left=size):
                while left > 0:
                    yield b"x" * 65536
                    left -= 65536

            reply = self.service.json("POST", "/fvecs/similar", chunks(), status)
            self.assertIn("too large" if status == 413 else "not an image",
                          reply["error"]["reason"])
        reply = self.service.json("POST", "/fvecs/similar", good, 400,
                                  headers={"Content-Encoding": "gzip"})
        self.assertIn("Content-Encoding", reply["error"]["reason"])
        self.service.json("POST", "/fvecs/similar", good,
                          headers={"Content-Encoding": "identity"})
        for url, status in (("row=99", 404), ("name=none", 404), ("", 400),
                            ("row=1&name=x", 400), ("row=1&k=0", 400),
                            ("row=1&row=2", 400), ("row=1&k=2&k=5", 400),
                            ("row=1&ef=0", 400),
                            ("row=1&threshold=2", 400), ("row=1&only=", 400),
                            ("row=1&colour=red", 400)):
            with self.subTest(url):
                self.service.json("GET", "/fvecs/similar?" + url,
                                  status=status)
        # None of that took the network along.
        self.service.json("POST", "/fvecs/similar", good)

    def test_thumbnails_are_of_named_files_below_root_alone(self):
        status, headers, jpeg = self.service.ask("GET", "/fvecs/thumb/0")
        self.assertEqual((status, headers["Content-Type"], jpeg[:2]),
                         (200, "image/jpeg", b"\xff\xd8"))
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(self.service.ask("GET", "/fvecs/thumb/0")[2], jpeg)
        for row in ("3", "4", "5", "99", "-1", "x", "", "0/1"):
            self.assertEqual(
                self.service.ask("GET", "/fvecs/thumb/" + row)[0], 404, row)
        with Service(self.folder, "--root", "photos") as narrow:
            self.assertEqual(narrow.ask("GET", "/fvecs/thumb/0")[0], 404)
        with Service(self.folder, "--no-images") as service:
            self.assertEqual(service.ask("GET", "/fvecs/thumb/0")[0], 404)

    def test_thumbnails_of_images_in_archives(self):
        with Folder() as folder, Folder() as elsewhere:
            os.mkdir(f"{folder}/below")
            plain = f"{self.folder}/{self.names[1]}"
            for archive in (zipfile.ZipFile(f"{folder}/below/a.zip", "w"),
                            zipfile.ZipFile(f"{elsewhere}/out.zip", "w")):
                with archive:
                    archive.write(plain, "dir/one.jpg")
            with tarfile.open(f"{folder}/below/b.tar.gz", "w:gz") as archive:
                archive.add(plain, "two.jpg")
                archive.add(f"{self.folder}/out.jpg", "three.jpg")
            os.symlink(f"{elsewhere}/out.zip", f"{folder}/below/out.zip")
            run("extract", "-q", "--weights", "demo", "below/a.zip",
                "below/b.tar.gz", "below/out.zip", cwd=folder)
            with open(f"{folder}/fnames.txt") as names:
                rows = {name: row for row, name in
                        enumerate(names.read().splitlines())}
            run("build-index", "-q", cwd=folder)
            expected = self.service.ask("GET", "/fvecs/thumb/1")[2]
            with Service(folder) as service:
                def thumb(name):
                    return service.ask("GET", f"/fvecs/thumb/{rows[name]}")
                for name in ("below/a.zip/dir/one.jpg", "below/b.tar.gz/two.jpg"):
                    self.assertEqual(thumb(name)[::2], (200, expected), name)
                other = thumb("below/b.tar.gz/three.jpg")
                self.assertEqual(other[0], 200)
                self.assertNotEqual(other[2], expected)
                self.assertEqual(thumb("below/out.zip/dir/one.jpg")[0], 404)
            with Service(folder, "--root", "below") as service:
                self.assertEqual(
                    service.ask("GET", "/fvecs/thumb/0")[0], 404)
            run("extract", "-q", "--force", "--weights", "demo", "a.zip",
                "-o", "../fvecs.bin", "-n", "../fnames.txt", cwd=f"{folder}/below")
            run("build-index", "-q", cwd=folder)
            with Service(folder, "--root", "below") as service:
                self.assertEqual(
                    service.ask("GET", "/fvecs/thumb/0")[::2], (200, expected))

    def test_networks_of_two_indexes_stay(self):
        with Folder() as folder:
            for name, args in (("a", []), ("b", ["--precision", "int8"])):
                os.mkdir(f"{folder}/{name}")
                shutil.copytree(f"{self.folder}/photos", f"{folder}/{name}/p")
                run("extract", "-q", "--weights", "demo", *args, "p",
                    cwd=f"{folder}/{name}")
                run("build-index", "-q", cwd=f"{folder}/{name}")
            index = "fvecs.bin.hnsw.index"
            with Service(folder, "-i", f"a/{index}", "--name", "a", "-i",
                         f"b/{index}", "--name", "b", "--root", "a",
                         "--root", "b") as service:
                os.remove(f"{folder}/b/{self.names[0].replace('photos', 'p')}")
                self.assertEqual([service.ask("GET", f"/{name}/thumb/{row}")[0]
                                  for name in "ab" for row in range(2)],
                                 [200, 200, 404, 200])
                for name in "abababa":
                    service.json("POST", f"/{name}/similar",
                                 self.content(self.first))
                    if name == "b":
                        self.assertEqual(len(service.children()), 2)
                self.assertEqual(len(service.started), 2)

    def test_pictures_that_will_not_be_shown_are_named_at_the_start(self):
        with Service(self.folder, "--root", "photos") as service:
            said = service.read_line()
            self.assertIn(self.names[0], said)
            self.assertIn("--root", said)
        with Service(self.folder) as service:
            service.end()
            self.assertEqual(len(service.said), 1, service.said)

    def test_files_that_are_gone_are_said_to_be(self):
        with Folder() as folder:
            shutil.copytree(self.folder, f"{folder}/x")
            with Service(f"{folder}/x") as service:
                self.assertEqual(service.ask("GET", "/fvecs/thumb/1")[0], 200)
                os.remove(f"{folder}/x/{self.names[1]}")
                self.assertEqual(service.ask("GET", "/fvecs/thumb/1")[0], 404)
                # The vectors, too: answers go on, from codes.
                os.remove(f"{folder}/x/fvecs.bin")
                service.json("GET", "/fvecs/similar?row=0")

    def test_the_page_asks_nothing_elsewhere(self):
        status, headers, page = self.service.ask("GET", "/fvecs/")
        self.assertEqual(status, 200)
        policy = headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        for part in ("page.css", "page.js"):
            got, _, text = self.service.ask("GET", "/fvecs/" + part)
            self.assertEqual(got, 200)
            page += text
        self.assertNotIn(b"http", page.replace(b"http-equiv", b""))
        self.assertNotIn(b"innerHTML", page)
        reply = self.service.ask("GET", "/", headers={"Accept": "text/html"})
        self.assertEqual((reply[0], reply[1]["Location"]), (302, "fvecs/"))
        reply = self.service.ask("GET", "/fvecs", headers={"Accept": "text/html"})
        self.assertEqual((reply[0], reply[1]["Location"]), (302, "fvecs/"))
        self.assertIn("mappings", self.service.json("GET", "/fvecs")["fvecs"])


if __name__ == "__main__":
    unittest.main()
