"""Mixed load on serve for so many seconds, while its index is replaced 100
times: not one failed query; then memory and counts. See serve.sh."""
import json
import os
import re
import shutil
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ["IMSEARCH_SOURCE"], "tests", "cli",
                                "serve"))
from service import SOURCE, Folder, Service, make_index, run  # noqa: E402

PHOTOS = os.path.join(SOURCE, "tests", "golden", "images")


def memory_of(process):
    with open(f"/proc/{process}/status") as status:
        return int(re.search(r"RssAnon:\s+(\d+)", status.read()).group(1)) / 1024


def main():
    seconds = int(sys.argv[1])
    with Folder() as folder:
        vectors, _ = make_index(folder, 20000)
        shutil.copy(f"{folder}/fvecs.bin.hnsw.index", f"{folder}/a")
        os.mkdir(f"{folder}/p")
        os.mkdir(f"{folder}/p/photos")
        for name in sorted(os.listdir(PHOTOS))[:40]:
            if name.endswith(".jpg"):
                shutil.copy(os.path.join(PHOTOS, name), f"{folder}/p/photos")
        run("extract", "-q", "--weights", "demo", "photos", cwd=f"{folder}/p")
        run("build-index", "-q", cwd=f"{folder}/p")
        with open(f"{folder}/p/fnames.txt") as names:
            names = names.read().splitlines()
        with open(f"{folder}/p/{names[0]}", "rb") as image:
            photo = image.read()
        service = Service(folder, "-i", "fvecs.bin.hnsw.index", "--name", "v",
                          "-i", "p/fvecs.bin.hnsw.index", "--name", "p",
                          "--root", "p")
        done = threading.Event()
        counts, failed = {}, []

        def ask(kind, method, path, body_of):
            kept, turn = service.connection(), 0
            while not done.is_set():
                turn += 1
                status, _, content = service.ask(
                    method, path(turn), body_of(turn), connection=kept)
                counts[kind] = counts.get(kind, 0) + 1
                if status != 200:
                    failed.append((kind, status, content[:300]))
                    return

        def knn(turn, k=10):
            return json.dumps({"size": k, "_source": turn % 10 == 0, "query": {
                "knn": {"fvec": {"vector": list(vectors[turn % 20000]),
                                 "k": k}}}})

        kinds = [
            ("knn", "POST", lambda t: "/v/_search", knn),
            ("knn", "POST", lambda t: "/v/_search", knn),
            ("filter", "POST", lambda t: "/v/_search", lambda t: json.dumps({
                "size": 20, "query": {"prefix": {"name": f"a/{t % 90}"}}})),
            ("row", "GET", lambda t: f"/v/similar?row={t % 20000}",
             lambda t: None),
            ("photo", "POST", lambda t: "/p/similar?k=5", lambda t: photo),
            ("thumbnail", "GET", lambda t: f"/p/thumb/{t % len(names)}",
             lambda t: None),
            ("page", "GET", lambda t: "/p/", lambda t: None),
            ("metrics", "GET", lambda t: "/metrics", lambda t: None)]
        threads = [threading.Thread(target=ask, args=kind) for kind in kinds]
        for thread in threads:
            thread.start()
        reader = threading.Thread(target=service.process.stderr.read)
        reader.start()
        begin, samples = time.time(), []
        for turn in range(100):
            shutil.copy(f"{folder}/a", f"{folder}/new")
            os.rename(f"{folder}/new", f"{folder}/fvecs.bin.hnsw.index")
            time.sleep(seconds / 100)
            samples.append(memory_of(service.process.pid))
        done.set()
        for thread in threads:
            thread.join()
        print(f"{time.time() - begin:.0f} s: {counts}; 100 new indexes; failed: "
              f"{failed}")
        print("memory beside pages of files, MB, at each tenth: " +
              " ".join(f"{x:.1f}" for x in samples[9::10]))
        service.process.terminate()
        reader.join()
        status = service.process.wait()
        if failed or status != 0:
            raise SystemExit(f"FAILED: {failed} {status}")


if __name__ == "__main__":
    main()
