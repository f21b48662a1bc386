// serve's command line.
#pragma once

#include "common/cli11.h"
#include "serve/access_log.h"
#include "serve/guard.h"

#include "base/search.h"

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

struct ServeOptions {
  std::vector<std::string> indexes;
  std::vector<std::string> names;
  std::string listen = "127.0.0.1:9201";
  std::string field = "fvec";
  std::string space = "cosine";
  std::size_t ef = SearchParams().ef;
  std::vector<std::string> roots;
  bool no_images = false;
  std::string weights;
  std::string model;
  std::string token_file;
  bool insecure = false;
  std::vector<std::string> origins;
  std::vector<std::string> hosts;
  std::string log = "text";
  std::size_t connections = 4096;
  std::size_t line = 256;
  unsigned threads = 0;
  bool quiet = false;

  void add_to(CLI::App& app);

  /// Fills in what was not given. Throws UsageError for what does not go
  /// together, and for names that no URL can have.
  void finish();

 private:
  void add_indexes_to(CLI::App& app);
  void add_pictures_to(CLI::App& app);
  void add_access_to(CLI::App& app);
  static void group(CLI::App& app);
};

/// The name that an index file gets in URLs: "photos" of "a/photos.index".
std::string name_of_file(const std::string& path);

}  // namespace imsearch
