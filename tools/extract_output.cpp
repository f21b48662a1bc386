#include "extract_output.h"

#include "base/error.h"
#include "io/text.h"

#include <unistd.h>

#include <cerrno>
#include <optional>

namespace imsearch {

ExtractOutput::ExtractOutput(const std::string& vectors,
                             const std::string& names, Separator separator)
    : vectors_(vectors),
      names_(names),
      names_path_(names),
      separator_(separator) {}

void ExtractOutput::add(std::string_view name, const float* feature,
                        std::size_t dim) {
  vectors_.write(feature, dim * sizeof(float));
  names_.write(name);
  const char end = static_cast<char>(separator_);
  names_.write(&end, 1);
}

void ExtractOutput::add_bad(std::string_view name, const std::string& reason) {
  bad_ += escape_field(name) + "\t" + escape_field(reason) + "\n";
}

bool ExtractOutput::can_hold(std::string_view name) const {
  return name.find(static_cast<char>(separator_)) == std::string_view::npos;
}

std::string ExtractOutput::bad_path() const {
  return names_.is_regular() ? names_path_ + ".bad.tsv" : "";
}

void ExtractOutput::commit_bad() {
  const std::string path = bad_path();
  if (path.empty()) return;
  if (bad_.empty()) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
      fail("{}: {}", path, errno_text(errno));
    return;
  }
  OutputFile file(path);
  file.write(bad_);
  file.commit();
}

void ExtractOutput::commit(const Sidecar& sidecar) {
  // What can fail for want of space comes first, the renames after it.
  vectors_.finish();
  names_.finish();
  std::optional<OutputFile> json;
  if (vectors_.is_regular()) {
    json.emplace(sidecar_path(vectors_.path()));
    json->write(to_json(sidecar));
    json->finish();
  }
  commit_bad();
  names_.commit();
  if (json) json->commit();
  vectors_.commit();
}

}  // namespace imsearch
