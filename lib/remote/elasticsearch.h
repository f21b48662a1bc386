// Elasticsearch's words for an index of vectors and a question to it.
#pragma once

#include "remote/dialect.h"

namespace imsearch {

class Elasticsearch : public Dialect {
 public:
  explicit Elasticsearch(ServiceInfo service) : service_(std::move(service)) {}

  void check(const IndexSpec& spec) const override;
  Json create_body(const IndexSpec& spec) const override;
  std::string search_body(const SearchSpec& spec, Space space) const override;
  /// Its graphs are pages of files, which searches bring into memory.
  std::optional<std::string> warm_up_path(const ServiceUrl&) const override {
    return std::nullopt;
  }
  std::string vectors_too() const override;

 private:
  ServiceInfo service_;
};

}  // namespace imsearch
