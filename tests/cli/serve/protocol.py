"""The search protocol: the same answers as query gives from the file."""
import fnmatch
import json
import unittest

from service import DIM, Folder, Service, make_index, run


def ids(answer):
    return [int(hit["_id"]) for hit in answer["hits"]["hits"]]


def knn(vector, k=10, **more):
    return {"query": {"knn": {"fvec": {"vector": list(vector), "k": k, **more}}}}


def neighbours(folder, *args):
    lines = run("query", "--json", *args, cwd=folder).splitlines()
    return [json.loads(line)["neighbors"] for line in lines]


class Protocol(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Folder()
        cls.folder = cls.place.__enter__()
        cls.vectors, cls.names = make_index(cls.folder, names=[
            ["a \"b\" <script>&.jpg", b"\xff\xfe.jpg", "a/[x]*.jpg"][i]
            if i < 3 else f"{'ab'[i % 2]}/{i}.jpg" for i in range(2000)])
        cls.service = Service(cls.folder, "--log", "none")

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__()
        cls.place.__exit__()

    def search(self, body, path="/fvecs/_search", status=200):
        return self.service.json("POST", path, body, status)

    def test_query_says_the_same_by_url(self):
        for args in (["--vectors", "fvecs.bin", "-k", "7"],
                     ["--id", "5", "--id", "1999", "-k", "30"],
                     ["--like", "b/7.jpg"],
                     ["--like", self.names[0]],
                     ["--vectors", "fvecs.bin", "-k", "5", "--exact"]):
            with self.subTest(args):
                self.assertEqual(
                    run("query", "--url", self.service.url(), *args,
                        cwd=self.folder),
                    run("query", *args, cwd=self.folder))

    def test_every_space_says_the_same(self):
        for space in ("l2", "innerproduct"):
            with Service(self.folder, "--space", space) as service:
                args = ["--vectors", "fvecs.bin", "-k", "3"]
                self.assertEqual(
                    run("query", "--url", service.url(), *args,
                        cwd=self.folder),
                    run("query", *args, cwd=self.folder))

    def test_other_tools_ask_it(self):
        url = self.service.url()
        said = run("eval-recall", "--url", url, "--truth", "fvecs.bin",
                   "--samples", "50", "--json", cwd=self.folder)
        self.assertIn("recall", said)
        self.assertIn("throughput_per_s",
                      run("bench", "--url", url, "--samples", "50",
                          cwd=self.folder))

    def test_says_who_it_is(self):
        facts = self.service.json("GET", "/")
        self.assertIn("imsearch", facts["tagline"])
        self.assertIn("not OpenSearch", facts["tagline"])
        self.assertEqual(self.service.ask("HEAD", "/")[2], b"")
        health = self.service.json("GET", "/_cluster/health")
        self.assertEqual(health["status"], "green")

    def test_indexes_are_listed(self):
        _, headers, table = self.service.ask("GET", "/_cat/indices?v=true")
        self.assertTrue(headers["Content-Type"].startswith("text/plain"))
        head, line = table.decode().splitlines()
        fields = dict(zip(head.split(), line.split()))
        self.assertEqual(fields["index"], "fvecs")
        self.assertEqual(fields["docs.count"], "2000")
        rows = self.service.json("GET", "/_cat/indices?format=json")
        self.assertEqual([row["index"] for row in rows], ["fvecs"])
        mapping = self.service.json("GET", "/fvecs/_mapping")["fvecs"]
        field = mapping["mappings"]["properties"]["fvec"]
        self.assertEqual(field["dimension"], DIM)
        self.assertEqual(self.service.ask("HEAD", "/fvecs")[0], 200)
        self.assertEqual(self.service.ask("HEAD", "/other")[0], 404)

    def test_both_dialects_find_what_query_finds(self):
        vector = self.vectors[11]
        truth = [n["row"] for n in neighbours(
            self.folder, "--vectors", "fvecs.bin", "-k", "10")[11]]
        body = {"size": 10, "_source": False, **knn(vector)}
        answer = self.search(body)
        self.assertEqual(ids(answer), truth)
        self.assertEqual(answer["hits"]["total"], {"value": 10,
                                                   "relation": "eq"})
        self.assertEqual(answer["hits"]["hits"][0]["_index"], "fvecs")
        self.assertNotIn("_source", answer["hits"]["hits"][0])
        elastic = self.search({"knn": {
            "field": "fvec", "query_vector": list(vector), "k": 10,
            "num_candidates": 100}, "_source": ["name"]})
        self.assertEqual(ids(elastic), truth)
        self.assertEqual(list(elastic["hits"]["hits"][0]["_source"]), ["name"])
        many = self.service.json(
            "POST", "/_msearch",
            "\n".join(json.dumps(line) for line in
                      [{"index": "fvecs"}, body, {"index": "none"}, body,
                       {"index": "fvecs"}, {"size": -1}]) + "\n")
        self.assertEqual(ids(many["responses"][0]), truth)
        self.assertEqual(many["responses"][0]["status"], 200)
        self.assertEqual(many["responses"][1]["status"], 404)
        self.assertEqual(many["responses"][2]["status"], 400)

    def test_scores_are_the_formulas_of_the_space(self):
        body = {"size": 5, **knn(self.vectors[3], 5)}
        exact = neighbours(self.folder, "--vectors", "fvecs.bin", "-k", "5")[3]
        formulas = {"cosinesimil": lambda c: (1 + c) / 2,
                    "l2": lambda c: 1 / (3 - 2 * c),
                    "innerproduct": lambda c: c + 1 if c >= 0 else 1 / (1 - c)}
        for hit, near in zip(self.search(body)["hits"]["hits"], exact):
            self.assertAlmostEqual(
                hit["_score"], formulas["cosinesimil"](near["similarity"]), 5)
        for space, formula in formulas.items():
            answer = self.search({"size": 5, "query": {"script_score": {
                "query": {"match_all": {}}, "script": {
                    "source": "knn_score", "lang": "knn", "params": {
                        "field": "fvec", "space_type": space,
                        "query_value": list(self.vectors[3])}}}}})
            for hit, near in zip(answer["hits"]["hits"], exact):
                self.assertAlmostEqual(hit["_score"],
                                       formula(near["similarity"]), 5)

    def test_pages_and_fields(self):
        vector = self.vectors[20]
        whole = ids(self.search({"size": 20, **knn(vector, 20)}))
        part = ids(self.search({"size": 5, "from": 5, **knn(vector, 20)}))
        self.assertEqual(part, whole[5:10])
        hit = self.search({"size": 1, "_source": False,
                           "docvalue_fields": ["name", "name_base64"],
                           "query": {"ids": {"values": ["1"]}}})
        fields = hit["hits"]["hits"][0]["fields"]
        self.assertEqual(fields["name_base64"], ["//4uanBn"])
        document = self.service.json("GET", "/fvecs/_doc/0")
        self.assertEqual(document["_source"]["name"], self.names[0])
        length = sum(x * x for x in document["_source"]["fvec"])
        self.assertAlmostEqual(length, 1, 5)
        self.assertFalse(self.service.json("GET", "/fvecs/_doc/2000",
                                           status=404)["found"])
        some = self.service.json("POST", "/fvecs/_mget?_source=name",
                                 {"ids": ["4", "x", "04", "5"]})["docs"]
        self.assertEqual([d["found"] for d in some],
                         [True, False, False, True])
        self.assertEqual(some[0]["_source"], {"name": "a/4.jpg"})

    def test_filters_are_what_python_says(self):
        texts = [n if isinstance(n, str) else n.decode(errors="replace")
                 for n in self.names]
        cases = [
            ({"term": {"name": "b/9.jpg"}}, lambda n: n == "b/9.jpg"),
            ({"term": {"name": {"value": texts[0]}}}, lambda n: n == texts[0]),
            ({"terms": {"name": ["a/8.jpg", "b/9.jpg", "c"]}},
             lambda n: n in ("a/8.jpg", "b/9.jpg")),
            ({"prefix": {"name": "a/1"}}, lambda n: n.startswith("a/1")),
            ({"wildcard": {"name": "*/1?7.jpg"}},
             lambda n: fnmatch.fnmatchcase(n, "*/1?7.jpg")),
            ({"wildcard": {"name": {"value": "a/[x]\\**"}}},
             lambda n: n == "a/[x]*.jpg"),
            ({"bool": {"must": [{"prefix": {"name": "b/"}}],
                       "must_not": {"wildcard": {"name": "*1*"}}}},
             lambda n: n.startswith("b/") and "1" not in n),
            ({"bool": {"should": [{"prefix": {"name": "a/2"}},
                                  {"prefix": {"name": "b/3"}}]}},
             lambda n: n.startswith("a/2") or n.startswith("b/3"))]
        for clause, fits in cases:
            with self.subTest(clause):
                rows = [i for i, n in enumerate(texts) if fits(n)]
                answer = self.search({"size": 10000, "_source": False,
                                      "query": clause})
                self.assertEqual(ids(answer), rows)
                self.assertEqual(answer["hits"]["total"]["value"], len(rows))
                count = self.service.json("POST", "/fvecs/_count",
                                          {"query": clause})
                self.assertEqual(count["count"], len(rows))
                near = ids(self.search({"size": 10, **knn(
                    self.vectors[50], 10, filter=clause)}))
                every = ids(self.search({"size": 2000, **knn(
                    self.vectors[50], 2000)}))
                self.assertEqual(near, [r for r in every if r in rows][:10])

    def test_what_is_not_supported_says_so(self):
        good = list(self.vectors[0])
        cases = [
            ({"aggs": {}}, "aggs"), ({"query": {"match": {"name": "x"}}},
                                     "match"),
            (knn(good[:-1]), f"has {DIM - 1} numbers"),
            (knn(good, 0), "[k]"), (knn(good, 10001), "[k]"),
            (knn(good[:-1] + ["x"]), "number"),
            (knn(good, filter={"term": {"colour": "x"}}), "colour"),
            (knn(good, method_parameters={"nprobes": 1}), "nprobes"),
            ({"query": {"knn": {"vec": {"vector": good, "k": 1}}}}, "fvec"),
            ({"size": 9000, "from": 2000}, "at most"),
            ({"size": 1e400}, "JSON"), ([], "object"),
            ({"query": {}}, "empty"), ({"sort": ["name"]}, "sort")]
        for body, words in cases:
            with self.subTest(words):
                error = self.search(body, status=400)["error"]
                self.assertIn(words, error["reason"])
                self.assertEqual(error["root_cause"][0]["reason"],
                                 error["reason"])
        deep = "[" * 5000 + "]" * 5000
        self.assertIn("deep", self.search(deep, status=400)["error"]["reason"])
        for method, path, status in (
                ("PUT", "/fvecs/_doc/1", 405), ("DELETE", "/fvecs", 405),
                ("POST", "/_bulk", 400), ("GET", "/none/_search", 404),
                ("GET", "/fvecs/_search?q=x", 400), ("GET", "/%zz", 400),
                ("GET", "/fvecs/../../etc/passwd", 400),
                ("POST", "/fvecs/_mapping", 405)):
            with self.subTest(path):
                reply = self.service.json(method, path, status=status)
                self.assertEqual(reply["status"], status)

    def test_deleted_rows_are_gone(self):
        with Folder() as folder:
            make_index(folder, 300)
            with open(f"{folder}/gone.txt", "w") as out:
                out.write("a/4.jpg\n")
            run("build-index", "-q", "--delete", "gone.txt", cwd=folder)
            with Service(folder) as service:
                self.assertEqual(
                    service.json("GET", "/fvecs/_count")["count"], 299)
                service.json("GET", "/fvecs/_doc/4", status=404)
                everything = ids(service.json("GET",
                                              "/fvecs/_search?size=1000"))
                self.assertEqual(everything,
                                 [i for i in range(300) if i != 4])


if __name__ == "__main__":
    unittest.main()
