// push's main work: the rows of a target are sent.
#pragma once

#include "push_target.h"

#include "remote/bulk.h"

namespace imsearch {

/// Sends the rows, showing progress and what is refused. Throws Error and
/// Interrupted, saying on stderr before what there is to go on with, and which
/// shards are lost if any are.
BulkTotals send_rows(const Endpoint& endpoint, const PushInputs& inputs,
                     const PushTarget& target, const PushOptions& options);

}  // namespace imsearch
