// Rows on their way to a service: many at once, on several connections, each
// known to be stored before it counts.
//
// Every row is a document whose _id is its row number, so a row that is sent
// again replaces itself: a request that was cut off may be repeated.
#pragma once

#include "base/progress.h"
#include "remote/backoff.h"
#include "remote/bulk_batch.h"
#include "remote/endpoint.h"
#include "remote/http.h"
#include "remote/index_meta.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

struct BulkParams {
  unsigned connections = 4;
  std::size_t batch_bytes = std::size_t{5} << 20;  // of one request, about
  double timeout_s = 120;                          // of one request
  BackoffParams backoff;
};

/// Rows begin … end - 1, dim floats each. Memory does not depend on how many.
struct RowsToLoad {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t dim = 0;
  Space space = Space::kCosine;
  /// An earlier run was cut short: rows that are there are not sent again.
  bool skip_stored = false;

  /// Rows that are not sent, rising: their images are gone.
  std::vector<std::uint32_t> left_out;

  /// The name of the next row, from `begin` on: called once for each, in order,
  /// never from two threads at once. Valid until the next call.
  std::function<std::string_view()> next_name;
  /// Row into `unit`, of length 1 or zero. Any thread. Throws Error.
  std::function<void(std::size_t row, float* unit)> read_unit;
};

/// Called for each row that the service refuses, or that its space cannot hold;
/// never from two threads at once. May throw, which ends the load.
using OnRefused = std::function<void(std::size_t row, std::string_view name,
                                     const std::string& reason)>;

struct BulkTotals {
  std::size_t stored = 0;   // by this call
  std::size_t skipped = 0;  // were there
  std::size_t refused = 0;
  std::size_t left_out = 0;
  std::size_t retries = 0;  // requests sent again, for whatever reason
};

/// Sends the rows to a service that has answered before. Waits while its queue
/// is full (429) or it is away (503, no connection, no answer in time);
/// a request that is too large (413) is sent in halves. Throws Error once a row
/// could not be stored for `backoff.give_up_s`, or the service says no to a
/// whole request; Interrupted. What was stored by then stays.
BulkTotals load_rows(const Endpoint& endpoint, const RowsToLoad& rows,
                     const BulkParams& params, const OnProgress& on_progress,
                     const OnRefused& on_refused);

/// One connection that sends rows as often as it takes. One thread at a time.
class BulkSender {
 public:
  /// `endpoint` must outlive it, and have answered before.
  BulkSender(const Endpoint& endpoint, const BulkParams& params)
      : client_(endpoint, HttpClient::Host::kAnswered), params_(params) {}

  struct Outcome {
    std::size_t stored = 0;
    std::size_t retries = 0;
  };
  using OnRow =
      std::function<void(const BulkBatch::Row& row, const std::string& reason)>;

  /// Sends until each row is stored or refused. Throws as load_rows().
  Outcome send(BulkBatch batch, const OnRow& on_refused);

  HttpClient& client() { return client_; }

 private:
  /// Sends once; the rows to send again.
  BulkBatch send_once(const BulkBatch& batch, const OnRow& on_refused,
                      Outcome& outcome);
  /// After 413: in two requests, or refused if it is one row.
  BulkBatch send_too_large(const BulkBatch& batch, const OnRow& on_refused,
                           Outcome& outcome);
  BulkBatch send_halves(const BulkBatch& batch, const OnRow& on_refused,
                        Outcome& outcome);

  HttpClient client_;
  BulkParams params_;
  std::size_t most_bytes_ = std::numeric_limits<std::size_t>::max();
  std::string last_failure_;  // why the last rows have to be sent again
};

}  // namespace imsearch
