"""The clients that people have, against serve; see serve.sh."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["IMSEARCH_SOURCE"], "tests", "cli",
                                "serve"))
from elasticsearch import Elasticsearch  # noqa: E402
from opensearchpy import OpenSearch  # noqa: E402
from service import DIM, SOURCE, Folder, Service, make_index, run  # noqa: E402

TOKEN = "correct-horse-battery"
JAVASCRIPT = """
const {Client} = require("@opensearch-project/opensearch");
const client = new Client({node: process.argv[1]});
client.search({index: "photos", body: JSON.parse(process.argv[2])}).then(
  (answer) => console.log(JSON.stringify(
    answer.body.hits.hits.map((hit) => Number(hit._id)))));
"""
NGINX = """
daemon off; error_log stderr; pid {folder}/nginx.pid; events {{}}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  {server}
}}
"""


def ids(answer):
    return [int(hit["_id"]) for hit in answer["hits"]["hits"]]


def check(what, got, wanted):
    if got != wanted:
        raise SystemExit(f"FAILED: {what}: {got}, wanted {wanted}")
    print(f"{what}: as query -i")


def nginx_of_manual(folder, port):
    """The server of imsearch-serve(1), with this port and certificate."""
    with open(os.path.join(SOURCE, "man", "imsearch-serve.1")) as page:
        text = page.read()
    server = text[text.index("server {"):]
    server = server[:server.index("\n.Ed")]
    return (server.replace("443", "9479").replace("9201", str(port))
            .replace("/etc/ssl/photos", f"{folder}/photos"))


def ask_java(port, k, vector):
    """By OpenSearch's Java client, which serve.sh compiled."""
    folder = os.path.join(os.environ["IMSEARCH_CHECK"], "java")
    with open(f"{folder}/classpath") as names:
        classes = f"{folder}:{names.read().strip()}"
    said = subprocess.run(
        ["java", "-cp", classes, "Ask", str(port), str(k), *map(str, vector)],
        stdout=subprocess.PIPE, check=True).stdout
    return json.loads(said)


def behind_nginx(folder, vector, truth):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                    "-keyout", f"{folder}/photos.key", "-out",
                    f"{folder}/photos.crt", "-days", "2", "-subj",
                    "/CN=photos.example"], check=True,
                   stderr=subprocess.DEVNULL)
    with open(f"{folder}/token", "w") as out:
        out.write(TOKEN)
    with Service(folder, "--name", "photos", "--allow-host", "photos.example",
                 "--token-file", "token") as service:
        with open(f"{folder}/nginx.conf", "w") as out:
            out.write(NGINX.format(folder=folder, server=nginx_of_manual(
                folder, service.port)))
        proxy = subprocess.Popen(["/usr/sbin/nginx", "-c",
                                  f"{folder}/nginx.conf", "-p", folder])
        try:
            said = subprocess.run(
                ["curl", "-s", "--retry", "20", "--retry-connrefused",
                 "--retry-delay", "1", "--cacert", f"{folder}/photos.crt",
                 "--resolve", "photos.example:9479:127.0.0.1", "-H",
                 f"Authorization: Bearer {TOKEN}", "-H",
                 "Content-Type: application/json", "-d", json.dumps(vector),
                 "https://photos.example:9479/photos/_search"],
                stdout=subprocess.PIPE, check=True).stdout
            check("curl through nginx with TLS", ids(json.loads(said)), truth)
        finally:
            proxy.terminate()
            proxy.wait()


def main():
    with Folder() as folder:
        vectors, _ = make_index(folder, 3000)
        lines = run("query", "--json", "--vectors", "fvecs.bin", "-k", "5",
                    cwd=folder).splitlines()
        truth = [[n["row"] for n in json.loads(line)["neighbors"]]
                 for line in lines[:100]]
        # The very calls of the project that started this one.
        bodies = [{"size": 5, "_source": False, "query": {"knn": {"fvec": {
            "vector": list(v), "k": 5}}}} for v in vectors[:100]]
        with Service(folder, "--name", "photos") as service:
            url = f"http://127.0.0.1:{service.port}"
            for client in (OpenSearch(url), Elasticsearch([url])):
                name = type(client).__module__.split(".")[0]
                listed = client.cat.indices(v=True)
                if "photos" not in listed or "3000" not in listed:
                    raise SystemExit(f"FAILED: {name}: {listed}")
                check(name, [ids(client.search(index="photos", body=body))
                             for body in bodies], truth)
                got = client.mget(index="photos", body={"ids": ["7"]})
                check(f"{name}, a row's vector",
                      len(got["docs"][0]["_source"]["fvec"]), DIM)
                check(f"{name}, count",
                      client.count(index="photos")["count"], 3000)
                check(f"{name}, exists", [client.indices.exists(index=i)
                      for i in ("photos", "none")], [True, False])
            if os.path.isdir(os.path.join(os.environ["IMSEARCH_CHECK"],
                                          "node_modules")):
                said = subprocess.run(
                    ["node", "-e", JAVASCRIPT, url, json.dumps(bodies[3])],
                    cwd=os.environ["IMSEARCH_CHECK"], stdout=subprocess.PIPE,
                    check=True).stdout
                check("JavaScript", json.loads(said), truth[3])
            if os.path.exists(os.path.join(os.environ["IMSEARCH_CHECK"],
                                           "java", "Ask.class")):
                check("Java", ask_java(service.port, 5, vectors[4]), truth[4])
            said = subprocess.run(
                ["curl", "-s", "-H", "Content-Type: application/json", "-d",
                 json.dumps(bodies[0]), f"{url}/photos/_search"],
                stdout=subprocess.PIPE, check=True).stdout
            check("curl", ids(json.loads(said)), truth[0])
        behind_nginx(folder, bodies[0], truth[0])


if __name__ == "__main__":
    main()
