// Elasticsearch's dialect: how an index of vectors is made, asked, and asked
// exactly.
//
// Vectors lie in a field of type dense_vector, whose index_options choose the
// graph and how it is quantised. Exact search has no request of its own: a
// script scores every row, and must give the scores of the index, so that
// cosine_of_score() reads both.
#include "remote/dialect.h"

#include <algorithm>

namespace imsearch {
namespace {

constexpr std::size_t kMaxCandidates = 10000;  // num_candidates

const char* similarity_name(Space space) {
  switch (space) {
    case Space::kCosine:
      return "cosine";
    case Space::kL2:
      return "l2_norm";
    case Space::kInnerProduct:
      return "max_inner_product";
  }
  fail("no such space: {}", static_cast<int>(space));
}

/// The graph over vectors of so many times fewer bytes. It is named also where
/// nothing is compressed, since without a name versions quantise on their own.
const char* graph_type(const ServiceInfo& service, std::size_t compression) {
  switch (compression) {
    case 1:
      return "hnsw";
    case 4:
      if (service.at_least(8, 12)) return "int8_hnsw";
      break;
    case 8:
      if (service.at_least(8, 15)) return "int4_hnsw";
      break;
    case 32:
      if (service.at_least(8, 16)) return "bbq_hnsw";
      break;
    default:
      break;
  }
  fail(
      "{} has no compression {}x: there are 4x (from 8.12), 8x (8.15), 32x "
      "(8.16)",
      service.text(), compression);
}

/// The script that scores as the index does (dialect.cpp has the formulas).
const char* exact_script(Space space) {
  switch (space) {
    case Space::kCosine:
      return "(1.0 + cosineSimilarity(params.q, 'fvec')) / 2";
    case Space::kL2:
      return "double d = l2norm(params.q, 'fvec'); return 1 / (1 + d * d);";
    case Space::kInnerProduct:
      return "double ip = dotProduct(params.q, 'fvec'); "
             "return ip >= 0 ? ip + 1 : 1 / (1 - ip);";
  }
  fail("no such space: {}", static_cast<int>(space));
}

class Elasticsearch : public Dialect {
 public:
  explicit Elasticsearch(ServiceInfo service) : service_(std::move(service)) {}

  void check(const IndexSpec& spec) const override;
  Json create_body(const IndexSpec& spec) const override;
  std::string search_body(const SearchSpec& spec, Space space) const override;
  /// Its graphs are pages of files, which searches bring into memory.
  std::optional<std::string> warm_up_path(const ServiceUrl&) const override {
    return std::nullopt;
  }
  std::string vectors_too() const override;

 private:
  ServiceInfo service_;
};

}  // namespace

void Elasticsearch::check(const IndexSpec& spec) const {
  check_dim(service_, spec, service_.at_least(8, 11) ? 4096 : 2048);
  graph_type(service_, spec.compression);
}

Json Elasticsearch::create_body(const IndexSpec& spec) const {
  check(spec);
  const Json graph = {{"type", graph_type(service_, spec.compression)},
                      {"m", spec.M},
                      {"ef_construction", spec.ef_construction}};
  const Json field = {{"type", "dense_vector"},
                      {"dims", spec.dim},
                      {"index", true},
                      {"similarity", similarity_name(spec.space)},
                      {"index_options", graph}};
  const Json index = {{"number_of_shards", spec.shards},
                      {"number_of_replicas", spec.replicas},
                      {"refresh_interval", "-1"}};
  const Json properties = {{kNameField, {{"type", "keyword"}}},
                           {kNameBytesField, {{"type", "keyword"}}},
                           {kVectorField, field}};
  return {{"settings", {{"index", index}}},
          {"mappings", {{"properties", properties}}}};
}

/// Since 9.2 a document comes without its vectors, unless it is asked for them.
std::string Elasticsearch::vectors_too() const {
  return service_.at_least(9, 2) ? "_source=true&_source_exclude_vectors=false"
                                 : "_source=true";
}

std::string Elasticsearch::search_body(const SearchSpec& spec,
                                       Space space) const {
  if (spec.exact)
    return fmt::format(
        R"("query":{{"script_score":{{"query":{},"script":{{"source":"{}",)"
        R"("params":{{"q":{}}}}}}}}})",
        spec.filter.empty() ? R"({"match_all":{}})" : spec.filter,
        exact_script(space), spec.vector);
  return fmt::format(
      R"("knn":{{"field":"{}","query_vector":{},"k":{},"num_candidates":{}{}}})",
      kVectorField, spec.vector, spec.k, std::min(spec.ef, kMaxCandidates),
      spec.filter.empty() ? "" : ",\"filter\":" + spec.filter);
}

std::unique_ptr<const Dialect> elasticsearch_dialect(
    const ServiceInfo& service) {
  return std::make_unique<Elasticsearch>(service);
}

}  // namespace imsearch
