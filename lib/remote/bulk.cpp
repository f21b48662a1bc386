// Rows to a service, on several connections. Each takes the next block of rows,
// sends it as one request, and sends again what did not arrive: a full queue
// waits, a request that is too large is halved, and a row that is refused is
// reported.
//
// A request is not all or nothing: the service answers for each row, and only
// rows that may do better another time are sent again. That is safe, for the
// row's number is the document's id, so that a row which did arrive, but whose
// answer was lost, replaces itself.
#include "remote/bulk.h"

#include "base/matrix.h"
#include "base/parallel_for.h"
#include "remote/bulk_batch.h"
#include "remote/dialect.h"
#include "remote/stored_rows.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

// For the size of a block, a row as text: a float of a vector of length 1 takes
// some 12 characters, and what is around the vector some 150.
constexpr std::size_t kFloatBytes = 12;
constexpr std::size_t kRowBytes = 150;

constexpr int kTooLarge = 413;

std::vector<std::size_t> places(std::size_t begin, std::size_t end) {
  std::vector<std::size_t> list;
  for (std::size_t i = begin; i < end; ++i) list.push_back(i);
  return list;
}

/// Rows of the smallest block, where the largest has `most`; only the very last
/// block may be smaller.
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

  void leave_out(std::size_t rows) {
    const std::lock_guard lock(mutex_);
    totals_.left_out += rows;
    show_progress();
  }

  const BulkTotals& totals() const { return totals_; }

 private:
  void show_progress() const {
    if (on_progress_)
      on_progress_(totals_.stored + totals_.skipped + totals_.refused +
                   totals_.left_out);
  }

  const RowsToLoad& rows_;
  const OnProgress& on_progress_;
  const OnRefused& on_refused_;
  std::mutex mutex_;
  std::size_t next_;
  BulkTotals totals_;
};

/// Which of the block's rows have to be sent: all of them, unless an earlier
/// run was cut short. Then asking, which costs ids only, saves sending vectors.
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

/// Takes the rows of the block that are left out out of those to send; gives
/// how many they are.
std::size_t leave_out(const RowsToLoad& rows, const Loading::Block& block,
                      std::vector<bool>& to_send) {
  std::size_t count = 0;
  for (auto row = std::lower_bound(rows.left_out.begin(), rows.left_out.end(),
                                   block.begin);
       row != rows.left_out.end() && *row < block.begin + to_send.size();
       ++row) {
    if (!to_send[*row - block.begin]) continue;
    to_send[*row - block.begin] = false;
    ++count;
  }
  return count;
}

/// The block's rows as a request, without those that the index cannot hold,
/// which are refused here: a service would refuse them one by one.
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

BulkSender::Outcome BulkSender::send(BulkBatch batch, const OnRow& on_refused) {
  Outcome outcome;
  Backoff backoff(params_.backoff);
  while (!batch.empty()) {
    const std::size_t before = batch.size();
    batch = send_once(batch, on_refused, outcome);
    if (batch.empty()) break;
    // Some rows were taken, so that the service is alive: patience starts anew.
    if (batch.size() < before) backoff.reset();
    if (!backoff.wait())
      fail(
          "{}: {} rows, the first of them {}, could not be stored in {:g} s: "
          "{}",
          client_.endpoint().url.text(), batch.size(), batch[0].row,
          params_.backoff.give_up_s, last_failure_);
    ++outcome.retries;
  }
  return outcome;
}

BulkBatch BulkSender::send_once(const BulkBatch& batch, const OnRow& on_refused,
                                Outcome& outcome) {
  // A size that was too large once is not tried again: every such try would
  // send megabytes to be refused.
  if (batch.size() > 1 && batch.body().size() > most_bytes_)
    return send_halves(batch, on_refused, outcome);
  HttpRequest request =
      http_post(client_.endpoint().url.path("_bulk"), batch.body());
  request.timeout_s = params_.timeout_s;
  HttpResponse response;
  try {
    response = client_.send(request);
  } catch (const ConnectionError& e) {
    last_failure_ = e.what();
    return batch;
  }
  if (response.status == kTooLarge) {
    most_bytes_ = batch.body().size() / 2;
    return send_too_large(batch, on_refused, outcome);
  }
  if (is_passing_status(response.status)) {
    last_failure_ = failure_text(response);
    return batch;
  }
  if (!response.ok()) fail_with_answer(client_, request, response);

  const std::vector<BulkItem> items =
      items_in(response.body, batch.size(), client_.endpoint().url.text());
  std::vector<std::size_t> again;
  for (std::size_t i = 0; i < items.size(); ++i) {
    switch (items[i].fate()) {
      case BulkItem::Fate::kStored:
        ++outcome.stored;
        break;
      case BulkItem::Fate::kAgain:
        last_failure_ = items[i].reason;
        again.push_back(i);
        break;
      case BulkItem::Fate::kRefused:
        on_refused(batch[i], items[i].reason);
        break;
      case BulkItem::Fate::kStopped:
        fail("{}: row {}: {}", client_.endpoint().url.text(), batch[i].row,
             items[i].reason);
    }
  }
  return batch.subset(again);
}

BulkBatch BulkSender::send_too_large(const BulkBatch& batch,
                                     const OnRow& on_refused,
                                     Outcome& outcome) {
  ++outcome.retries;
  if (batch.size() > 1) return send_halves(batch, on_refused, outcome);
  on_refused(batch[0],
             fmt::format("{} bytes are more than the service takes at once",
                         batch.body().size()));
  return {};
}

BulkBatch BulkSender::send_halves(const BulkBatch& batch,
                                  const OnRow& on_refused, Outcome& outcome) {
  const std::size_t half = batch.size() / 2;
  for (const auto& part : {places(0, half), places(half, batch.size())}) {
    const Outcome sent = send(batch.subset(part), on_refused);
    outcome.stored += sent.stored;
    outcome.retries += sent.retries;
  }
  return {};
}

BulkTotals load_rows(const Endpoint& endpoint, const RowsToLoad& rows,
                     const BulkParams& params, const OnProgress& on_progress,
                     const OnRefused& on_refused) {
  const std::size_t most = std::max<std::size_t>(
      1, params.batch_bytes / (rows.dim * kFloatBytes + kRowBytes));
  Loading loading(rows, on_progress, on_refused);
  std::vector<BulkSender> senders;
  for (unsigned c = 0; c < params.connections; ++c)
    senders.emplace_back(endpoint, params);
  // How many blocks there will be is not known, since they shrink: a connection
  // that finds no rows left does nothing.
  const std::size_t most_blocks = (rows.end - rows.begin) / least_of(most) + 1;
  parallel_for(
      most_blocks, 1, params.connections,
      [&](std::size_t, std::size_t, unsigned connection) {
        BulkSender& sender = senders[connection];
        const Loading::Block block = loading.next(most, params.connections);
        if (block.names.empty()) return;
        std::vector<bool> to_send =
            missing(sender.client(), rows, block, params.backoff);
        const auto sent = std::count(to_send.begin(), to_send.end(), true);
        loading.count(0, to_send.size() - static_cast<std::size_t>(sent), 0);
        loading.leave_out(leave_out(rows, block, to_send));
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
