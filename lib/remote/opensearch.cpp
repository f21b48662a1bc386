// OpenSearch's dialect, that of its k-NN plugin: how an index of vectors is
// made, asked, and asked exactly.
//
// Vectors lie in a field of type knn_vector, whose method names the engine that
// searches: lucene, inside the service's Java, or faiss, a native library
// beside it. Exact search is a script that the plugin brings, which scores as
// the index does.
#include "remote/dialect.h"

namespace imsearch {
namespace {

/// Which engine keeps rows in fewer bytes by which factors.
void check_compression(const ServiceInfo& service, const IndexSpec& spec) {
  if (spec.compression == 1) return;
  const bool lucene = spec.engine == "lucene";
  const bool known = lucene ? spec.compression == 4
                            : spec.compression == 8 || spec.compression == 16 ||
                                  spec.compression == 32;
  if (!known)
    fail("engine {} of {} has no compression {}x: it has {}", spec.engine,
         service.text(), spec.compression, lucene ? "4x" : "8x, 16x and 32x");
}

Json vector_field(const IndexSpec& spec) {
  Json field = {{"type", "knn_vector"}, {"dimension", spec.dim}};
  const Json parameters = {{"m", spec.M},
                           {"ef_construction", spec.ef_construction}};
  field["method"] = {{"name", "hnsw"},
                     {"engine", spec.engine},
                     {"space_type", opensearch_space(spec.space)},
                     {"parameters", parameters}};
  if (spec.compression > 1)
    field["compression_level"] = fmt::format("{}x", spec.compression);
  return field;
}

std::string filtered(const std::string& filter) {
  return filter.empty() ? "" : ",\"filter\":" + filter;
}

class OpenSearch : public Dialect {
 public:
  explicit OpenSearch(ServiceInfo service) : service_(std::move(service)) {}

  void check(const IndexSpec& spec) const override;
  Json create_body(const IndexSpec& spec) const override;
  std::string search_body(const SearchSpec& spec, Space space) const override;
  std::optional<std::string> warm_up_path(const ServiceUrl& url) const override;
  std::string vectors_too() const override { return "_source=true"; }

 private:
  ServiceInfo service_;
};

}  // namespace

void OpenSearch::check(const IndexSpec& spec) const {
  constexpr std::size_t kMaxDim = 16000;
  check_dim(service_, spec, kMaxDim);
  check_compression(service_, spec);
}

Json OpenSearch::create_body(const IndexSpec& spec) const {
  check(spec);
  const Json index = {{"knn", true},
                      {"knn.algo_param.ef_search", spec.ef},
                      {"number_of_shards", spec.shards},
                      {"number_of_replicas", spec.replicas},
                      {"refresh_interval", "-1"}};
  const Json properties = {{kNameField, {{"type", "keyword"}}},
                           {kNameBytesField, {{"type", "keyword"}}},
                           {kVectorField, vector_field(spec)}};
  return {{"settings", {{"index", index}}},
          {"mappings", {{"properties", properties}}}};
}

std::string OpenSearch::search_body(const SearchSpec& spec, Space space) const {
  if (spec.exact)
    return fmt::format(
        R"("query":{{"script_score":{{"query":{},"script":{{"source":"knn_score",)"
        R"("lang":"knn","params":{{"field":"{}","query_value":{},)"
        R"("space_type":"{}"}}}}}}}})",
        spec.filter.empty() ? R"({"match_all":{}})" : spec.filter, kVectorField,
        spec.vector, opensearch_space(space));
  return fmt::format(R"("query":{{"knn":{{"{}":{{"vector":{},"k":{},)"
                     R"("method_parameters":{{"ef_search":{}}}{}}}}}}})",
                     kVectorField, spec.vector, spec.k, spec.ef,
                     filtered(spec.filter));
}

std::optional<std::string> OpenSearch::warm_up_path(
    const ServiceUrl& url) const {
  return "/_plugins/_knn/warmup/" + url.index;
}

std::unique_ptr<const Dialect> opensearch_dialect(const ServiceInfo& service) {
  return std::make_unique<OpenSearch>(service);
}

}  // namespace imsearch
