// All that is answered: the search protocol (lib/protocol), and what stands
// beside it: health, metrics, photos, thumbnails and the page.
#pragma once

#include "protocol/search_api.h"
#include "serve/access_log.h"
#include "serve/guard.h"
#include "serve/http_server.h"
#include "serve/metrics.h"
#include "serve/photos.h"
#include "serve/pictures.h"

#include <atomic>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

struct SiteParams {
  ShownAs shown;
  GuardParams guard;
  LogFormat log = LogFormat::kText;
  /// Of each index's pictures; none: no pictures are shown.
  std::vector<std::string> roots;
  std::string weights;
  std::string model;
};

/// Any thread.
class Site {
 public:
  /// `indexes` must outlive it.
  Site(const ServedIndexes& indexes, SiteParams params);

  HttpHooks hooks();
  /// Whose connections and line /metrics tells of; once, before it is asked.
  void set_server(const HttpServer& server) { server_ = &server; }

 private:
  std::optional<Reply> admit(const Exchange& exchange) const;
  std::optional<Reply> answer_at_once(const Request& request);
  std::optional<Reply> answer_person(const Request& request) const;
  Reply answer(const Request& request);
  Reply similar(const Request& request);
  Reply thumbnail(const Request& request);
  std::string root_of(const std::string& index) const;
  std::string metrics_text() const;
  void answered(const Exchange& exchange);

  const ServedIndexes* indexes_;
  SiteParams params_;
  Guard guard_;
  SearchApi api_;
  Photos photos_;
  Pictures pictures_;
  RequestCounts counts_;
  AccessLog log_;
  std::atomic<const HttpServer*> server_{nullptr};
};

}  // namespace imsearch
