// push: vectors and names to an index in OpenSearch or Elasticsearch.
//
//   push http://localhost:9200/photos fvecs.bin
//
// Reads the files (inputs), finds out what is there and what is left to do
// (target), says what that needs (announce), sends the rows (load), makes the
// index fast and compares its answers with exact search (finish). With --delete
// it takes rows out instead (delete). A run that was cut short is repeated by
// the same command, which sends only what is missing. Manual:
// man/imsearch-push.1.
#include "common/cli.h"
#include "common/names_list.h"
#include "common/options.h"
#include "common/progress_line.h"
#include "common/service_endpoint.h"
#include "common/standard_streams.h"
#include "push/delete.h"
#include "push/finish.h"
#include "push/inputs.h"
#include "push/load.h"
#include "push/options.h"
#include "push/target.h"

#include "base/interrupt.h"
#include "base/progress.h"
#include "remote/plan.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <optional>

namespace {

using namespace imsearch;

/// Says what the load needs. Throws Error if it does not fit.
void announce(HttpClient& client, const ServiceInfo& service,
              const PushTarget& target, const PushOptions& options) {
  const Cluster cluster = ask_cluster(client, service);
  const IndexSpec& spec = target.meta.spec;
  const LoadPlan plan =
      plan_load(service, cluster, spec, *target.meta.loading_to,
                options.replicas_while_loading);
  const std::string text =
      plan_text(service, cluster, spec, plan, target.engine_reason);
  if (options.plan)
    print(text);
  else if (!options.quiet)
    std::fputs(text.c_str(), stderr);
  for (const std::string& obstacle : plan.obstacles) cli::say(obstacle);
  if (!plan.obstacles.empty() && !options.force)
    fail("{}: does not fit: --force goes on all the same",
         client.endpoint().url.text());
}

/// Rows that were pushed before their images went are still there.
void say_gone(const PushInputs& inputs, std::size_t pushed) {
  const auto& gone = inputs.gone();
  const auto there = static_cast<std::size_t>(
      std::lower_bound(gone.begin(), gone.end(), pushed) - gone.begin());
  if (there > 0)
    cli::say(fmt::format(
        "{} pushed before may be found although {} gone: --delete takes them "
        "out by their names",
        counted(there, "row"),
        there == 1 ? "its image is" : "their images are"));
}

int load(const PushOptions& options, const Endpoint& endpoint) {
  std::optional<cli::ProgressLine> line;
  line.emplace("looks at vectors and index", 0, options.quiet);
  const PushInputs inputs(
      options.vectors.empty() ? cli::kDefaultVectors : options.vectors,
      options.names, options.dim, separator_of(options.null));
  HttpClient client(endpoint);
  const ServiceInfo service = identify(client);
  const auto dialect = dialect_of(service);
  PushTarget target = choose_target(client, service, inputs, options);
  line.reset();
  if (!options.quiet) say_gone(inputs, target.begin);
  if (target.work == PushTarget::Work::kNothing) {
    if (!options.quiet)
      cli::say(inputs.rows() == 1
                   ? fmt::format("{}: the one row was pushed before",
                                 endpoint.url.text())
                   : fmt::format("{}: all {} rows were pushed before",
                                 endpoint.url.text(), grouped(inputs.rows())));
    if (options.replicas && !options.plan)
      set_replicas(client, target.meta, options.quiet);
    return cli::kDone;
  }
  announce(client, service, target, options);
  if (options.plan) return cli::kDone;
  // Before anything is written: one row of NaN at the end of a million would
  // otherwise end a load of an hour.
  line.emplace("checks the rows", 0, options.quiet);
  inputs.check_rows(target.begin);
  std::size_t stored = target.begin;
  bool begun = false;
  try {
    begin_load(client, *dialect, target, options.replicas_while_loading);
    begun = true;
    if (options.replicas_while_loading) await_copies(client);
    line.reset();
    const BulkTotals totals =
        send_rows(endpoint, inputs, target, options, stored);
    line.emplace("finishes the index", 0, options.quiet);
    finish_load(client, *dialect, target.meta, totals, options.quiet);
    line.reset();
  } catch (const std::exception&) {
    line.reset();
    // Nothing stays of an index that the service refused to make. But if a
    // signal came while it was being made, it may be there.
    if (begun || interrupted()) say_what_stays(endpoint, stored, inputs.rows());
    throw;
  }
  check_answers(endpoint, inputs, options.quiet);
  return cli::kDone;
}

int push(const PushOptions& options) {
  options.check();
  catch_interrupts();
  const Endpoint endpoint = endpoint_of(options.url, options.access);
  if (options.deleted_names.empty()) return load(options, endpoint);
  const Names names =
      read_list(options.deleted_names, separator_of(options.null));
  return delete_remote_rows(endpoint, names, options.quiet) ? cli::kDone
                                                            : cli::kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Push vectors to OpenSearch or Elasticsearch."};
  PushOptions options;
  options.add_to(app);
  return cli::run(app, argc, argv, [&] { return push(options); });
}
