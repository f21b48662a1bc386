#include "service/pushed_collection.h"

#include "base/error.h"

namespace imsearch::test {

PushedCollection::PushedCollection(const std::vector<std::string>& push_options)
    : index_(service_) {
  files_.build();
  std::vector<std::string> push = {"push", "-q", index_.url()};
  push.insert(push.end(), push_options.begin(), push_options.end());
  const RunResult pushed = files_.run(push);
  if (pushed.status != 0) fail("push: {}", pushed.err);
}

RunResult PushedCollection::at_service(std::vector<std::string> command) const {
  command.insert(command.end(), {"--url", index_.url()});
  return files_.run(command);
}

void PushedCollection::change_meta(
    const std::function<void(nlohmann::json&)>& change) const {
  const nlohmann::json mapping = service_.get(index_.path() + "/_mapping");
  nlohmann::json meta = mapping.at(index_.name()).at("mappings").at("_meta");
  change(meta.at("imsearch"));
  service_.put(index_.path() + "/_mapping", {{"_meta", meta}});
}

}  // namespace imsearch::test
