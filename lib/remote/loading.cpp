// An index's life around its rows: created, opened for a load, merged, warmed
// up.
//
// While rows are loaded, the index is not refreshed and has no replicas unless
// asked for: each refresh would make a small segment with a graph of its own,
// and a replica would build every graph again. When all rows are there,
// segments are merged into one for each shard, since a search walks every
// graph, and only then copied.
#include "remote/loading.h"

#include "remote/backoff.h"

#include <charconv>

namespace imsearch {
namespace {

// For requests that do much work before they answer: a refresh builds graphs.
constexpr double kLongTimeoutS = 1800;

// Copies are made even while the service does not answer.
constexpr BackoffParams kCopyPatience = {0.25, 5, 300};

std::size_t number_setting(const Json& settings, const char* name) {
  const std::string text = settings.value(name, "0");
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The one index in an answer about a name. Throws Error for several.
const Json& only_index(const Json& answer, const std::string& where) {
  if (answer.size() != 1)
    fail("{}: {} indexes of that name, where one is needed", where,
         answer.size());
  return answer.front();
}

/// The reason of the first failure in a list of shards that failed.
std::string first_reason(const Json& failures) {
  for (const Json& failure : failures)
    if (failure.contains("reason")) return error_text(failure.at("reason"));
  return "why is not said";
}

void check_shards(const Json& answer, const std::string& where,
                  const char* what) {
  const Json& shards = answer.at("_shards");
  const auto failed = shards.value("failed", std::size_t{0});
  if (failed > 0)
    fail("{}: {} failed on {} of {} shards: {}", where, what, failed,
         shards.value("total", std::size_t{0}),
         first_reason(shards.value("failures", Json::array())));
}

void put_settings(HttpClient& client, const Json& index) {
  ask(client, http_put(client.endpoint().url.path("_settings"),
                       Json{{"index", index}}.dump()));
}

// Merging is a task that is started, then looked for. It is looked for in the
// list of its node's tasks and not by its id, which holds a colon: libcurl 7.88
// signs a path with one otherwise than AWS does.

constexpr double kPollS = 1;
constexpr int kMostTries = 5;  // a node that goes down ends its merges

struct Task {
  std::string node;
  std::string id;  // "NODE:123"
};

Task start_merge(HttpClient& client) {
  const ServiceUrl& url = client.endpoint().url;
  const Json answer =
      ask(client, http_post(url.path("_forcemerge") +
                            "?max_num_segments=1&wait_for_completion=false"));
  const std::string id = read_answer(answer, url.text(), [](const Json& json) {
    return json.at("task").get<std::string>();
  });
  return {id.substr(0, id.rfind(':')), id};
}

bool is_running(HttpClient& client, const Task& task) {
  const Json answer = ask(client, http_get("/_tasks?nodes=" + task.node));
  return read_answer(answer, client.endpoint().url.root, [&](const Json& json) {
    const Json& nodes = json.at("nodes");
    const auto node = nodes.find(task.node);
    return node != nodes.end() && node->at("tasks").contains(task.id);
  });
}

/// Merges in one request, which is answered when it is done. If the connection
/// is cut, a second request waits for what the first began.
void merge_at_once(HttpClient& client) {
  constexpr double kLongestS = 6 * 3600;
  HttpRequest request = http_post(client.endpoint().url.path("_forcemerge") +
                                  "?max_num_segments=1");
  request.timeout_s = kLongestS;
  ask(client, request);
}

/// Merges as a task, and waits for its end.
void merge_and_poll(HttpClient& client, const std::function<void()>& on_wait) {
  const Task task = start_merge(client);
  while (is_running(client, task)) {
    on_wait();
    pause_s(kPollS);
  }
}

void merge(HttpClient& client, const std::function<void()>& on_wait) {
  try {
    merge_and_poll(client, on_wait);
  } catch (const ServiceError& e) {
    if (e.status != 403) throw;
    merge_at_once(client);
  }
}

}  // namespace

std::optional<StoredIndex> find_index(HttpClient& client) {
  const ServiceUrl& url = client.endpoint().url;
  Json answer;
  try {
    answer = ask(client, http_get(url.path()));
  } catch (const ServiceError& e) {
    if (e.status == 404) return std::nullopt;
    throw;
  }
  return read_answer(answer, url.text(), [&](const Json& json) {
    const Json& index = only_index(json, url.text());
    const auto meta = meta_in(json, url.text());
    if (!meta)
      fail(
          "{}: an index of that name is there, but push did not make it: its "
          "mapping has no _meta.imsearch; choose another name",
          url.text());
    const Json& settings = index.at("settings").at("index");
    StoredIndex stored = {*meta, number_setting(settings, "number_of_shards"),
                          number_setting(settings, "number_of_replicas"),
                          std::nullopt};
    if (settings.contains("refresh_interval"))
      stored.refresh_interval =
          settings.at("refresh_interval").get<std::string>();
    return std::optional(stored);
  });
}

void create_index(HttpClient& client, const Dialect& dialect,
                  const IndexMeta& meta, std::size_t replicas) {
  Json body = dialect.create_body(meta.spec);
  body["settings"]["index"]["number_of_replicas"] = replicas;
  body["mappings"]["_meta"]["imsearch"] = to_json(meta);
  try {
    ask(client, http_put(client.endpoint().url.path(), body.dump()));
  } catch (const ServiceError& e) {
    if (e.status != 400) throw;
    // 400 also means that it is there already: a first request may have made
    // it, whose answer was lost.
    const auto stored = find_index(client);
    if (!stored || to_json(stored->meta) != to_json(meta)) throw;
  }
}

// A mapping is changed by merging, but its _meta is replaced: what others keep
// in it is therefore read first, and written back.
void write_meta(HttpClient& client, const IndexMeta& meta) {
  const ServiceUrl& url = client.endpoint().url;
  const Json answer = ask(client, http_get(url.path("_mapping")));
  Json all = read_answer(answer, url.text(), [&](const Json& json) {
    return only_index(json, url.text())
        .at("mappings")
        .value("_meta", Json::object());
  });
  if (!all.contains("imsearch"))
    fail("{}: was deleted, or made anew by others, during the load: push again",
         url.text());
  all["imsearch"] = to_json(meta);
  ask(client, http_put(url.path("_mapping"), Json{{"_meta", all}}.dump()));
}

void prepare_loading(HttpClient& client, std::size_t replicas) {
  put_settings(client,
               {{"refresh_interval", "-1"}, {"number_of_replicas", replicas}});
}

void restore_settings(HttpClient& client, const IndexMeta& meta) {
  Json index = {{"number_of_replicas", meta.spec.replicas}};
  index["refresh_interval"] =
      meta.refresh_interval ? Json(*meta.refresh_interval) : Json();
  put_settings(client, index);
}

void refresh(HttpClient& client) {
  HttpRequest request = http_post(client.endpoint().url.path("_refresh"));
  request.timeout_s = kLongTimeoutS;
  const std::string where = client.endpoint().url.text();
  read_answer(ask(client, request), where, [&](const Json& answer) {
    check_shards(answer, where, "refresh");
  });
}

std::size_t count_rows(HttpClient& client) {
  const std::string where = client.endpoint().url.text();
  return read_answer(
      ask(client, http_get(client.endpoint().url.path("_count"))), where,
      [&](const Json& answer) {
        check_shards(answer, where, "counting");
        return answer.at("count").get<std::size_t>();
      });
}

std::optional<std::size_t> count_segments(HttpClient& client) {
  const std::string where = client.endpoint().url.text();
  try {
    return read_answer(
        ask(client, http_get(client.endpoint().url.path("_stats/segments"))),
        where, [](const Json& answer) {
          return std::optional(answer.at("_all")
                                   .at("primaries")
                                   .at("segments")
                                   .at("count")
                                   .get<std::size_t>());
        });
  } catch (const ServiceError& e) {
    if (e.status != 403) throw;
    return std::nullopt;
  }
}

bool warm_up(HttpClient& client, const Dialect& dialect) {
  const auto path = dialect.warm_up_path(client.endpoint().url);
  if (!path) return false;
  HttpRequest request = http_get(*path);
  request.timeout_s = kLongTimeoutS;
  const std::string where = client.endpoint().url.text();
  read_answer(ask(client, request), where, [&](const Json& answer) {
    check_shards(answer, where, "warm-up");
  });
  return true;
}

std::optional<std::size_t> wait_for_replicas(
    HttpClient& client, const std::function<void()>& on_wait) {
  const std::string where = client.endpoint().url.text();
  const HttpRequest request =
      http_get(fmt::format("/_cluster/health/{}?timeout=5s&wait_for_status="
                           "green",
                           client.endpoint().url.index));
  Backoff backoff(kCopyPatience);
  for (;;) {
    on_wait();
    HttpResponse response;
    try {
      response = client.send(request);
    } catch (const ConnectionError&) {
      if (!backoff.wait()) throw;
      continue;
    }
    if (response.status == 403) return std::nullopt;
    if (is_passing_status(response.status) && backoff.wait()) continue;
    // 408: not green within the time.
    if (!response.ok() && response.status != 408)
      fail_with_answer(client, request, response);
    backoff.reset();
    const auto [missing, copying] = read_answer(
        parse_json(response.body, where), where, [](const Json& answer) {
          const auto on_the_way = answer.at("initializing_shards").get<int>();
          const auto without = answer.at("unassigned_shards").get<int>();
          return std::pair(on_the_way + without, on_the_way > 0);
        });
    if (!copying) return static_cast<std::size_t>(missing);
  }
}

std::string lost_shards(HttpClient& client) {
  const HttpResponse response = client.send(
      http_get(fmt::format("/_cluster/health/{}?level=shards&timeout=5s",
                           client.endpoint().url.index)));
  if (!response.ok() && response.status != 408) return "";
  const std::string where = client.endpoint().url.text();
  return read_answer(
      parse_json(response.body, where), where, [&](const Json& answer) {
        std::string lost;
        for (const auto& [name, index] : answer.at("indices").items())
          for (const auto& [shard, state] : index.at("shards").items())
            if (state.at("status") == "red")
              lost += (lost.empty() ? "" : ", ") + shard;
        return lost;
      });
}

std::optional<std::size_t> force_merge(HttpClient& client, std::size_t shards,
                                       const std::function<void()>& on_wait) {
  std::optional<std::size_t> segments;
  for (int tries = 0; tries < kMostTries; ++tries) {
    merge(client, on_wait);
    refresh(client);  // searches go on in the old segments until then
    segments = count_segments(client);
    if (!segments || *segments <= shards) break;
  }
  return segments;
}

}  // namespace imsearch
