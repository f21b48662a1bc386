// force_merge() of loading.h: a task that is started, then asked about.
#include "remote/backoff.h"
#include "remote/loading.h"

namespace imsearch {
namespace {

constexpr double kPollS = 1;

std::string start_merge(HttpClient& client) {
  const ServiceUrl& url = client.endpoint().url;
  const Json answer =
      ask(client, http_post(url.path("_forcemerge") +
                            "?max_num_segments=1&wait_for_completion=false"));
  return read_answer(answer, url.text(), [](const Json& json) {
    return json.at("task").get<std::string>();
  });
}

/// The task's state; none: nobody knows it any more, its node began anew.
std::optional<Json> task_state(HttpClient& client, const std::string& task) {
  try {
    return ask(client, http_get("/_tasks/" + task));
  } catch (const ServiceError& e) {
    if (e.status == 404) return std::nullopt;
    throw;
  }
}

/// True once it is done. Throws Error if shards failed.
bool is_done(const Json& state, const std::string& where) {
  return read_answer(state, where, [&](const Json& json) {
    if (!json.at("completed").get<bool>()) return false;
    if (json.contains("error"))
      fail("{}: merging failed: {}", where, json.at("error").dump());
    const Json& shards = json.at("response").at("_shards");
    if (shards.value("failed", 0) > 0)
      fail("{}: merging failed on {} of {} shards: {}", where,
           shards.value("failed", 0), shards.value("total", 0),
           shards.value("failures", Json::array()).dump().substr(0, 500));
    return true;
  });
}

}  // namespace

void force_merge(HttpClient& client, const std::function<void()>& on_wait) {
  const std::string where = client.endpoint().url.text();
  std::string task = start_merge(client);
  for (;;) {
    const std::optional<Json> state = task_state(client, task);
    // What was merged by then stays; the rest is merged by a new task.
    if (!state) {
      task = start_merge(client);
    } else if (is_done(*state, where)) {
      return;
    }
    on_wait();
    pause_s(kPollS);
  }
}

}  // namespace imsearch
