// Rows as documents: read by number, found by name, asked for whether they are
// there, and written as JSON.
//
// Rows are got by their ids (_mget) and not by a search where that will do: ids
// are seen as soon as a row is stored, searches only after a refresh.
#include "remote/stored_rows.h"

#include "io/json_text.h"
#include "io/text.h"

#include <algorithm>
#include <charconv>

namespace imsearch {
namespace {

constexpr std::size_t kRowsAtOnce = 100;   // with vectors, an answer is some MB
constexpr std::size_t kIdsAtOnce = 10000;  // without vectors

std::string ids_body(const std::vector<std::uint32_t>& rows, std::size_t begin,
                     std::size_t end) {
  Json ids = Json::array();
  for (std::size_t i = begin; i < end; ++i)
    ids.push_back(std::to_string(rows[i]));
  return Json{{"ids", std::move(ids)}}.dump();
}

/// The documents of these rows. Retries while shards start or move:
/// "unavailable" does not mean "absent".
Json get_documents(HttpClient& client, const HttpRequest& request,
                   const BackoffParams& patience) {
  const std::string where = client.endpoint().url.text();
  Backoff backoff(patience);
  for (;;) {
    Json documents =
        read_answer(ask(client, request, patience), where,
                    [](const Json& json) { return json.at("docs"); });
    const auto failed = std::find_if(
        documents.begin(), documents.end(),
        [](const Json& document) { return document.contains("error"); });
    if (failed == documents.end()) return documents;
    if (!backoff.wait())
      fail("{}: row {}: {}", where, failed->value("_id", ""),
           error_text(failed->at("error")));
  }
}

/// Gets the documents of `rows` in requests of `at_once`, and gives each to
/// `take`, in that order. `parameters` say what is to be in them.
template <typename Take>
void get_each(HttpClient& client, const std::vector<std::uint32_t>& rows,
              std::size_t at_once, const std::string& parameters,
              const BackoffParams& patience, const Take& take) {
  const ServiceUrl& url = client.endpoint().url;
  const std::string path = url.path("_mget") + "?" + parameters;
  for (std::size_t begin = 0; begin < rows.size(); begin += at_once) {
    const std::size_t end = std::min(begin + at_once, rows.size());
    const Json documents = get_documents(
        client, http_post(path, ids_body(rows, begin, end)), patience);
    if (documents.size() != end - begin)
      fail("{}: an answer about {} rows, where {} were asked for", url.text(),
           documents.size(), end - begin);
    read_answer(documents, url.text(), [&](const Json& all) {
      for (const Json& document : all) take(document);
    });
  }
}

std::string name_of(const Json& source) {
  if (source.contains(kNameBytesField))
    return from_base64(source.at(kNameBytesField).get<std::string>());
  return source.value(kNameField, "");
}

}  // namespace

std::uint32_t row_of_id(const Json& id, const std::string& where) {
  const std::string text = id.get<std::string>();
  std::uint32_t row = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, row);
  if (code != std::errc() || stop != end)
    fail("{}: a document with the id '{}', which is not a row number", where,
         printable(text));
  return row;
}

std::string name_in_fields(const Json& hit) {
  const auto fields = hit.find("fields");
  if (fields == hit.end()) return "";
  const auto bytes = fields->find(kNameBytesField);
  if (bytes != fields->end())
    return from_base64(bytes->at(0).get<std::string>());
  const auto name = fields->find(kNameField);
  return name == fields->end() ? "" : name->at(0).get<std::string>();
}

void append_name(std::string& json, std::string_view name) {
  json += fmt::format("\"{}\":{}", kNameField, Json(to_utf8(name)).dump());
  if (!is_utf8(name))
    json += fmt::format(",\"{}\":\"{}\"", kNameBytesField, base64(name));
}

std::vector<StoredRow> read_rows(HttpClient& client, const Dialect& dialect,
                                 const std::vector<std::uint32_t>& rows) {
  const std::string where = client.endpoint().url.text();
  std::vector<StoredRow> found;
  const auto take = [&](const Json& document) {
    if (!document.value("found", false)) return;
    const Json& source = document.at("_source");
    if (!source.contains(kVectorField))
      fail("{}: row {} has no vector in its source", where,
           document.value("_id", ""));
    found.push_back({row_of_id(document.at("_id"), where), name_of(source),
                     source.at(kVectorField).get<std::vector<float>>(), ""});
  };
  get_each(client, rows, kRowsAtOnce, dialect.vectors_too(), kShardPatience,
           take);
  return found;
}

std::vector<bool> are_there(HttpClient& client,
                            const std::vector<std::uint32_t>& rows,
                            const BackoffParams& patience) {
  std::vector<bool> there;
  there.reserve(rows.size());
  get_each(client, rows, kIdsAtOnce, "_source=false", patience,
           [&](const Json& document) {
             there.push_back(document.value("found", false));
           });
  return there;
}

std::vector<std::uint32_t> rows_of_name(HttpClient& client,
                                        std::string_view name) {
  const bool text = is_utf8(name);
  const Json term = {{text ? kNameField : kNameBytesField,
                      text ? std::string(name) : base64(name)}};
  const Json body = {{"size", kMostRowsOfName},
                     {"_source", false},
                     {"docvalue_fields", {kNameField, kNameBytesField}},
                     {"query", {{"term", term}}}};
  const ServiceUrl& url = client.endpoint().url;
  std::vector<std::uint32_t> rows = read_answer(
      ask_search(client, http_post(url.path("_search") +
                                       "?allow_partial_search_results=false",
                                   body.dump())),
      url.text(), [&](const Json& answer) {
        std::vector<std::uint32_t> found;
        for (const Json& hit : answer.at("hits").at("hits"))
          // The text of a name that is not UTF-8 may equal another name, so
          // that the bytes decide.
          if (name_in_fields(hit) == name)
            found.push_back(row_of_id(hit.at("_id"), url.text()));
        return found;
      });
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace imsearch
