// OpenSearch's words for an index of vectors and a question to it.
#pragma once

#include "remote/dialect.h"

namespace imsearch {

class OpenSearch : public Dialect {
 public:
  explicit OpenSearch(ServiceInfo service) : service_(std::move(service)) {}

  void check(const IndexSpec& spec) const override;
  Json create_body(const IndexSpec& spec) const override;
  std::string search_body(const SearchSpec& spec, Space space) const override;
  std::optional<std::string> warm_up_path(const ServiceUrl& url) const override;
  std::string vectors_too() const override { return "_source=true"; }

 private:
  ServiceInfo service_;
};

}  // namespace imsearch
