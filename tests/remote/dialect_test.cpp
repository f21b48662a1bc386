// remote/dialect.h, as far as no service is needed: tests/service has the rest.
#include "remote/dialect.h"

#include "base/error.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <string>

TEST_SUITE_BEGIN("remote");

using namespace imsearch;
using imsearch::test::contains;

namespace {

ServiceInfo service(ServiceKind kind, int major, int minor) {
  ServiceInfo info;
  info.kind = kind;
  info.major = major;
  info.minor = minor;
  info.version = fmt::format("{}.{}.0", major, minor);
  return info;
}

std::string refusal(const ServiceInfo& info, const IndexSpec& spec) {
  try {
    dialect_of(info)->create_body(spec);
  } catch (const Error& e) {
    return e.what();
  }
  return "accepted";
}

IndexSpec compressed(std::size_t factor, const std::string& engine = "lucene") {
  IndexSpec spec;
  spec.dim = 8;
  spec.engine = engine;
  spec.compression = factor;
  return spec;
}

/// What the services' documents say of the score.
double score_of(double cosine, Space space) {
  const double l2sq = 2 - 2 * cosine;
  if (space == Space::kCosine) return (1 + cosine) / 2;
  if (space == Space::kL2) return 1 / (1 + l2sq);
  return cosine >= 0 ? cosine + 1 : 1 / (1 - cosine);
}

}  // namespace

TEST_CASE("a score is turned back into the cosine") {
  for (const Space space : {Space::kCosine, Space::kL2, Space::kInnerProduct})
    for (const double cosine : {-1.0, -0.5, -1e-4, 0.0, 1e-4, 0.5, 0.9, 1.0})
      CHECK(cosine_of_score(score_of(cosine, space), space) ==
            doctest::Approx(cosine).epsilon(1e-12));
}

TEST_CASE("the reference's score of .6760856 is a cosine of .760449") {
  CHECK(cosine_of_score(0.6760856, Space::kL2) ==
        doctest::Approx(0.760449).epsilon(1e-6));
}

TEST_CASE("compressions that a service lacks are refused, naming its own") {
  const auto os = service(ServiceKind::kOpenSearch, 2, 19);
  const auto es = service(ServiceKind::kElasticsearch, 8, 19);
  CHECK(refusal(os, compressed(4)) == "accepted");
  CHECK(contains(refusal(os, compressed(32)), "it has 4x"));
  CHECK(refusal(os, compressed(32, "faiss")) == "accepted");
  CHECK(contains(refusal(os, compressed(4, "faiss")), "8x, 16x and 32x"));
  CHECK(refusal(es, compressed(32)) == "accepted");
  CHECK(contains(refusal(es, compressed(16)), "no compression 16x"));
  CHECK(contains(
      refusal(service(ServiceKind::kElasticsearch, 8, 10), compressed(4)),
      "from 8.12"));
}

TEST_CASE("more dimensions than a service takes are refused") {
  IndexSpec spec;
  spec.dim = 5000;
  CHECK(refusal(service(ServiceKind::kOpenSearch, 2, 19), spec) == "accepted");
  CHECK(contains(refusal(service(ServiceKind::kElasticsearch, 8, 19), spec),
                 "takes 4096 at most"));
  CHECK(contains(refusal(service(ServiceKind::kElasticsearch, 8, 8), spec),
                 "takes 2048 at most"));
  spec.dim = 16001;
  CHECK(contains(refusal(service(ServiceKind::kOpenSearch, 3, 0), spec),
                 "takes 16000 at most"));
}

TEST_CASE("vectors are asked for where documents come without") {
  const auto parameters = [](int major, int minor) {
    return dialect_of(service(ServiceKind::kElasticsearch, major, minor))
        ->vectors_too();
  };
  CHECK(parameters(9, 1) == "_source=true");
  CHECK(contains(parameters(9, 2), "_source_exclude_vectors=false"));
}

TEST_CASE("float32 is named where the default is quantised") {
  IndexSpec spec;
  spec.dim = 1280;
  const Json body =
      dialect_of(service(ServiceKind::kElasticsearch, 9, 1))->create_body(spec);
  const Json& options =
      body.at("mappings").at("properties").at("fvec").at("index_options");
  CHECK(options.at("type") == "hnsw");
  CHECK(options.at("m") == 48);
  CHECK(options.at("ef_construction") == 128);
}

TEST_SUITE_END();
