#include "remote/bulk_batch.h"

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
