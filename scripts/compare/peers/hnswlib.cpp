// Debian's hnswlib, float32, inner product, compiled for this CPU.
#include "peer.h"

#include <hnswlib/hnswlib.h>

#include <atomic>
#include <thread>

namespace peers {
namespace {

constexpr std::size_t kLinks = 48;
constexpr std::size_t kEfConstruction = 128;

class Hnswlib : public Engine {
 public:
  void build(const std::vector<float>& rows, int threads) override {
    const std::size_t count = rows.size() / kDim;
    graph_ = std::make_unique<hnswlib::HierarchicalNSW<float>>(
        &space_, count, kLinks, kEfConstruction);
    std::atomic<std::size_t> next{0};
    const auto insert = [&] {
      for (std::size_t row = next++; row < count; row = next++)
        graph_->addPoint(&rows[row * kDim], row);
    };
    std::vector<std::thread> inserting;
    for (int t = 0; t < threads; ++t) inserting.emplace_back(insert);
    for (std::thread& thread : inserting) thread.join();
  }

  void save(const std::string& path) const override { graph_->saveIndex(path); }

  void load(const std::string& path) override {
    graph_ = std::make_unique<hnswlib::HierarchicalNSW<float>>(&space_, path);
  }

  void set_ef(std::size_t ef) override { graph_->setEf(ef); }

  void search(const float* query, std::int64_t* ids) override {
    auto found = graph_->searchKnn(query, kTop);
    for (; !found.empty(); found.pop())
      ids[found.size() - 1] = static_cast<std::int64_t>(found.top().second);
  }

  bool search_all(const float* /*queries*/, std::size_t /*count*/,
                  std::int64_t* /*ids*/) override {
    return false;
  }

 private:
  hnswlib::InnerProductSpace space_{kDim};
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> graph_;
};

}  // namespace

std::unique_ptr<Engine> make_engine(const std::string& name) {
  if (name == "hnswlib-debian") return std::make_unique<Hnswlib>();
  return nullptr;
}

}  // namespace peers
