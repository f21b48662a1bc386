// From rows that were sent to an index that searches fast, and what it answers.
#pragma once

#include "push/inputs.h"
#include "push/target.h"

#include "remote/bulk.h"
#include "remote/dialect.h"

namespace imsearch {

/// Refreshes, merges each shard to one segment, restores replicas and refresh,
/// warms up, and marks the load as finished; before all that compares the
/// number of rows with those sent. Says what it does on stderr, unless `quiet`.
/// Throws Error; the same push goes on then.
void finish_load(HttpClient& client, const Dialect& dialect,
                 const IndexMeta& meta, const BulkTotals& totals, bool quiet);

/// Gives an index whose load is finished the replicas that `meta` says, and
/// waits until they are in place. Throws Error.
void set_replicas(HttpClient& client, const IndexMeta& meta, bool quiet);

/// Asks for some of the rows, compares the answers with exact search in the
/// files of `inputs`, and says recall and times on stderr. Throws Error.
void check_answers(const Endpoint& endpoint, const PushInputs& inputs,
                   bool quiet);

}  // namespace imsearch
