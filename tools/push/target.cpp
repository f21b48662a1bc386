// Finds out what is there and what is left to do. An index of that name is
// compared with the options, with the model of the vectors, and with the files:
// their first rows must be those that were pushed, by their fingerprints. What
// the files have beyond those is what this run sends.
//
// The mapping is written before the first row: whatever ends this run, the next
// one reads there what was being loaded.
#include "push/target.h"

#include "common/cli.h"
#include "common/version.h"

#include "base/error.h"
#include "remote/plan.h"

#include <fmt/format.h>

namespace imsearch {
namespace {

void check_model(const IndexMeta& meta, const PushInputs& inputs,
                 const std::string& where) {
  if (meta.spec.dim != inputs.dim())
    fail("{}: rows of {} floats, but {} has {}", where, meta.spec.dim,
         inputs.path(), inputs.dim());
  if (!same_model(meta.model, inputs.model()))
    fail("{}: made by {}, but {} by {}: one index holds rows of one model",
         where, describe_beside(inputs.model(), meta.model), inputs.path(),
         describe_beside(meta.model, inputs.model()));
}

/// Throws Error unless the files begin with the rows that were pushed.
void check_rows(const IndexMeta& meta, const PushInputs& inputs,
                const std::string& where) {
  if (inputs.rows() < meta.known_rows)
    fail("{}: {} rows, but {} were pushed to {}: rows can only be appended",
         inputs.path(), inputs.rows(), meta.known_rows, where);
  if (inputs.vectors_fingerprint(meta.known_rows) != meta.vectors_fingerprint)
    fail(
        "{}: the first {} rows are not those that were pushed to {}: push to "
        "another index, or delete this one",
        inputs.path(), meta.known_rows, where);
  if (inputs.names().fingerprint(meta.known_rows) != meta.names_fingerprint)
    fail(
        "{}: the first {} names are not those that were pushed to {}: push to "
        "another index, or delete this one",
        inputs.names().path(), meta.known_rows, where);
}

/// Makes the whole of the files what the load is to reach.
void aim_at(IndexMeta& meta, const PushInputs& inputs) {
  meta.loading_to = inputs.rows();
  meta.known_rows = inputs.rows();
  meta.vectors_fingerprint = inputs.vectors_fingerprint(inputs.rows());
  meta.names_fingerprint = inputs.names().fingerprint(inputs.rows());
  meta.tool_version = "imsearch " IMSEARCH_VERSION;
}

/// Why an index that is there has its engine: today's choice may be another.
std::string reason_for(const std::string& engine, const EngineChoice& today) {
  return today.engine == engine ? today.reason : "as the index was made";
}

PushTarget new_index(const ServiceInfo& service, const PushInputs& inputs,
                     const PushOptions& options) {
  PushTarget target;
  const EngineChoice engine = choose_engine(options, service);
  target.engine_reason = engine.reason;
  IndexSpec& spec = target.meta.spec;
  spec = wanted_spec(options, engine.engine, inputs.dim());
  dialect_of(service)->check(spec);
  if (spec.shards == 0)
    spec.shards = shards_for(inputs.rows(), row_needs(service, spec));
  target.meta.model = inputs.model();
  aim_at(target.meta, inputs);
  return target;
}

}  // namespace

PushTarget choose_target(HttpClient& client, const ServiceInfo& service,
                         const PushInputs& inputs, const PushOptions& options) {
  const std::optional<StoredIndex> stored = find_index(client);
  if (!stored) return new_index(service, inputs, options);
  const std::string where = client.endpoint().url.text();
  check_same_spec(options, stored->meta.spec, where);
  check_model(stored->meta, inputs, where);
  check_rows(stored->meta, inputs, where);

  PushTarget target;
  target.meta = stored->meta;
  target.begin = stored->meta.rows;
  if (stored->meta.loading_to) {
    target.work = PushTarget::Work::kContinue;
  } else {
    target.work = inputs.rows() > stored->meta.rows
                      ? PushTarget::Work::kAppend
                      : PushTarget::Work::kNothing;
    // A load that was cut off has changed these two; its mapping has the old
    // ones.
    target.meta.refresh_interval = stored->refresh_interval;
    target.meta.spec.replicas = stored->replicas;
  }
  if (options.replicas) target.meta.spec.replicas = *options.replicas;
  aim_at(target.meta, inputs);
  if (target.work != PushTarget::Work::kNothing)
    target.engine_reason =
        reason_for(target.meta.spec.engine, choose_engine(options, service));
  return target;
}

void begin_load(HttpClient& client, const Dialect& dialect, PushTarget& target,
                bool replicas_while_loading) {
  IndexMeta& meta = target.meta;
  const std::size_t replicas = replicas_while_loading ? meta.spec.replicas : 0;
  if (target.work == PushTarget::Work::kCreate) {
    create_index(client, dialect, meta, replicas);
  } else {
    if (target.work == PushTarget::Work::kAppend) {
      refresh(client);
      meta.rows_before = count_rows(client);
    }
    // The mapping comes first, so that a run that is cut off behind it can be
    // gone on with.
    write_meta(client, meta);
    prepare_loading(client, replicas);
  }
}

void await_copies(HttpClient& client) {
  const auto missing = wait_for_replicas(client, [] {});
  if (!missing)
    cli::say(
        "this user may not ask whether the copies of shards are placed: until "
        "they "
        "are, the loss of a node may take rows with it");
  else if (*missing > 0)
    cli::say(fmt::format(
        "shard copies that cannot be placed: {}; until they are, the loss of a "
        "node may take rows with it",
        *missing));
}

}  // namespace imsearch
