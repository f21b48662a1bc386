// The text of a bulk request: two lines for each row, an action and a document,
// of which the end is kept, so that a part of the rows can be sent again
// without being formatted again. Its answer has one item for each row, in
// order.
#include "remote/bulk_batch.h"

#include "io/json_text.h"
#include "remote/dialect.h"
#include "remote/stored_rows.h"

namespace imsearch {
void BulkBatch::add(std::size_t row, std::string_view name, const float* unit,
                    std::size_t dim) {
  body_ += fmt::format("{{\"index\":{{\"_id\":\"{}\"}}}}\n{{", row);
  append_name(body_, name);
  body_ += fmt::format(",\"{}\":", kVectorField);
  append_vector(body_, unit, dim);
  body_ += "}\n";
  rows_.push_back({row, std::string(name), body_.size()});
}

void BulkBatch::add_deletion(std::size_t row) {
  body_ += fmt::format("{{\"delete\":{{\"_id\":\"{}\"}}}}\n", row);
  rows_.push_back({row, "", body_.size()});
}

BulkBatch BulkBatch::subset(const std::vector<std::size_t>& places) const {
  BulkBatch batch;
  for (const std::size_t place : places) {
    const std::size_t begin = place == 0 ? 0 : rows_[place - 1].end;
    batch.body_.append(body_, begin, rows_[place].end - begin);
    batch.rows_.push_back(
        {rows_[place].row, rows_[place].name, batch.body_.size()});
  }
  return batch;
}

// 409 is a conflict with another write of the same row, such as our own earlier
// try. 500 and above mean that the shard or its node failed, not the row. A row
// that is wrong in itself is a 400; but a closed index is one, too, and refuses
// every row. 403 (blocked, or not permitted) and 404 with a reason (no such
// index) also meet every row, so that going on would be pointless.
BulkItem::Fate BulkItem::fate() const {
  if ((status >= 200 && status < 300) || (status == 404 && reason.empty()))
    return Fate::kStored;
  if (status == 409 || status == 429 || status >= 500) return Fate::kAgain;
  const bool is_closed = reason.rfind("index_closed_exception", 0) == 0;
  return status == 400 && !is_closed ? Fate::kRefused : Fate::kStopped;
}

std::vector<BulkItem> items_in(const std::string& answer, std::size_t count,
                               const std::string& where) {
  return read_answer(parse_json(answer, where), where, [&](const Json& json) {
    const Json& items = json.at("items");
    if (items.size() != count)
      fail("{}: an answer about {} rows, where {} were sent", where,
           items.size(), count);
    std::vector<BulkItem> read;
    for (const Json& item : items) {
      if (item.size() != 1) fail("{}: an answer about no row", where);
      const Json& action = item.front();  // {"index": {…}}
      BulkItem& last = read.emplace_back();
      last.status = action.at("status").get<int>();
      if (action.contains("error"))
        last.reason = error_text(action.at("error"));
    }
    return read;
  });
}

}  // namespace imsearch
