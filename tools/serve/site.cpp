#include "serve/site.h"

#include "protocol/multipart.h"
#include "protocol/similar.h"
#include "serve/page.h"

#include <charconv>
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

/// Whether it is about /NAME/`what`, with an index of any name.
bool asks(const Request& request, std::string_view what) {
  return request.path.size() >= 2 && request.path[1] == what &&
         request.path[0][0] != '_';
}

/// Nothing but what comes from here, and nothing within a page's own text.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

Reply page_reply(const char* type, std::string body) {
  Reply reply;
  reply.content_type = type;
  reply.body = std::move(body);
  reply.headers = {{"Content-Security-Policy", kPolicy},
                   {"Referrer-Policy", "no-referrer"},
                   {"Cache-Control", "no-cache"}};
  return reply;
}

bool wants_page(const Request& request) {
  return request.accept.find("text/html") != std::string::npos;
}

Reply redirect(std::string to) {
  Reply reply = page_reply("text/plain; charset=utf-8", to + "\n");
  reply.status = 302;
  reply.headers.emplace_back("Location", std::move(to));
  return reply;
}

/// GET / in a browser: the page of the only index, or a list of them.
Reply list_reply(const ServedIndexes& indexes) {
  const std::string& first = indexes.front()->name();
  if (indexes.size() == 1) return redirect(first + "/");
  // Names of indexes have no character that HTML would take for its own.
  std::string list = fmt::format(
      "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\">"
      "<meta name=\"color-scheme\" content=\"light dark\">"
      "<title>Pictures</title><link rel=\"stylesheet\" href=\"{}/page.css\">"
      "<main><h1>Pictures</h1><ul class=\"indexes\">",
      first);
  for (const auto& served : indexes)
    list += fmt::format("<li><a href=\"{0}/\">{0}</a>", served->name());
  return page_reply("text/html; charset=utf-8", list + "</ul></main></html>");
}

/// Browsers ask for an icon by themselves.
Reply no_content() {
  Reply reply;
  reply.status = 204;
  return reply;
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
      api_(indexes, params_.shown),
      photos_(params_.weights, params_.model, indexes.size()) {}

HttpHooks Site::hooks() {
  HttpHooks hooks;
  hooks.admit = [this](const Exchange& exchange) { return admit(exchange); };
  hooks.finish = [this](const RequestHead& head, Reply& reply) {
    // A browser takes nothing for what it is not said to be, and shows nothing
    // of it to other sites' pages.
    reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
    reply.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    guard_.allow_origin(head, reply);
  };
  hooks.most_body_bytes = [](const Request& request) {
    return asks(request, "similar") ? Photos::kMostBytes : kMostJsonBytes;
  };
  hooks.answer_at_once = [this](const Request& request) {
    return answer_at_once(request);
  };
  hooks.answer = [this](const Request& request) { return answer(request); };
  hooks.answered = [this](const Exchange& exchange) { answered(exchange); };
  return hooks;
}

std::optional<Reply> Site::admit(const Exchange& exchange) const {
  // For whoever watches over the service, who has no token.
  if (exchange.request.path == std::vector<std::string>{"healthz"})
    return std::nullopt;
  return guard_.refusal(exchange.head, exchange.request.method);
}

std::optional<Reply> Site::answer_at_once(const Request& request) {
  if (request.path.size() == 1) {
    if (request.path[0] == "healthz") return text_reply("ok\n");
    if (request.path[0] == "metrics") return text_reply(metrics_text());
    if (request.path[0] == "favicon.ico") return no_content();
  }
  if (asks(request, "similar") || asks(request, "thumb")) return std::nullopt;
  if (auto reply = answer_person(request)) return reply;
  return api_.answer_at_once(request);
}

std::optional<Reply> Site::answer_person(const Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  const std::vector<std::string>& path = request.path;
  if (path.empty())
    return wants_page(request) ? std::optional(list_reply(*indexes_))
                               : std::nullopt;
  if (index_of_name(*indexes_, path[0]) == nullptr) return std::nullopt;
  if (path.size() == 1 && request.path_ends_in_slash)
    return page_reply("text/html; charset=utf-8", kPageHtml);
  // Typed without its last slash; clients of the protocol want no page.
  if (path.size() == 1 && wants_page(request)) return redirect(path[0] + "/");
  if (path.size() == 2 && path[1] == "page.css")
    return page_reply("text/css; charset=utf-8", kPageCss);
  if (path.size() == 2 && path[1] == "page.js")
    return page_reply("text/javascript; charset=utf-8", kPageJs);
  return std::nullopt;
}

Reply Site::answer(const Request& request) {
  try {
    if (asks(request, "similar")) return similar(request);
    if (asks(request, "thumb")) return thumbnail(request);
  } catch (...) {
    return reply_to_exception();
  }
  return api_.answer(request);
}

Reply Site::similar(const Request& request) {
  const auto opened = index_at(*indexes_, request.path[0]).current();
  const SimilarRequest asked = read_similar(request, params_.shown.find.ef);
  const bool by_row = asked.row || asked.name;
  if (request.method != "GET" && request.method != "HEAD" &&
      request.method != "POST")
    throw RequestError(405, "method_not_allowed", "POST an image, or GET");
  AskedVector vector;
  if (by_row || request.method != "POST") {
    vector = asked_row(*opened, asked);
  } else {
    const PostedFile file = posted_file(request);
    vector = asked_feature(photos_.feature(*opened, file.bytes), file.name);
    vector.is_own = [&opened, root = root_of(request.path[0]),
                     bytes = file.bytes](std::uint32_t row) {
      return Pictures::has_bytes(root, std::string(opened->index().name(row)),
                                 bytes);
    };
  }
  Reply reply;
  reply.body = similar_answer(*opened, asked, vector, deadline_from_now());
  return reply;
}

std::string Site::root_of(const std::string& index) const {
  for (std::size_t i = 0; i < params_.roots.size(); ++i)
    if ((*indexes_)[i]->name() == index) return params_.roots[i];
  return "";
}

Reply Site::thumbnail(const Request& request) {
  const auto opened = index_at(*indexes_, request.path[0]).current();
  const std::string& text = request.path.size() > 2 ? request.path[2] : "";
  std::uint32_t row = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, row);
  if (error != std::errc() || stop != end || request.path.size() != 3 ||
      row >= opened->index().rows() || opened->index().is_deleted(row))
    throw RequestError(404, "row_not_found", "there is no such row");
  Reply reply;
  reply.content_type = "image/jpeg";
  reply.body = *pictures_.thumbnail(root_of(request.path[0]),
                                    std::string(opened->index().name(row)));
  reply.headers.emplace_back("Cache-Control", "private, max-age=300");
  return reply;
}

std::string Site::metrics_text() const {
  std::string text = counts_.text();
  if (const HttpServer* server = server_) {
    text += metric("connections", "gauge", "Open connections.", "",
                   static_cast<double>(server->open_connections()));
    text += metric("queue", "gauge", "Requests that wait for their turn.", "",
                   static_cast<double>(server->waiting()));
    text += metric("queue_working", "gauge", "Requests that have it.", "",
                   static_cast<double>(server->working()));
  }
  text += metric("resident_memory_bytes", "gauge",
                 "Memory of this process, pages of index files included.", "",
                 static_cast<double>(status_bytes("VmRSS")));
  text += metric("anonymous_memory_bytes", "gauge",
                 "Memory of this process beside pages of files.", "",
                 static_cast<double>(status_bytes("RssAnon")));
  text += metric("thumbnail_cache_bytes", "gauge", "Thumbnails that are kept.",
                 "", static_cast<double>(pictures_.cached_bytes()));
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
  if (!line.empty()) log_.add(line);
}

}  // namespace imsearch
