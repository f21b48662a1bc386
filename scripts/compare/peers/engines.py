"""The libraries from PyPI behind one interface.

An Engine is an index of vectors of `dim` floats, all of length 1.  build() and
then save() make it; load() brings it back for searching on one thread.  set_ef()
says how many candidates are kept.  search() takes one element of split() and
returns the ids of the k nearest, search_all() takes all queries in one call; a
library without such a call has search_all = None.  The folder is the engine's
own.  Each library is imported when the first of its engines is made.
"""

import json
import os

LINKS, EF_CONSTRUCTION = 48, 128


class Engine:
    def __init__(self, dim):
        self.dim = dim

    @staticmethod
    def split(queries):
        return [queries[i : i + 1] for i in range(len(queries))]


class Hnswlib(Engine):
    def __init__(self, dim):
        super().__init__(dim)
        import hnswlib

        self.index = hnswlib.Index(space="ip", dim=dim)

    def build(self, rows, threads):
        self.index.init_index(len(rows), ef_construction=EF_CONSTRUCTION, M=LINKS)
        self.index.add_items(rows, num_threads=threads)

    def save(self, folder):
        self.index.save_index(f"{folder}/index")

    def load(self, folder):
        self.index.load_index(f"{folder}/index")

    def set_ef(self, ef):
        self.index.set_ef(ef)

    def search(self, query, k):
        return self.index.knn_query(query, k, num_threads=1)[0]

    search_all = search


class Faiss(Engine):
    def __init__(self, dim, description):
        super().__init__(dim)
        import faiss

        self.faiss = faiss
        self.description = description

    def build(self, rows, threads):
        self.faiss.omp_set_num_threads(threads)
        self.index = self.faiss.index_factory(self.dim, self.description)
        if hasattr(self.index, "hnsw"):
            self.index.hnsw.efConstruction = EF_CONSTRUCTION
        self.index.add(rows)

    def save(self, folder):
        self.faiss.write_index(self.index, f"{folder}/index")

    def load(self, folder):
        self.faiss.omp_set_num_threads(1)
        self.index = self.faiss.read_index(f"{folder}/index")

    def set_ef(self, ef):
        if hasattr(self.index, "hnsw"):
            self.index.hnsw.efSearch = ef

    def search(self, query, k):
        return self.index.search(query, k)[1]

    search_all = search


class SymphonyQg(Engine):
    # Twice the window of the library's examples: degree 64 needs it for .999.
    WINDOW = 400

    def __init__(self, dim, degree, bits=0):
        super().__init__(dim)
        import rabitqlib

        self.type = rabitqlib.SymqgIndex
        self.index = self.type(dim, degree, "l2", bits)

    def build(self, rows, threads):
        self.index.build(rows, self.WINDOW, num_threads=threads)

    def save(self, folder):
        self.index.save(f"{folder}/index")

    def load(self, folder):
        self.index = self.type.load(f"{folder}/index")

    def set_ef(self, ef):
        self.ef = ef

    def search(self, query, k):
        return self.index.search(query, k, self.ef)[0]

    def search_all(self, queries, k):
        return self.index.search_batch(queries, k, self.ef)[0]


class Svs(Engine):
    REDUCED, DEGREE, PRUNE_TO, WINDOW, ALPHA = 160, 64, 60, 128, 1.2

    def __init__(self, dim):
        super().__init__(dim)
        import svs

        self.svs = svs

    def build(self, rows, threads):
        svs = self.svs
        svs.write_vecs(rows, "rows.fvecs")
        loader = svs.LeanVecLoader(
            svs.VectorDataLoader("rows.fvecs", svs.DataType.float32, dims=self.dim),
            min(self.REDUCED, self.dim // 2),
            primary_kind=svs.LeanVecKind.lvq8,
            secondary_kind=svs.LeanVecKind.lvq8,
        )
        parameters = svs.VamanaBuildParameters(
            alpha=self.ALPHA,
            graph_max_degree=self.DEGREE,
            prune_to=self.PRUNE_TO,
            window_size=self.WINDOW,
        )
        self.index = svs.Vamana.build(
            parameters, loader, svs.DistanceType.L2, num_threads=threads
        )
        os.remove("rows.fvecs")

    def save(self, folder):
        self.index.save(f"{folder}/config", f"{folder}/graph", f"{folder}/data")

    def load(self, folder):
        self.index = self.svs.Vamana(
            f"{folder}/config",
            self.svs.GraphLoader(f"{folder}/graph"),
            self.svs.SerializedObject(f"{folder}/data"),
            self.svs.DistanceType.L2,
            num_threads=1,
        )

    def set_ef(self, ef):
        self.index.search_window_size = ef

    def search(self, query, k):
        return self.index.search(query, k)[0]

    search_all = search


class Vsag(Engine):
    search_all = None

    def __init__(self, dim, codes):
        super().__init__(dim)
        import pyvsag

        pyvsag.set_logger_off()
        self.type = pyvsag.Index
        self.codes = codes

    def make(self, threads):
        settings = {
            "dtype": "float32",
            "metric_type": "l2",
            "dim": self.dim,
            "index_param": {
                "base_quantization_type": self.codes,
                "use_reorder": True,
                "precise_quantization_type": "fp32",
                "max_degree": 2 * LINKS,
                "ef_construction": EF_CONSTRUCTION,
                "build_thread_count": threads,
            },
        }
        self.index = self.type("hgraph", json.dumps(settings))

    def build(self, rows, threads):
        import numpy

        self.make(threads)
        ids = numpy.arange(len(rows), dtype=numpy.int64)
        self.index.build(rows.reshape(-1), ids, len(rows), self.dim)

    def save(self, folder):
        self.index.save(f"{folder}/index")

    def load(self, folder):
        self.make(1)
        self.index.load(f"{folder}/index")

    def set_ef(self, ef):
        self.parameters = json.dumps({"hgraph": {"ef_search": ef}})

    @staticmethod
    def split(queries):
        return list(queries)

    def search(self, query, k):
        return self.index.knn_search(query, k, self.parameters)[0]


class Usearch(Engine):
    def __init__(self, dim):
        super().__init__(dim)
        from usearch.index import Index

        self.index = Index(
            ndim=dim,
            metric="ip",
            dtype="bf16",
            connectivity=LINKS,
            expansion_add=EF_CONSTRUCTION,
        )

    def build(self, rows, threads):
        self.index.add(range(len(rows)), rows, threads=threads)

    def save(self, folder):
        self.index.save(f"{folder}/index")

    def load(self, folder):
        self.index.load(f"{folder}/index")

    def set_ef(self, ef):
        self.index.expansion_search = ef

    def search(self, query, k):
        return self.index.search(query, k, threads=1).keys

    search_all = search


class Glass(Engine):
    """The graph on 8-bit codes, walked by 4-bit ones, the best compared in float32.

    A searcher takes the graph that it is given out of the caller's hands, after
    which that is empty: so it is not made before a search is asked for.
    """

    def __init__(self, dim):
        super().__init__(dim)
        import glass

        self.glass = glass
        self.searcher = None

    def build(self, rows, threads):
        self.rows = rows
        self.glass.set_num_threads(threads)
        index = self.glass.Index("HNSW", "L2", "SQ8U", R=2 * LINKS, L=EF_CONSTRUCTION)
        self.graph = index.build(rows)

    def save(self, folder):
        import numpy

        self.graph.save(f"{folder}/graph")
        numpy.save(f"{folder}/rows.npy", self.rows)

    def load(self, folder):
        import numpy

        self.graph = self.glass.Graph()
        self.graph.load(f"{folder}/graph")
        self.rows = numpy.load(f"{folder}/rows.npy")
        self.make_searcher()
        self.searcher.optimize(1)

    def make_searcher(self):
        self.glass.set_num_threads(1)
        self.searcher = self.glass.Searcher(
            self.graph, self.rows, "L2", "SQ4U", "FP32"
        )
        del self.rows  # it has a copy

    def set_ef(self, ef):
        if self.searcher is None:
            self.make_searcher()
        self.searcher.set_ef(ef)

    @staticmethod
    def split(queries):
        return list(queries)

    def search(self, query, k):
        return self.searcher.search(query, k)[0]

    def search_all(self, queries, k):
        return self.searcher.batch_search(queries, k, num_threads=1)[0]


class Lorann(Engine):
    """Clusters, of which as many are searched as others keep candidates."""

    CLUSTERS, REDUCED, RERANKED = 512, 256, 200

    def __init__(self, dim):
        super().__init__(dim)
        import lorann

        self.lorann = lorann

    def build(self, rows, threads):
        small = len(rows) < self.CLUSTERS
        self.index = self.lorann.LorannIndex(
            data=rows,
            n_clusters=2 if small else self.CLUSTERS,
            global_dim=min(self.REDUCED, self.dim // 32 * 32),
            quantization_bits=8,
            rank=32,
            distance=self.lorann.L2,
        )
        self.index.build(n_threads=threads)

    def save(self, folder):
        self.index.save(f"{folder}/index")

    def load(self, folder):
        self.index = self.lorann.LorannIndex.load(f"{folder}/index")

    def set_ef(self, ef):
        self.clusters = min(ef, self.index.n_clusters)

    def search(self, query, k):
        return self.index.search(query, k, self.clusters, self.RERANKED, n_threads=1)

    search_all = search


class Turbovec(Engine):
    """Every row is compared, by codes of 4 bits a value and no more."""

    def __init__(self, dim):
        super().__init__(dim)
        # It asks for threads when it is imported.
        os.environ["RAYON_NUM_THREADS"] = "1"
        import turbovec

        self.type = turbovec.TurboQuantIndex

    def build(self, rows, threads):
        self.index = self.type(self.dim, 4)
        self.index.calibrate(rows[:: max(len(rows) // 1024, 1)].copy())
        self.index.add(rows)

    def save(self, folder):
        self.index.write(f"{folder}/index")

    def load(self, folder):
        self.index = self.type.load(f"{folder}/index")
        self.index.prepare()

    def set_ef(self, ef):
        pass

    def search(self, query, k):
        return self.index.search(query, k)[1]

    search_all = search


ENGINES = {
    "hnswlib-pypi": lambda dim: Hnswlib(dim),
    "faiss-hnsw-pypi": lambda dim: Faiss(dim, f"HNSW{LINKS}"),
    "faiss-flat-pypi": lambda dim: Faiss(dim, "Flat"),
    "symphonyqg-32": lambda dim: SymphonyQg(dim, 32),
    "symphonyqg-64": lambda dim: SymphonyQg(dim, 64),
    "symphonyqg-32-8bit": lambda dim: SymphonyQg(dim, 32, bits=8),
    "svs-leanvec160": lambda dim: Svs(dim),
    "vsag-sq4": lambda dim: Vsag(dim, "sq4_uniform"),
    "vsag-sq8": lambda dim: Vsag(dim, "sq8_uniform"),
    "usearch-bf16": lambda dim: Usearch(dim),
    "glass-sq4": lambda dim: Glass(dim),
    "lorann": lambda dim: Lorann(dim),
    "turbovec-flat": lambda dim: Turbovec(dim),
}
