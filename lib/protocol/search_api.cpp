#include "protocol/search_api.h"

#include "base/stopwatch.h"
#include "io/json_text.h"
#include "io/text.h"
#include "protocol/documents.h"

#include <algorithm>
#include <new>

namespace imsearch {
namespace {

Reply json_reply(std::string body) {
  Reply reply;
  reply.body = std::move(body);
  return reply;
}

/// Throws RequestError unless the method is one of those.
void allow(const Request& request,
           std::initializer_list<std::string_view> methods) {
  if (std::find(methods.begin(), methods.end(), request.method) !=
      methods.end())
    return;
  throw RequestError(
      405, "method_not_allowed",
      fmt::format("{} is not answered here: an index is read-only, and its "
                  "file is changed by build-index or update",
                  printable(request.method)));
}

void allow_reading(const Request& request) {
  allow(request, {"GET", "HEAD"});
}

void allow_asking(const Request& request) {
  allow(request, {"GET", "HEAD", "POST"});
}

[[noreturn]] void fail_no_endpoint(const Request& request) {
  std::string path;
  for (const std::string& part : request.path) path += "/" + part;
  if (request.method != "GET" && request.method != "HEAD" &&
      request.method != "POST")
    allow_reading(request);
  fail_request("no such endpoint: {} {}: imsearch serve answers searches alone",
               printable(request.method), printable(path));
}

const char* kHealth =
    R"({"cluster_name":"imsearch","status":"green","timed_out":false,)"
    R"("number_of_nodes":1,"number_of_data_nodes":1,)"
    R"("discovered_master":true,"discovered_cluster_manager":true,)"
    R"("active_primary_shards":%,"active_shards":%,"relocating_shards":0,)"
    R"("initializing_shards":0,"unassigned_shards":0,)"
    R"("delayed_unassigned_shards":0,"number_of_pending_tasks":0,)"
    R"("number_of_in_flight_fetch":0,"task_max_waiting_in_queue_millis":0,)"
    R"("active_shards_percent_as_number":100.0})";

std::string health(std::size_t indexes) {
  std::string text = kHealth;
  for (std::size_t at; (at = text.find('%')) != std::string::npos;)
    text.replace(at, 1, std::to_string(indexes));
  return text;
}

/// Columns as wide as their longest field, as _cat prints them.
std::string table(const std::vector<std::vector<std::string>>& lines) {
  std::vector<std::size_t> widths(cat_columns().size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], line[i].size());
  std::string text;
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i)
      text += fmt::format("{:<{}}{}", line[i], widths[i],
                          i + 1 < line.size() ? " " : "\n");
  }
  return text;
}

}  // namespace

const ServedIndex* index_of_name(const ServedIndexes& indexes,
                                 const std::string& name) {
  const auto found =
      std::find_if(indexes.begin(), indexes.end(),
                   [&](const auto& served) { return served->name() == name; });
  return found == indexes.end() ? nullptr : found->get();
}

const ServedIndex& index_at(const ServedIndexes& indexes,
                            const std::string& name) {
  if (const ServedIndex* found = index_of_name(indexes, name)) return *found;
  std::string names;
  for (const auto& served : indexes)
    names += (names.empty() ? "" : ", ") + served->name();
  throw RequestError(
      404, "index_not_found_exception",
      fmt::format("no such index [{}]: there is {}", printable(name), names));
}

Reply reply_to_exception() {
  try {
    throw;
  } catch (const RequestError& e) {
    Reply reply = error_reply(e.status, e.type, e.what());
    if (e.status == 405) reply.headers.emplace_back("Allow", "GET, HEAD, POST");
    return reply;
  } catch (const std::bad_alloc&) {
    Reply reply = error_reply(503, "circuit_breaking_exception",
                              "out of memory: ask again later");
    reply.headers.emplace_back("Retry-After", "1");
    return reply;
  } catch (const std::exception& e) {
    return error_reply(500, "search_failure", e.what());
  }
}

std::optional<Reply> SearchApi::answer_at_once(const Request& request) const {
  return guarded(request, true);
}

Reply SearchApi::answer(const Request& request) const {
  return *guarded(request, false);
}

std::optional<Reply> SearchApi::guarded(const Request& request,
                                        bool at_once) const {
  try {
    return route(request, at_once);
  } catch (...) {
    return reply_to_exception();
  }
}

std::optional<Reply> SearchApi::route(const Request& request,
                                      bool at_once) const {
  const std::vector<std::string>& path = request.path;
  if (path.empty()) {
    allow_reading(request);
    return json_reply(service_facts(shown_));
  }
  if (path[0] == "_cat") return route_cat(request);
  if (path[0] == "_cluster" && path.size() > 1 && path[1] == "health") {
    allow_reading(request);
    return json_reply(health(indexes_->size()));
  }
  if (path.size() == 1 && (path[0] == "_msearch" || path[0] == "_mget")) {
    allow_asking(request);
    if (at_once) return std::nullopt;
    return path[0] == "_mget" ? documents(request, "") : searches(request, "");
  }
  if (path[0].empty() || path[0][0] == '_') fail_no_endpoint(request);
  return route_index(request, at_once);
}

Reply SearchApi::route_cat(const Request& request) const {
  allow_reading(request);
  check_parameters(request, {"v", "format", "bytes", "s", "h", "health"});
  if (request.path.size() < 2 || request.path[1] != "indices")
    fail_no_endpoint(request);
  const std::string* format = request.parameter("format");
  std::vector<std::vector<std::string>> lines;
  std::string json;
  for (const auto& served : *indexes_) {
    if (request.path.size() > 2 && request.path[2] != served->name()) continue;
    lines.push_back(cat_fields(*served));
    json += (json.empty() ? "" : ",") + cat_object(*served);
  }
  if (request.path.size() > 2 && lines.empty())
    index_at(*indexes_, request.path[2]);
  if (format != nullptr && *format == "json")
    return json_reply("[" + json + "]");
  if (format != nullptr && *format != "text")
    fail_request("[format] should be json or text");
  const std::string* heading = request.parameter("v");
  if (heading != nullptr && *heading != "false")
    lines.insert(lines.begin(), cat_columns());
  Reply reply = json_reply(table(lines));
  reply.content_type = "text/plain; charset=UTF-8";
  return reply;
}

std::optional<Reply> SearchApi::route_index(const Request& request,
                                            bool at_once) const {
  const std::vector<std::string>& path = request.path;
  const ServedIndex& served = index_at(*indexes_, path[0]);
  const std::string what = path.size() > 1 ? path[1] : "";
  if (path.size() <= 2) {
    if (what == "_search") {
      allow_asking(request);
      return search(request, served, at_once);
    }
    if (what == "_count" || what == "_msearch" || what == "_mget") {
      allow_asking(request);
      if (what == "_count" && request.body.empty())
        return count(request, served);
      if (at_once) return std::nullopt;
      if (what == "_count") return count(request, served);
      return what == "_mget" ? documents(request, path[0])
                             : searches(request, path[0]);
    }
    if (what.empty() || what == "_mapping" || what == "_mappings" ||
        what == "_settings") {
      allow_reading(request);
      const std::string part = what.empty()          ? ""
                               : what == "_settings" ? "settings"
                                                     : "mappings";
      return json_reply(index_facts(served, shown_, part));
    }
  }
  if (path.size() == 3 && (what == "_doc" || what == "_source")) {
    allow_reading(request);
    return document(request, served);
  }
  fail_no_endpoint(request);
}

ServedFields SearchApi::fields_of(const OpenedIndex& opened) const {
  return {shown_.vector_field, opened.index().dim()};
}

std::optional<Reply> SearchApi::search(const Request& request,
                                       const ServedIndex& served,
                                       bool at_once) const {
  const Stopwatch watch;
  const std::shared_ptr<const OpenedIndex> opened = served.current();
  const SearchRequest asked = read_search(request, fields_of(*opened));
  if (at_once && asked.takes_long()) return std::nullopt;
  const Found found = find(*opened, asked, shown_.find, deadline_from_now());
  return json_reply(search_answer(*opened, found, asked, served.name(),
                                  shown_.vector_field, watch.milliseconds()));
}

std::string SearchApi::searched(const Request& request,
                                const ServedIndex& served) const {
  Reply reply;
  try {
    reply = *search(request, served, false);
  } catch (...) {
    reply = reply_to_exception();
  }
  if (reply.status != 200) return reply.body;
  // The object gets one member more.
  reply.body.pop_back();
  return reply.body + ",\"status\":200}";
}

Reply SearchApi::searches(const Request& request,
                          const std::string& index) const {
  constexpr std::size_t kMostBytes = std::size_t{64} << 20;
  const Stopwatch watch;
  std::string json;
  for (SearchLine& line : read_search_lines(request.body)) {
    Request one;
    one.parameters = request.parameters;
    one.body = std::move(line.body);
    json += json.empty() ? "" : ",";
    const std::string& name = line.index.empty() ? index : line.index;
    if (name.empty()) fail_request("a search of _msearch names no index");
    if (watch.seconds() > static_cast<double>(kPatience.count()))
      throw RequestError(503, "timeout_exception",
                         "these searches take too long: ask for fewer at once");
    try {
      json += searched(one, index_at(*indexes_, name));
    } catch (...) {
      json += reply_to_exception().body;
    }
    if (json.size() > kMostBytes)
      fail_request("the answers are more than {} bytes: ask for fewer at once",
                   kMostBytes);
  }
  return json_reply(fmt::format(R"({{"took":{:.0f},"responses":[{}]}})",
                                watch.milliseconds(), json));
}

Reply SearchApi::count(const Request& request,
                       const ServedIndex& served) const {
  const std::shared_ptr<const OpenedIndex> opened = served.current();
  const NameQuery query = read_count(request, fields_of(*opened));
  const std::size_t rows =
      query.kind == NameQuery::Kind::kAll
          ? opened->found_rows()
          : count_rows(*opened, query, deadline_from_now());
  return json_reply(fmt::format(
      R"({{"count":{},"_shards":{{"total":1,"successful":1,"skipped":0,)"
      R"("failed":0}}}})",
      rows));
}

Reply SearchApi::document(const Request& request,
                          const ServedIndex& served) const {
  check_parameters(request, {"_source", "_source_includes", "_source_excludes",
                             "stored_fields"});
  const std::shared_ptr<const OpenedIndex> opened = served.current();
  const auto wanted = source_of_parameters(request, fields_of(*opened));
  bool found = false;
  Reply reply =
      json_reply(document_answer(*opened, served.name(), request.path[2],
                                 wanted, shown_.vector_field, found));
  if (!found) reply.status = 404;
  if (found && request.path[1] == "_source") {
    // What stands behind the last key, without the brace of the whole.
    const std::size_t at = reply.body.find("\"_source\":");
    reply.body = at == std::string::npos
                     ? "{}"
                     : reply.body.substr(at + 10, reply.body.size() - at - 11);
  }
  return reply;
}

Reply SearchApi::documents(const Request& request,
                           const std::string& index) const {
  check_parameters(request, {"_source", "_source_includes", "_source_excludes",
                             "_source_exclude_vectors", "stored_fields"});
  std::string json;
  const std::vector<DocumentId> ids = read_ids(request);
  for (const DocumentId& id : ids) {
    const std::string& name = id.index.empty() ? index : id.index;
    if (name.empty()) fail_request("a document of _mget names no index");
    const ServedIndex& served = index_at(*indexes_, name);
    const std::shared_ptr<const OpenedIndex> opened = served.current();
    const auto wanted = source_of_parameters(request, fields_of(*opened));
    check_answer_size(ids.size(), opened->index().dim(),
                      wanted && wanted->vector);
    bool found = false;
    json += json.empty() ? "" : ",";
    json += document_answer(*opened, name, id.id, wanted, shown_.vector_field,
                            found);
  }
  return json_reply("{\"docs\":[" + json + "]}");
}

}  // namespace imsearch
