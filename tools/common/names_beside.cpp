#include "common/names_beside.h"

#include "common/options.h"

#include "base/error.h"
#include "io/commit_mark.h"
#include "io/file.h"

#include <string_view>

namespace imsearch {

std::string names_beside(const std::string& vectors,
                         const std::string& remedy) {
  if (!file_exists(vectors)) fail_missing_vectors(vectors);
  const std::string_view usual = cli::kDefaultVectors;
  const std::size_t name_at = vectors.rfind('/') + 1;
  if (vectors.compare(name_at, usual.size(), usual) != 0)
    fail("{}: {}", vectors, remedy);
  return vectors.substr(0, name_at) + cli::kDefaultNames +
         vectors.substr(name_at + usual.size());
}

void fail_missing_vectors(const std::string& vectors) {
  const SettledVectors better_known(vectors);
  fail("{}: no such file: extract makes one, or name your own", vectors);
}

}  // namespace imsearch
