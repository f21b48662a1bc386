// The index at the service: found or made, compared with the files, and what is
// left to do.
#include "push/target.h"

#include "common/cli.h"
#include "common/version.h"

#include "base/error.h"

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
         where, describe(meta.model), inputs.path(), describe(inputs.model()));
}

/// The files begin with the rows that were pushed.
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

void aim_at(IndexMeta& meta, const PushInputs& inputs) {
  meta.loading_to = inputs.rows();
  meta.known_rows = inputs.rows();
  meta.vectors_fingerprint = inputs.vectors_fingerprint(inputs.rows());
  meta.names_fingerprint = inputs.names().fingerprint(inputs.rows());
  meta.tool_version = "imsearch " IMSEARCH_VERSION;
}

PushTarget new_index(const ServiceInfo& service, const PushInputs& inputs,
                     const PushOptions& options) {
  PushTarget target;
  target.meta.spec = wanted_spec(options, service, inputs.dim());
  dialect_of(service)->check(target.meta.spec);
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
    target.meta.refresh_interval = stored->refresh_interval;
    target.meta.spec.replicas = stored->replicas;
  }
  if (options.replicas) target.meta.spec.replicas = *options.replicas;
  aim_at(target.meta, inputs);
  return target;
}

void begin_load(HttpClient& client, const Dialect& dialect, PushTarget& target,
                bool replicas_while_loading) {
  IndexMeta& meta = target.meta;
  const std::size_t replicas = replicas_while_loading ? meta.spec.replicas : 0;
  if (target.work == PushTarget::Work::kCreate) {
    IndexSpec spec = meta.spec;
    spec.replicas = replicas;
    create_index(client, dialect, spec, meta);
  } else {
    if (target.work == PushTarget::Work::kAppend) {
      refresh(client);
      meta.rows_before = count_rows(client);
    }
    // First the mapping: whoever is cut off behind it knows what to go on with.
    write_meta(client, meta);
    prepare_loading(client, replicas);
  }
}

void await_copies(HttpClient& client) {
  const auto missing = wait_for_replicas(client, [] {});
  if (!missing)
    cli::say(
        "whether the copies of shards are placed may not be asked: until they "
        "are, the loss of a node may take rows with it");
  else if (*missing > 0)
    cli::say(fmt::format(
        "{} copies of shards cannot be placed: until they are, the loss of a "
        "node may take rows with it",
        *missing));
}

}  // namespace imsearch
