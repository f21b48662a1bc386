// All that is answered: the search protocol (lib/serve), and what stands beside
// it: health, metrics, photos, thumbnails and the page.
#pragma once

#include "protocol/search_api.h"
#include "serve/access_log.h"
#include "serve/guard.h"
#include "serve/http_server.h"
#include "serve/metrics.h"

#include <optional>
#include <string>

namespace imsearch {

struct SiteParams {
  ShownAs shown;
  GuardParams guard;
  LogFormat log = LogFormat::kText;
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
  std::optional<Reply> answer_at_once(const Request& request) const;
  Reply answer(const Request& request) const;
  std::string metrics_text() const;
  void answered(const Exchange& exchange);

  const ServedIndexes* indexes_;
  SiteParams params_;
  Guard guard_;
  SearchApi api_;
  RequestCounts counts_;
  const HttpServer* server_ = nullptr;
};

}  // namespace imsearch
