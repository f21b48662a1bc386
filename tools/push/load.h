// push's main work: the rows of a target are sent.
#pragma once

#include "push/target.h"

#include "remote/bulk.h"

namespace imsearch {

/// Sends the rows, showing progress and what is refused; `stored` follows how
/// many of the index's rows are there. Throws Error and Interrupted.
BulkTotals send_rows(const Endpoint& endpoint, const PushInputs& inputs,
                     const PushTarget& target, const PushOptions& options,
                     std::size_t& stored);

/// After a failure: says on stderr what there is to go on with, or which shards
/// are lost.
void say_what_stays(const Endpoint& endpoint, std::size_t stored,
                    std::size_t rows);

}  // namespace imsearch
