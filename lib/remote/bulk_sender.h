// One connection that rows go through, however often it takes.
#pragma once

#include "remote/bulk.h"
#include "remote/bulk_batch.h"
#include "remote/http.h"

#include <cstddef>
#include <functional>
#include <limits>
#include <string>

namespace imsearch {

/// One thread at a time.
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
