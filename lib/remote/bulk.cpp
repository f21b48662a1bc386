#include "remote/bulk.h"

#include "base/matrix.h"
#include "base/parallel_for.h"
#include "remote/bulk_batch.h"
#include "remote/bulk_sender.h"
#include "remote/dialect.h"
#include "remote/stored_rows.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <vector>

namespace imsearch {
namespace {

// As text: shortest float32 of vectors of length 1, and what is around them.
constexpr std::size_t kFloatBytes = 12;
constexpr std::size_t kRowBytes = 150;

/// Rows of the smallest block, but for the last one, where the largest has
/// `most`.
std::size_t least_of(std::size_t most) {
  return most / 16 + 1;
}

/// What all connections share.
class Loading {
 public:
  Loading(const RowsToLoad& rows, const OnProgress& on_progress,
          const OnRefused& on_refused)
      : rows_(rows),
        on_progress_(on_progress),
        on_refused_(on_refused),
        next_(rows.begin) {}

  struct Block {
    std::size_t begin = 0;
    std::vector<std::string> names;
  };

  /// The next rows, at most `most`; none at the end. Blocks get smaller towards
  /// it, down to least_of(most), so that all `connections` are done at about
  /// the same time.
  Block next(std::size_t most, unsigned connections) {
    const std::lock_guard lock(mutex_);
    Block block;
    block.begin = next_;
    const std::size_t share = (rows_.end - next_) / connections / 2;
    const std::size_t count = std::clamp(share, least_of(most), most);
    const std::size_t end = std::min(next_ + count, rows_.end);
    for (; next_ < end; ++next_) block.names.emplace_back(rows_.next_name());
    return block;
  }

  void refuse(std::size_t row, std::string_view name,
              const std::string& reason) {
    const std::lock_guard lock(mutex_);
    on_refused_(row, name, reason);
    ++totals_.refused;
    show_progress();
  }

  void count(std::size_t stored, std::size_t skipped, std::size_t retries) {
    const std::lock_guard lock(mutex_);
    totals_.stored += stored;
    totals_.skipped += skipped;
    totals_.retries += retries;
    show_progress();
  }

  const BulkTotals& totals() const { return totals_; }

 private:
  void show_progress() const {
    if (on_progress_)
      on_progress_(totals_.stored + totals_.skipped + totals_.refused);
  }

  const RowsToLoad& rows_;
  const OnProgress& on_progress_;
  const OnRefused& on_refused_;
  std::mutex mutex_;
  std::size_t next_;
  BulkTotals totals_;
};

/// Which of the block's rows have to be sent.
std::vector<bool> missing(HttpClient& client, const RowsToLoad& rows,
                          const Loading::Block& block,
                          const BackoffParams& patience) {
  std::vector<bool> missing(block.names.size(), true);
  if (!rows.skip_stored) return missing;
  std::vector<std::uint32_t> numbers(block.names.size());
  std::iota(numbers.begin(), numbers.end(),
            static_cast<std::uint32_t>(block.begin));
  const std::vector<bool> there = are_there(client, numbers, patience);
  for (std::size_t i = 0; i < there.size(); ++i) missing[i] = !there[i];
  return missing;
}

/// The block's rows as a request; those that cannot be held are refused.
BulkBatch batch_of(const RowsToLoad& rows, const Loading::Block& block,
                   const std::vector<bool>& missing, Loading& loading) {
  BulkBatch batch;
  std::vector<float> unit(rows.dim);
  for (std::size_t i = 0; i < block.names.size(); ++i) {
    if (!missing[i]) continue;
    const std::size_t row = block.begin + i;
    rows.read_unit(row, unit.data());
    if (!holds_zero_rows(rows.space) && is_zero_row(unit.data(), rows.dim))
      loading.refuse(row, block.names[i],
                     "a row of zeros has no direction: space l2 holds it");
    else
      batch.add(row, block.names[i], unit.data(), rows.dim);
  }
  return batch;
}

}  // namespace

BulkTotals load_rows(const Endpoint& endpoint, const RowsToLoad& rows,
                     const BulkParams& params, const OnProgress& on_progress,
                     const OnRefused& on_refused) {
  const std::size_t most = std::max<std::size_t>(
      1, params.batch_bytes / (rows.dim * kFloatBytes + kRowBytes));
  Loading loading(rows, on_progress, on_refused);
  std::vector<BulkSender> senders;
  for (unsigned c = 0; c < params.connections; ++c)
    senders.emplace_back(endpoint, params);
  const std::size_t most_blocks = (rows.end - rows.begin) / least_of(most) + 1;
  parallel_for(
      most_blocks, 1, params.connections,
      [&](std::size_t, std::size_t, unsigned connection) {
        BulkSender& sender = senders[connection];
        const Loading::Block block = loading.next(most, params.connections);
        if (block.names.empty()) return;
        const std::vector<bool> to_send =
            missing(sender.client(), rows, block, params.backoff);
        const auto sent = std::count(to_send.begin(), to_send.end(), true);
        loading.count(0, to_send.size() - static_cast<std::size_t>(sent), 0);
        const BulkSender::Outcome outcome = sender.send(
            batch_of(rows, block, to_send, loading),
            [&](const BulkBatch::Row& row, const std::string& reason) {
              loading.refuse(row.row, row.name, reason);
            });
        loading.count(outcome.stored, 0, outcome.retries);
      });
  return loading.totals();
}

}  // namespace imsearch
