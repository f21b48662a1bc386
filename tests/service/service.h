// The search service that a test speaks to, asked by curl: not by our own code.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace imsearch::test {

struct ServiceAnswer {
  int status = 0;       // of HTTP
  nlohmann::json body;  // null if it is not JSON
};

class Service {
 public:
  /// The one whose URL is in the environment variable that
  /// IMSEARCH_SERVICE_VARIABLE names. Throws Error if there is none.
  Service();

  /// "http://127.0.0.1:9200"
  const std::string& url() const { return url_; }
  bool is_elasticsearch() const { return is_elasticsearch_; }

  /// `path` starts with a slash. A body ends in a newline if it is one of
  /// several lines of JSON. Throws Error if there is no answer.
  ServiceAnswer ask(const std::string& method, const std::string& path,
                    const std::string& body = {}) const;
  /// The body of an answer that must be 200 or 201; else throws Error.
  nlohmann::json get(const std::string& path) const;
  nlohmann::json put(const std::string& path, const nlohmann::json& body) const;
  nlohmann::json post(const std::string& path,
                      const std::string& body = {}) const;

 private:
  std::string url_;
  bool is_elasticsearch_ = false;
};

/// A name that no index of the service has; an index of that name is deleted
/// when the test ends.
class RemoteIndex {
 public:
  explicit RemoteIndex(const Service& service);
  ~RemoteIndex();
  RemoteIndex(const RemoteIndex&) = delete;
  RemoteIndex& operator=(const RemoteIndex&) = delete;

  const std::string& name() const { return name_; }
  /// "http://127.0.0.1:9200/NAME"
  std::string url() const { return service_.url() + path(); }
  /// "/NAME"
  std::string path() const { return "/" + name_; }
  bool exists() const;
  /// After a refresh.
  std::size_t count() const;

 private:
  const Service& service_;
  std::string name_;
};

}  // namespace imsearch::test
