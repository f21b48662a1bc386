// The options of building, searching and reaching an index, each registered in
// one place with its help, range and default.
#include "common/index_options.h"

#include "common/cli.h"
#include "common/options.h"

#include "remote/remote_index.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <set>

namespace imsearch {
namespace cli {
namespace {

/// One number of --ef. CLI11 reads lists of numbers only with its own
/// delimiter, so range and message are those of whole(). Throws
/// ValidationError.
std::size_t read_candidates(const char* option, const std::string& text) {
  const std::string wrong = is_decimal(text)
                                ? whole(1, kMaxCandidates)(text)
                                : text + " is not a decimal number";
  if (!wrong.empty()) throw CLI::ValidationError(option, wrong);
  // Base 10, so that 010 is ten.
  return std::stoul(text);
}

}  // namespace

void add_top(CLI::App& app, std::size_t& k) {
  app.add_option("-k,--top", k, "Neighbours per query")
      ->check(whole(1, kMaxCandidates))
      ->capture_default_str();
}

void add_ef_list(CLI::App& app, std::vector<std::size_t>& efs) {
  // Not CLI11's own delimiter: it passes over what is empty, as in 16,,32.
  const auto read = [&efs](const std::vector<std::string>& lists) {
    efs.clear();
    for (const std::string& list : lists)
      for (std::size_t at = 0; at <= list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        if (end == at)
          throw CLI::ValidationError("--ef", list + ": a number is missing");
        efs.push_back(read_candidates("--ef", list.substr(at, end - at)));
        at = end + 1;
      }
  };
  app.add_option_function<std::vector<std::string>>(
         "--ef", read,
         "Candidates kept while searching: one number, or several with commas")
      ->allow_extra_args(false)
      ->type_name("N")
      ->default_str(fmt::format("{}", fmt::join(efs, ",")));
}

void add_search(CLI::App& app, SearchParams& params) {
  add_top(app, params.k);
  app.add_option(
         "--ef", params.ef,
         "Candidates kept while searching, at least as many as -k: more "
         "finds more of the nearest, but takes longer")
      ->check(whole(1, kMaxCandidates))
      ->capture_default_str();
  add_rerank(app, params);
}

void add_name_rules(CLI::App& app, NameRules& rules) {
  const auto not_empty = [](const std::string& pattern) {
    return pattern.empty() ? "an empty pattern matches no name" : "";
  };
  const auto add = [&](const char* option, std::vector<std::string>& patterns,
                       const char* help) {
    app.add_option(option, patterns, help)
        ->type_name("GLOB")
        ->allow_extra_args(false)
        ->check(not_empty);
  };
  add("--only", rules.only,
      "Only images whose name, or a folder in it, matches");
  add("--not", rules.without,
      "No images whose name, or a folder in it, matches");
}

void say_if_raised(const std::vector<std::size_t>& efs, std::size_t k) {
  // A set: each once, from the smallest, however --ef was given.
  std::set<std::size_t> raised;
  for (const std::size_t ef : efs)
    if (ef < k) raised.insert(ef);
  if (raised.empty()) return;
  say(fmt::format("--ef {}: less than -k {}: {} candidates are kept",
                  fmt::join(raised, ", "), k, k));
}

void add_rerank(CLI::App& app, SearchParams& params) {
  app.add_option(
         "--rerank-codes", params.rerank_codes,
         "How many of these candidates are compared a second time, more "
         "precisely, by 8-bit codes; 0: all")
      ->check(whole(0, kMaxCandidates))
      ->capture_default_str();
  app.add_option("--rerank", params.rerank,
                 "How many of the best are then compared exactly, with the "
                 "vectors themselves, whatever their codes say; at least -k")
      ->check(whole(1, kMaxCandidates))
      ->capture_default_str();
}

void add_hnsw(CLI::App& app, HnswParams& params) {
  app.add_option("-M,--links", params.M,
                 "Links per row (twice as many at level 0)")
      ->check(whole(2, 512))
      ->capture_default_str();
  app.add_option("--ef-construction", params.ef_construction,
                 "Candidates looked at for each row's links")
      ->check(whole(1, 100000))
      ->capture_default_str();
}

}  // namespace cli

void add_access(CLI::App& app, AccessParams& params) {
  app.add_option("--cacert", params.ca_file,
                 "File of certificates to trust, for https (default: the "
                 "system's)")
      ->type_name("FILE");
  app.add_option("--aws-region", params.aws_region,
                 "Sign requests for AWS in this region (default: as the "
                 "host's name says)")
      ->type_name("REGION");
}

void add_service(CLI::App& app, ServiceParams& params,
                 const std::vector<std::string>& local) {
  CLI::Option* url =
      app.add_option("--url", params.url,
                     "Ask this index at OpenSearch or Elasticsearch instead of "
                     "an index file: http://host:9200/INDEX")
          ->type_name("URL");
  // What a service decides by itself is refused, not passed over in silence.
  for (const std::string& option : local) url->excludes(option);
  add_access(app, params.access);
  for (const char* option : {"--cacert", "--aws-region"})
    app.get_option(option)->needs(url);
  cli::put_under(app, cli::Group::kService,
                 {"--url", "--cacert", "--aws-region"});
}

void check_service_limits(std::size_t k, std::size_t ef, bool leaves_out) {
  // OpenSearch and Elasticsearch refuse larger windows with a message of their
  // own, which names a setting of the index there instead of our option.
  const std::size_t most = kMaxRemoteTop - (leaves_out ? 1 : 0);
  if (k > most)
    cli::fail_usage("-k {}: a service gives {} neighbours at most{}", k, most,
                    leaves_out ? " beside the image asked for" : "");
  if (ef > kMaxRemoteTop)
    cli::fail_usage("--ef {}: a service keeps {} candidates at most", ef,
                    kMaxRemoteTop);
}

}  // namespace imsearch
