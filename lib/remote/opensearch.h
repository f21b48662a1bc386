// OpenSearch's words for an index of vectors and a question to it.
#pragma once

#include "remote/dialect.h"

namespace imsearch {

class OpenSearch : public Dialect {
 public:
  explicit OpenSearch(ServiceInfo service) : service_(std::move(service)) {}

  Json create_body(const IndexSpec& spec) const override;
  std::string search_body(const SearchSpec& spec, Space space) const override;
  std::size_t max_dim() const override { return 16000; }
  std::optional<std::string> warm_up_path(const ServiceUrl& url) const override;
  bool has_engines() const override { return true; }

 private:
  ServiceInfo service_;
};

}  // namespace imsearch
