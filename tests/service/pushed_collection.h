// The same rows as an index file and as an index at the service.
#pragma once

#include "cli/collection.h"
#include "service/service.h"

#include <functional>
#include <string>
#include <vector>

namespace imsearch::test {

class PushedCollection {
 public:
  static constexpr std::size_t kRows = 400;

  /// `push_options`: besides the URL. Throws Error if push fails.
  explicit PushedCollection(const std::vector<std::string>& push_options = {});

  const Service& service() const { return service_; }
  const RemoteIndex& index() const { return index_; }
  const Collection& files() const { return files_; }

  /// Runs a tool in the folder, as it is or with --url.
  RunResult at_file(const std::vector<std::string>& command) const {
    return files_.run(command);
  }
  RunResult at_service(std::vector<std::string> command) const;

  /// Changes what push wrote of itself into the mapping.
  void change_meta(const std::function<void(nlohmann::json&)>& change) const;

 private:
  Service service_;
  Collection files_ = Collection(kRows);
  RemoteIndex index_;
};

}  // namespace imsearch::test
