// push's command line, what in it does not go together, and the index it asks
// for. Options that make an index are kept as given: one that was left out
// takes its default for a new index, and whatever an old one was made with.
#include "push/options.h"

#include "common/cli.h"
#include "common/completion.h"
#include "common/index_options.h"
#include "common/options.h"

#include <CLI/CLI.hpp>

#include <array>

namespace imsearch {
namespace {

/// Builds that bring engine faiss's native library.
constexpr std::array kPackaged = {"tar", "rpm", "deb", "docker"};
constexpr std::size_t kMaxShards = 1024;
constexpr std::size_t kMaxConnections = 64;

std::size_t compression_of(const std::string& text) {
  return text == "none" ? 1 : std::stoul(text);  // "4x"
}

std::string compression_text(std::size_t compression) {
  return compression == 1 ? "none" : fmt::format("{}x", compression);
}

template <typename Value>
void compare(const std::optional<Value>& wanted, const Value& stored,
             const char* what, const std::string& where) {
  if (wanted && *wanted != stored)
    fail(
        "{}: was made with {} {}, not {}: leave the option out, or push to "
        "another index",
        where, what, stored, *wanted);
}

bool is_packaged(const ServiceInfo& service) {
  for (const char* type : kPackaged)
    if (service.build_type == type) return true;
  return false;
}

void add_spec(CLI::App& app, PushOptions& options) {
  app.add_option("--engine", options.engine,
                 "OpenSearch's engine (default: faiss where it is packaged "
                 "with it, else lucene)")
      ->type_name("ENGINE")
      ->check(cli::one_of({"faiss", "lucene"}));
  app.add_option("--space", options.space,
                 "How vectors are compared (default: cosine)")
      ->type_name("SPACE")
      ->check(cli::one_of({"cosine", "l2", "innerproduct"}));
  app.add_option("-M,--links", options.M,
                 "Links per row, twice as many at level 0 (default: 48)")
      ->check(CLI::Range(std::size_t{2}, std::size_t{512}));
  app.add_option("--ef-construction", options.ef_construction,
                 "Candidates looked at for each row's links (default: 128)")
      ->check(CLI::Range(std::size_t{2}, std::size_t{3200}));
  app.add_option("--ef", options.ef,
                 "Candidates kept while searching, where a query does not say "
                 "(default: 256)")
      ->check(CLI::Range(std::size_t{2}, std::size_t{10000}));
  app.add_option("--compression", options.compression,
                 "Search vectors of so many times fewer bytes (default: none)")
      ->type_name("TIMES")
      ->check(cli::one_of({"none", "4x", "8x", "16x", "32x"}));
  app.add_option("--shards", options.shards,
                 "Primary shards (default: as many as keep each below 30 GB)")
      ->check(CLI::Range(std::size_t{1}, kMaxShards));
  app.add_option("--replicas", options.replicas,
                 "Copies of each shard once loaded (default: 0)")
      ->check(CLI::Range(std::size_t{0}, std::size_t{16}));
}

void add_loading(CLI::App& app, PushOptions& options) {
  app.add_flag(
      "--replicas-while-loading", options.replicas_while_loading,
      "Write the copies with each row: slower, but a node may be lost");
  app.add_option("--connections", options.bulk.connections, "Requests at once")
      ->check(CLI::Range(std::size_t{1}, kMaxConnections))
      ->capture_default_str();
  app.add_option("--retry-for", options.bulk.backoff.give_up_s,
                 "Seconds to go on trying to store a row")
      ->type_name("SECONDS")
      ->check(cli::between(0, 86400))
      ->capture_default_str();
  app.add_flag("--plan", options.plan,
               "Print what the load needs and what the nodes have, and stop");
  app.add_flag("--force", options.force,
               "Go on where it does not fit, or engine faiss is not known to "
               "be there");
}

/// How --help shows them.
void group(CLI::App& app) {
  using cli::Group;
  cli::put_under(app, Group::kOften, {"--plan", "--replicas", "--delete"});
  cli::put_under(app, Group::kInput, {"--names", "--dim", "--null"});
  cli::put_under(app, Group::kBuilding,
                 {"--engine", "--space", "--links", "--ef-construction", "--ef",
                  "--compression", "--shards"});
  cli::put_under(
      app, Group::kLoading,
      {"--replicas-while-loading", "--connections", "--retry-for", "--force"});
  cli::put_under(app, Group::kService, {"--cacert", "--aws-region"});
  cli::completes(app, {"vectors"}, cli::kVectorFiles);
  cli::completes(app, {"--names", "--delete"}, cli::kNamesFiles);
  cli::add_examples(app, {"http://localhost:9200/photos",
                          "http://localhost:9200/photos --plan"});
}

}  // namespace

void PushOptions::add_to(CLI::App& app) {
  app.add_option("url", url, "The index: http://host:9200/INDEX")
      ->type_name("URL")
      ->required();
  app.preparse_callback([](std::size_t words) {
    if (words == 0)
      cli::fail_usage(
          "no index is named: its URL comes first, such as "
          "http://localhost:9200/photos");
  });
  app.add_option("vectors", vectors, "File of vectors (default: fvecs.bin)");
  app.add_option("-n,--names", names,
                 "File of names (default: fnames.txt for fvecs.bin)");
  cli::add_dim(app, dim);
  add_spec(app, *this);
  add_loading(app, *this);
  app.add_option("--delete", deleted_names,
                 "Delete the images whose names are in this file; -: standard "
                 "input")
      ->type_name("NAMES");
  add_access(app, access);
  cli::add_null(app, null);
  cli::add_quiet(app, quiet);
  group(app);
}

void PushOptions::check() const {
  if (deleted_names.empty()) return;
  const bool loads = !vectors.empty() || !names.empty() || dim != 0 || plan ||
                     engine || space || M || ef_construction || ef ||
                     compression || shards || replicas;
  if (loads) cli::fail_usage("--delete deletes, and loads nothing beside it");
}

EngineChoice choose_engine(const PushOptions& options,
                           const ServiceInfo& service) {
  if (service.kind == ServiceKind::kElasticsearch) {
    if (options.engine)
      cli::fail_usage("--engine is OpenSearch's: {} has but one",
                      service.text());
    return {"lucene", "Elasticsearch has no other"};
  }
  const bool packaged = is_packaged(service);
  if (!options.engine) {
    if (packaged) return {"faiss", service.build_type + " packages bring it"};
    return {"lucene", service.build_type.empty()
                          ? "the service does not say how it was packaged"
                          : "the build is a bare " + service.build_type +
                                ", which may lack faiss's library"};
  }
  if (*options.engine == "faiss" && !packaged && !options.force)
    fail(
        "{}: its build ('{}') may lack faiss's library, and would then die at "
        "the first refresh and at every start: --engine lucene, or --force if "
        "you know that it is there",
        service.text(), service.build_type);
  return {*options.engine, "as asked"};
}

IndexSpec wanted_spec(const PushOptions& options, const std::string& engine,
                      std::size_t dim) {
  IndexSpec spec;
  spec.dim = dim;
  spec.engine = engine;
  if (options.space) spec.space = space_from_text(*options.space);
  spec.M = options.M.value_or(spec.M);
  spec.ef_construction = options.ef_construction.value_or(spec.ef_construction);
  spec.ef = options.ef.value_or(spec.ef);
  if (options.compression)
    spec.compression = compression_of(*options.compression);
  spec.shards = options.shards.value_or(0);
  spec.replicas = options.replicas.value_or(0);
  return spec;
}

void check_same_spec(const PushOptions& options, const IndexSpec& stored,
                     const std::string& where) {
  compare(options.engine, stored.engine, "engine", where);
  compare(options.space, to_text(stored.space), "space", where);
  compare(options.M, stored.M, "M", where);
  compare(options.ef_construction, stored.ef_construction, "efConstruction",
          where);
  compare(options.ef, stored.ef, "ef", where);
  compare(options.compression, compression_text(stored.compression),
          "compression", where);
  compare(options.shards, stored.shards, "shards", where);
}

}  // namespace imsearch
