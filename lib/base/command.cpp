#include "base/command.h"

namespace imsearch {
namespace {

std::string prefix;

}  // namespace

void set_command_form(const std::string& started_as) {
  const std::string name = "imsearch";
  const bool ours = started_as.compare(0, name.size(), name) == 0 &&
                    started_as.size() > name.size();
  const char mark = ours ? started_as[name.size()] : '\0';
  prefix = mark == ' ' || mark == '-' ? name + mark : "";
}

std::string command(const std::string& name) {
  return prefix + name;
}

}  // namespace imsearch
