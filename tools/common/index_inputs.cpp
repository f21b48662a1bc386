// Vectors, the names of their rows and what made them, opened together and
// compared: a mix-up here would give every image another one's name.
#include "common/index_inputs.h"

#include "common/cli.h"
#include "common/derived_names.h"
#include "common/names_list.h"

#include "io/described_vectors.h"
#include "io/file.h"

#include <string_view>
#include <utility>

namespace imsearch {
namespace {

void check_inputs_exist(const std::vector<std::string>& vectors,
                        const std::vector<std::string>& names) {
  for (const std::string& path : vectors)
    if (!file_exists(path)) fail_missing_vectors(path);
  for (const std::string& path : names)
    if (path != "-" && !file_exists(path))
      fail("{}: no such file: -n says where the names are", path);
}

/// All names, one file after the other, each as long as its vectors.
Names read_all_names(const std::vector<std::string>& paths,
                     const VectorSet& vectors, Separator separator) {
  Names all;
  for (std::size_t f = 0; f < paths.size(); ++f) {
    Names names = read_list(paths[f], separator);
    const VectorFile& file = vectors.files()[f];
    if (names.size() != file.rows())
      fail("{}: {} names for the {} rows of {}", paths[f], names.size(),
           file.rows(), file.path());
    if (paths.size() == 1) return names;
    for (std::size_t i = 0; i < names.size(); ++i) all.append(names[i]);
  }
  return all;
}

}  // namespace

IndexInputs open_index_inputs(const std::vector<std::string>& vectors,
                              const std::vector<std::string>& names,
                              std::size_t dim, Separator separator) {
  if (names.size() != vectors.size())
    cli::fail_usage("{} files of names (-n) for {} files of vectors",
                    names.size(), vectors.size());
  check_inputs_exist(vectors, names);
  DescribedVectors described(vectors, dim);
  VectorSet set(std::move(described.files()));
  Names all = read_all_names(names, set, separator);
  described.check_settled();
  return {std::move(set), std::move(all), described.model()};
}

}  // namespace imsearch
