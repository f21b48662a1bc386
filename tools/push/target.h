// What a run of push has to do to the index: make it, go on with an unfinished
// load, add the rows that the files have grown by, or nothing.
#pragma once

#include "push/inputs.h"
#include "push/options.h"

#include "remote/loading.h"

#include <cstddef>
#include <string>

namespace imsearch {

struct PushTarget {
  enum class Work { kCreate, kContinue, kAppend, kNothing };

  Work work = Work::kCreate;
  IndexMeta meta;             // as it will be while loading; meta.spec is the
                              // one place that says how the index is made
  std::string engine_reason;  // for people; empty for kNothing
  std::size_t begin = 0;      // the first row to send

  std::size_t rows() const { return *meta.loading_to - begin; }
};

/// Compares the files with the index, if it is there. Throws Error where they
/// are not those that were pushed, or the index is not what the options ask
/// for, naming the difference.
PushTarget choose_target(HttpClient& client, const ServiceInfo& service,
                         const PushInputs& inputs, const PushOptions& options);

/// Makes or prepares the index, so that rows can be sent.
void begin_load(HttpClient& client, const Dialect& dialect, PushTarget& target,
                bool replicas_while_loading);

/// Waits until the copies of shards are in place, before rows are sent to them
/// as well: only then is a row safe from the loss of a node. Says so on stderr
/// if they cannot be.
void await_copies(HttpClient& client);

}  // namespace imsearch
