"""One table of serve and, with its URL, of OpenSearch; see ../serve.sh.

usage: compare.py BIN INDEX QUERIES [URL]
"""
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

import numpy as np
from opensearchpy import OpenSearch

DIM, K, QUERIES, PORT = 1280, 10, 500, 9477
EFS = (16, 32, 64, 128, 256, 512)

LUA = """
local bodies = {}
for line in io.lines("%s") do bodies[#bodies + 1] = line end
local at = 0
function request()
  at = at %% #bodies + 1
  return wrk.format("POST", "/photos/_search",
                    {["Content-Type"] = "application/json"}, bodies[at])
end
"""


def body(vector, ef):
    return {"size": K, "_source": False, "query": {"knn": {"fvec": {
        "vector": vector, "k": K, "method_parameters": {"ef_search": ef}}}}}


def recall(client, queries, truth, ef):
    found = 0
    for vector, near in zip(queries, truth):
        hits = client.search(index="photos", body=body(vector, ef))
        found += len({int(h["_id"]) for h in hits["hits"]["hits"]} & near)
    return found / (K * len(truth))


def one_client(client, queries, ef):
    """Milliseconds of each; those before are warm-up."""
    times = []
    for vector in queries[:50] + queries:
        search = body(vector, ef)
        begin = time.perf_counter()
        client.search(index="photos", body=search)
        times.append((time.perf_counter() - begin) * 1e3)
    return np.percentile(times[50:], [50, 99])


def milliseconds(text):
    number, unit = re.match(r"([0-9.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]


def wrk(url, queries, ef, seconds):
    """Requests a second, p99 in milliseconds, and how many requests."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/bodies", "w") as out:
            for vector in queries:
                out.write(json.dumps(body(vector, ef)) + "\n")
        with open(f"{folder}/ask.lua", "w") as out:
            out.write(LUA % f"{folder}/bodies")
        said = subprocess.run(
            ["wrk", "-t1", "-c8", f"-d{seconds}s", "--latency", "-s",
             f"{folder}/ask.lua", url], stdout=subprocess.PIPE,
            check=True).stdout.decode()
    if "Non-2xx" in said:
        raise SystemExit(said)
    return (float(re.search(r"Requests/sec: *([0-9.]+)", said).group(1)),
            milliseconds(re.search(r"99% *(\S+)", said).group(1)),
            int(re.search(r"(\d+) requests in", said).group(1)))


def measure(who, url, queries, truth, seconds=10):
    client = OpenSearch(url, timeout=120)
    for ef in EFS:
        share = recall(client, queries, truth, ef)
        if share >= .999:
            break
    p50, p99 = one_client(client, queries, ef)
    rate, wrk_p99, _ = wrk(url, queries, ef, seconds)
    print(f"{who}\t{ef}\t{share:.4f}\t{p50:.3f}\t{p99:.3f}\t{rate:.0f}\t"
          f"{wrk_p99:.2f}", flush=True)
    return p50, rate, ef


def anonymous_memory(process):
    """Beside pages of files, in MB."""
    with open(f"/proc/{process.pid}/status") as status:
        return int(re.search(r"RssAnon:\s+(\d+)", status.read()).group(1)) / 1024


def ask_a_million(process, url, queries, ef, rate):
    """Memory before, and after so many requests."""
    asked, before = 0, anonymous_memory(process)
    while asked < 1_000_000:
        seconds = min(60, 1 + int((1_000_000 - asked) / rate))
        asked += wrk(url, queries, ef, seconds)[2]
    print(f"beside pages of files: {before:.1f} MB, and after {asked} more "
          f"requests {anonymous_memory(process):.1f} MB", flush=True)


def start(binary, index, folder=None):
    """serve, and the seconds to its first answer."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [f"{binary}/serve", "-i", index, "--name", "photos", "--log", "none",
         "-q", "--listen", f"127.0.0.1:{PORT}"], cwd=folder)
    while True:
        try:
            urllib.request.urlopen(
                f"http://127.0.0.1:{PORT}/photos/_count").read()
            return process, time.perf_counter() - begin
        except OSError:
            time.sleep(.001)


def photos(binary, photos_folder, count=300):
    """Milliseconds of a photo that is posted: p50 and p99."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([f"{binary}/extract", "-q", "--weights", "demo",
                        photos_folder], cwd=folder, check=True)
        subprocess.run([f"{binary}/build-index", "-q"], cwd=folder, check=True)
        with open(f"{folder}/fnames.txt") as names:
            paths = names.read().splitlines()
        process, _ = start(binary, f"{folder}/fvecs.bin.hnsw.index", folder)
        try:
            kept = http.client.HTTPConnection("127.0.0.1", PORT)
            times = []
            for turn in range(count + 20):
                with open(paths[turn % len(paths)], "rb") as image:
                    photo = image.read()
                begin = time.perf_counter()
                kept.request("POST", "/photos/similar?k=10", photo)
                reply = kept.getresponse()
                reply.read()
                times.append((time.perf_counter() - begin) * 1e3)
                if reply.status != 200:
                    raise SystemExit(f"{paths[turn % len(paths)]}: no answer")
            return np.percentile(times[20:], [50, 99])
        finally:
            process.terminate()
            process.wait()


def main():
    binary, index, query_file = sys.argv[1:4]
    queries = np.fromfile(query_file, np.float32).reshape(-1, DIM)[:QUERIES]
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        queries.tofile(file)
        file.flush()
        lines = subprocess.run(
            [f"{binary}/query", "-i", index, "--vectors", file.name, "--exact",
             "--json", "-k", str(K)], stdout=subprocess.PIPE,
            check=True).stdout.decode().splitlines()
    truth = [{n["row"] for n in json.loads(line)["neighbors"]}
             for line in lines]
    queries = queries.tolist()
    print("who\tef\trecall10\tp50_ms\tp99_ms\twrk_rps\twrk_p99_ms")
    process, seconds = start(binary, index)
    try:
        url = f"http://127.0.0.1:{PORT}"
        ours = measure("serve", url, queries, truth)
        if len(sys.argv) > 4:
            theirs = measure("opensearch", sys.argv[4], queries, truth)
            print(f"serve: {theirs[0] / ours[0]:.1f} times quicker, "
                  f"{ours[1] / theirs[1]:.1f} times as many")
        print(f"start to first answer: {seconds:.3f} s; load of the machine: "
              f"{os.getloadavg()[0]:.1f}", flush=True)
        ask_a_million(process, url, queries, ours[2], ours[1])
    finally:
        process.terminate()
        process.wait()
    here = os.path.dirname(os.path.abspath(__file__))
    folder = os.environ.get("PHOTOS", f"{here}/../../../data/photos")
    p50, p99 = photos(os.path.abspath(binary), os.path.abspath(folder))
    print(f"a photo that is posted: p50 {p50:.1f} ms, p99 {p99:.1f} ms")


if __name__ == "__main__":
    main()
