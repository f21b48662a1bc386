#include "extract_inputs.h"

#include "base/error.h"
#include "io/glob.h"

namespace imsearch {

Names image_names(const ExtractJob& job) {
  Names names;
  for (const std::string& path : expand_inputs(job.inputs)) names.append(path);
  if (!job.files_from.empty()) {
    const Names listed = read_names(job.files_from, job.separator());
    for (std::size_t i = 0; i < listed.size(); ++i)
      if (!listed[i].empty()) names.append(listed[i]);
  }
  if (names.empty())
    fail("{}: names no images",
         job.files_from.empty() ? job.inputs.front() : job.files_from);
  return names;
}

}  // namespace imsearch
