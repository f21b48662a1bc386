#include "serve/site.h"

#include <cstdio>
#include <utility>

namespace imsearch {
namespace {

Route route_of(const Request& request) {
  const std::vector<std::string>& path = request.path;
  const std::string last = path.empty() ? "" : path[path.size() > 1 ? 1 : 0];
  if (last == "_search" || last == "_msearch" || last == "_count")
    return Route::kSearch;
  if (last == "_doc" || last == "_source" || last == "_mget")
    return Route::kDocument;
  if (last == "similar") return Route::kPhoto;
  if (last == "thumb") return Route::kThumbnail;
  return path.size() == 1 && request.path_ends_in_slash ? Route::kPage
                                                        : Route::kOther;
}

Reply text_reply(std::string body) {
  Reply reply;
  reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
  reply.body = std::move(body);
  return reply;
}

}  // namespace

Site::Site(const ServedIndexes& indexes, SiteParams params)
    : indexes_(&indexes),
      params_(std::move(params)),
      guard_(params_.guard),
      api_(indexes, params_.shown) {}

HttpHooks Site::hooks() {
  HttpHooks hooks;
  hooks.admit = [this](const Exchange& exchange) -> std::optional<Reply> {
    // For whoever watches over the service, who has no token.
    if (exchange.request.path == std::vector<std::string>{"healthz"})
      return std::nullopt;
    return guard_.refusal(exchange.head, exchange.request.method);
  };
  hooks.finish = [this](const RequestHead& head, Reply& reply) {
    // A browser takes nothing for what it is not said to be, and shows nothing
    // of it to other sites' pages.
    reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
    reply.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    guard_.allow_origin(head, reply);
  };
  hooks.most_body_bytes = [](const Request&) { return kMostJsonBytes; };
  hooks.answer_at_once = [this](const Request& request) {
    return answer_at_once(request);
  };
  hooks.answer = [this](const Request& request) { return answer(request); };
  hooks.answered = [this](const Exchange& exchange) { answered(exchange); };
  return hooks;
}

std::optional<Reply> Site::answer_at_once(const Request& request) const {
  if (request.path.size() == 1) {
    if (request.path[0] == "healthz") return text_reply("ok\n");
    if (request.path[0] == "metrics") return text_reply(metrics_text());
  }
  return api_.answer_at_once(request);
}

Reply Site::answer(const Request& request) const {
  return api_.answer(request);
}

std::string Site::metrics_text() const {
  std::string text = counts_.text();
  if (server_ != nullptr) {
    text += metric("connections", "gauge", "Open connections.", "",
                   static_cast<double>(server_->open_connections()));
    text += metric("queue", "gauge", "Requests that wait for their turn.", "",
                   static_cast<double>(server_->waiting()));
    text += metric("queue_working", "gauge", "Requests that have it.", "",
                   static_cast<double>(server_->working()));
  }
  text += metric("resident_memory_bytes", "gauge",
                 "Memory of this process, pages of index files included.", "",
                 static_cast<double>(status_bytes("VmRSS")));
  text += metric("anonymous_memory_bytes", "gauge",
                 "Memory of this process beside pages of files.", "",
                 static_cast<double>(status_bytes("RssAnon")));
  text +=
      "# HELP imsearch_index_rows Rows that a search can find.\n"
      "# TYPE imsearch_index_rows gauge\n";
  for (const auto& served : *indexes_)
    text += fmt::format("imsearch_index_rows{{index=\"{}\"}} {}\n",
                        served->name(), served->current()->found_rows());
  return text;
}

void Site::answered(const Exchange& exchange) {
  counts_.add(route_of(exchange.request), exchange.reply.status,
              exchange.watch.seconds());
  const std::string line = log_line(params_.log, exchange);
  if (!line.empty()) std::fputs(line.c_str(), stderr);
}

}  // namespace imsearch
