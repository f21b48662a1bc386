#include "protocol/documents.h"

#include "io/json_text.h"
#include "io/text.h"

#include <charconv>
#include <cmath>
#include <vector>

namespace imsearch {
namespace {

constexpr std::size_t kMostAnswerBytes = std::size_t{64} << 20;
constexpr std::size_t kBytesOfNumber = 12;  // "-0.01234567,"

/// "name":"x" of a document; `many` as an array, as fields of a hit have it.
void append_member(std::string& json, std::string_view key,
                   std::string_view text, bool many) {
  append_string(json, key);
  json += many ? ":[" : ":";
  append_string(json, text);
  json += many ? "]," : ",";
}

/// The wanted members, each ended by a comma.
void append_members(std::string& json, const Index& index, std::uint32_t row,
                    DocumentFields wanted, const std::string& vector_field,
                    bool many) {
  const std::string_view name = index.name(row);
  if (wanted.name) append_member(json, "name", name, many);
  if (wanted.name_base64 && !is_utf8(name))
    append_member(json, "name_base64", base64(name), many);
  if (!wanted.vector) return;
  std::vector<float> unit(index.dim());
  index.read_unit(row, unit.data());
  append_string(json, vector_field);
  json += many ? ":[" : ":";
  append_vector(json, unit.data(), unit.size());
  json += many ? "]," : ",";
}

/// Ends an object whose members each have a comma behind them.
void end_object(std::string& json) {
  if (json.back() == ',') json.pop_back();
  json += '}';
}

void append_hit(std::string& json, const Index& index, const ScoredRow& hit,
                const SearchRequest& search, const std::string& index_name,
                const std::string& vector_field) {
  json += "{\"_index\":";
  append_string(json, index_name);
  json += ",\"_id\":\"";
  append_number(json, std::uint64_t{hit.row});
  json += "\",\"_score\":";
  append_number(json, hit.score);
  if (search.source) {
    json += ",\"_source\":";
    append_source(json, index, hit.row, *search.source, vector_field);
  }
  if (search.fields.any()) {
    json += ",\"fields\":{";
    append_members(json, index, hit.row, search.fields, vector_field, true);
    end_object(json);
  }
  json += '}';
}

std::optional<std::uint32_t> row_of(const std::string& id, const Index& index) {
  std::uint32_t row = 0;
  const char* end = id.data() + id.size();
  const auto [stop, error] = std::from_chars(id.data(), end, row);
  if (error != std::errc() || stop != end || std::to_string(row) != id ||
      row >= index.rows() || index.is_deleted(row))
    return std::nullopt;
  return row;
}

}  // namespace

void append_source(std::string& json, const Index& index, std::uint32_t row,
                   DocumentFields wanted, const std::string& vector_field) {
  json += '{';
  append_members(json, index, row, wanted, vector_field, false);
  end_object(json);
}

std::string search_answer(const OpenedIndex& opened, const Found& found,
                          const SearchRequest& search,
                          const std::string& index_name,
                          const std::string& vector_field, double took_ms) {
  check_answer_size(
      found.rows.size(), opened.index().dim(),
      (search.source && search.source->vector) || search.fields.vector);
  std::string json = R"({"took":)";
  append_number(json, static_cast<std::uint64_t>(std::llround(took_ms)));
  json += R"(,"timed_out":false,"_shards":{"total":1,"successful":1,)"
          R"("skipped":0,"failed":0},"hits":{"total":)";
  if (!search.total_as_number) json += R"({"value":)";
  append_number(json, std::uint64_t{found.total});
  json += search.total_as_number ? R"(,"max_score":)"
                                 : R"(,"relation":"eq"},"max_score":)";
  if (found.total == 0)
    json += "null";
  else
    append_number(json, found.max_score);
  json += R"(,"hits":[)";
  for (std::size_t i = 0; i < found.rows.size(); ++i) {
    if (i > 0) json += ',';
    append_hit(json, opened.index(), found.rows[i], search, index_name,
               vector_field);
  }
  opened.index().ensure_unchanged();
  json += "]}}";
  return json;
}

std::string document_answer(const OpenedIndex& opened,
                            const std::string& index_name,
                            const std::string& id,
                            const std::optional<DocumentFields>& wanted,
                            const std::string& vector_field, bool& found) {
  std::string json = "{\"_index\":";
  append_string(json, index_name);
  json += ",\"_id\":";
  append_string(json, id);
  const std::optional<std::uint32_t> row = row_of(id, opened.index());
  found = row.has_value();
  if (!row) return json + ",\"found\":false}";
  json += ",\"_version\":1,\"_seq_no\":0,\"_primary_term\":1,\"found\":true";
  if (wanted) {
    json += ",\"_source\":";
    append_source(json, opened.index(), *row, *wanted, vector_field);
  }
  opened.index().ensure_unchanged();
  return json + '}';
}

void check_answer_size(std::size_t rows, std::size_t dim, bool vectors) {
  const std::size_t bytes = rows * dim * kBytesOfNumber;
  if (vectors && bytes > kMostAnswerBytes)
    fail_request(
        "{} vectors of {} numbers are more than one answer holds: ask for at "
        "most {}, or without them (\"_source\": false)",
        rows, dim, kMostAnswerBytes / (dim * kBytesOfNumber));
}

}  // namespace imsearch
