#include "remote/bulk_batch.h"

#include "remote/dialect.h"
#include "remote/number_text.h"
#include "remote/stored_rows.h"

namespace imsearch {
namespace {

/// "mapper_parsing_exception: failed to parse: Vector dimension mismatch".
std::string reason_of(const Json& error) {
  if (!error.is_object()) return error.dump();
  std::string text = error.value("type", "") + ": " + error.value("reason", "");
  const Json* cause = &error;
  while (cause->contains("caused_by")) cause = &cause->at("caused_by");
  if (cause != &error) text += ": " + cause->value("reason", "");
  return text;
}

}  // namespace

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

std::vector<BulkItem> items_in(const std::string& answer, std::size_t count,
                               const std::string& where) {
  return read_answer(parse_json(answer, where), where, [&](const Json& json) {
    const Json& items = json.at("items");
    if (items.size() != count)
      fail("{}: an answer about {} rows, where {} were sent", where,
           items.size(), count);
    std::vector<BulkItem> read;
    for (const Json& item : items) {
      const Json& action = item.front();  // {"index": {…}}
      BulkItem& last = read.emplace_back();
      last.status = action.at("status").get<int>();
      if (action.contains("error")) last.reason = reason_of(action.at("error"));
    }
    return read;
  });
}

}  // namespace imsearch
