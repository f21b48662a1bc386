// force_merge() of loading.h: a task that is started, then looked for.
//
// It is looked for in its node's list, not by its id: that holds a colon, and
// libcurl 7.88 signs a path with one otherwise than AWS does.
#include "remote/backoff.h"
#include "remote/loading.h"

namespace imsearch {
namespace {

constexpr double kPollS = 1;
constexpr int kMostTries = 5;  // nodes that go down end their merges

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

/// In one request; a second one waits for what the first began.
void merge_at_once(HttpClient& client) {
  constexpr double kLongestS = 6 * 3600;
  HttpRequest request = http_post(client.endpoint().url.path("_forcemerge") +
                                  "?max_num_segments=1");
  request.timeout_s = kLongestS;
  ask(client, request);
}

/// Merges as a task.
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
