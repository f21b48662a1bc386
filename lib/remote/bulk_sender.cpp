#include "remote/bulk_sender.h"

#include <utility>
#include <vector>

namespace imsearch {
namespace {

constexpr int kTooLarge = 413;

std::vector<std::size_t> places(std::size_t begin, std::size_t end) {
  std::vector<std::size_t> list;
  for (std::size_t i = begin; i < end; ++i) list.push_back(i);
  return list;
}

}  // namespace

BulkSender::Outcome BulkSender::send(BulkBatch batch, const OnRow& on_refused) {
  Outcome outcome;
  Backoff backoff(params_.backoff);
  while (!batch.empty()) {
    const std::size_t before = batch.size();
    batch = send_once(batch, on_refused, outcome);
    if (batch.empty()) break;
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
  // What was too large once is not tried again.
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

}  // namespace imsearch
