"""A node of a search service on this machine, asked without any client library."""

import http.client
import json
import os
import urllib.parse

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process):
    """User and system time of all threads that a process has had."""
    with open(f"/proc/{process}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Node:
    def __init__(self, service, url, process):
        self.service, self.url, self.process = service, url, process
        parts = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(
            parts.hostname, parts.port, timeout=600
        )

    def cpu(self):
        return cpu_seconds(self.process)

    def send(self, method, path, body=None):
        """The status, and the answer as text."""
        data = body if isinstance(body, str) else json.dumps(body) if body else None
        self.connection.request(
            method, path, data, {"Content-Type": "application/json"}
        )
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()

    def ask(self, method, path, body=None):
        status, text = self.send(method, path, body)
        if status not in (200, 201):
            raise SystemExit(f"{method} {self.url}{path}: {status}: {text[:300]}")
        return json.loads(text)

    def version(self):
        nodes = self.ask("GET", "/_nodes/_local?filter_path=nodes.*.version")["nodes"]
        return next(iter(nodes.values()))["version"]

    def delete(self, index):
        self.send("DELETE", f"/{index}")

    def segments(self, index):
        stats = self.ask("GET", f"/{index}/_stats/segments")
        return stats["_all"]["primaries"]["segments"]["count"]

    def count(self, index):
        return self.ask("GET", f"/{index}/_count")["count"]

    def search_body(self, vector, k, ef):
        if self.service == "elasticsearch":
            knn = {"field": "fvec", "query_vector": vector, "k": k}
            return {"size": k, "_source": False, "knn": knn | {"num_candidates": ef}}
        knn = {"vector": vector, "k": k, "method_parameters": {"ef_search": ef}}
        return {"size": k, "_source": False, "query": {"knn": {"fvec": knn}}}
