// Where an index is: http://host:9200/INDEX.
#pragma once

#include <string>

namespace imsearch {

struct ServiceUrl {
  std::string root;   // "https://host:9200", with the path of a proxy if any
  std::string host;   // as in the URL, an IPv6 address without brackets
  std::string index;  // its name: the last part of the path
  bool encrypted = false;  // https

  /// Whether `host` is a loopback address, or a name that libcurl takes for one
  /// without asking anybody: "localhost", and what ends in ".localhost".
  bool is_this_machine() const;

  /// For people and messages; holds no secret.
  std::string text() const { return root + "/" + index; }
  /// The path of something of the index: path("_search") is "/INDEX/_search".
  std::string path(const std::string& of_index = "") const {
    return "/" + index + (of_index.empty() ? "" : "/" + of_index);
  }
};

/// Throws Error: another scheme than http and https, user or password in it
/// (they would show in the process list), no index, a name that no service
/// allows, a query or fragment.
ServiceUrl parse_service_url(const std::string& url);

}  // namespace imsearch
