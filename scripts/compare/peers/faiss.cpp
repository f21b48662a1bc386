// Debian's Faiss: HNSWFlat and exact search. The library is linked as Debian
// compiled it, for any x86-64.
#include "peer.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/index_io.h>
#include <omp.h>

namespace peers {
namespace {

constexpr int kLinks = 48;
constexpr int kEfConstruction = 128;

class Faiss : public Engine {
 public:
  void build(const std::vector<float>& rows, int threads) override {
    omp_set_num_threads(threads);
    index_ = make_index();
    index_->add(static_cast<faiss::Index::idx_t>(rows.size() / kDim),
                rows.data());
  }

  void save(const std::string& path) const override {
    faiss::write_index(index_.get(), path.c_str());
  }

  void load(const std::string& path) override {
    omp_set_num_threads(1);
    index_.reset(faiss::read_index(path.c_str()));
  }

  void search(const float* query, std::int64_t* ids) override {
    search_all(query, 1, ids);
  }

  bool search_all(const float* queries, std::size_t count,
                  std::int64_t* ids) override {
    distances_.resize(count * kTop);
    index_->search(static_cast<faiss::Index::idx_t>(count), queries, kTop,
                   distances_.data(), ids);
    return true;
  }

 protected:
  virtual std::unique_ptr<faiss::Index> make_index() const = 0;
  faiss::Index& index() { return *index_; }

 private:
  std::unique_ptr<faiss::Index> index_;
  std::vector<float> distances_;
};

class FaissHnsw : public Faiss {
 public:
  void set_ef(std::size_t ef) override {
    dynamic_cast<faiss::IndexHNSW&>(index()).hnsw.efSearch =
        static_cast<int>(ef);
  }

 protected:
  std::unique_ptr<faiss::Index> make_index() const override {
    auto index =
        std::make_unique<faiss::IndexHNSWFlat>(static_cast<int>(kDim), kLinks);
    index->hnsw.efConstruction = kEfConstruction;
    return index;
  }
};

class FaissFlat : public Faiss {
 public:
  void set_ef(std::size_t /*ef*/) override {}

 protected:
  std::unique_ptr<faiss::Index> make_index() const override {
    return std::make_unique<faiss::IndexFlatL2>(kDim);
  }
};

}  // namespace

std::unique_ptr<Engine> make_engine(const std::string& name) {
  if (name == "faiss-hnsw-debian") return std::make_unique<FaissHnsw>();
  if (name == "faiss-flat-debian") return std::make_unique<FaissFlat>();
  return nullptr;
}

}  // namespace peers
