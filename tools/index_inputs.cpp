#include "index_inputs.h"

#include "cli.h"
#include "names_list.h"
#include "options.h"

#include "io/file.h"

#include <optional>
#include <string_view>
#include <utility>

namespace imsearch {
namespace {

/// What is known of a dimension or a model, and which file says so.
struct Known {
  std::size_t dim = 0;
  std::string dim_from;
  ModelIdentity model;
  std::string model_from;
};

void compare(Known& known, const std::string& path, const Sidecar& sidecar) {
  if (known.dim != 0 && sidecar.dim != known.dim)
    fail("{}: rows of {} floats, but {} has {}", path, sidecar.dim,
         known.dim_from, known.dim);
  if (!same_model(known.model, sidecar.model))
    fail("{}: made by {}, but {} by {}: one index holds rows of one model",
         path, describe(sidecar.model), known.model_from,
         describe(known.model));
  if (known.dim == 0) {
    known.dim = sidecar.dim;
    known.dim_from = path;
  }
  if (!known.model.known() && sidecar.model.known()) {
    known.model = sidecar.model;
    known.model_from = path;
  }
}

Known compare_sidecars(const std::vector<std::string>& vectors,
                       std::size_t dim) {
  Known known;
  known.dim = dim;
  known.dim_from = "--dim";
  for (const std::string& path : vectors)
    if (const std::optional<Sidecar> sidecar = read_sidecar(path))
      compare(known, sidecar_path(path), *sidecar);
  return known;
}

[[noreturn]] void fail_missing(const std::string& vectors) {
  fail("{}: no such file: extract makes one, or name your own", vectors);
}

void check_inputs_exist(const std::vector<std::string>& vectors,
                        const std::vector<std::string>& names) {
  for (const std::string& path : vectors)
    if (!file_exists(path)) fail_missing(path);
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

std::string names_beside(const std::string& vectors) {
  if (!file_exists(vectors)) fail_missing(vectors);
  const std::string_view usual = cli::kDefaultVectors;
  const std::size_t name_at = vectors.rfind('/') + 1;
  if (vectors.compare(name_at, usual.size(), usual) != 0)
    fail("{}: -n says where its names are", vectors);
  return vectors.substr(0, name_at) + cli::kDefaultNames +
         vectors.substr(name_at + usual.size());
}

IndexInputs open_index_inputs(const std::vector<std::string>& vectors,
                              const std::vector<std::string>& names,
                              std::size_t dim, Separator separator) {
  if (names.size() != vectors.size())
    cli::fail_usage("{} files of names (-n) for {} files of vectors",
                    names.size(), vectors.size());
  check_inputs_exist(vectors, names);
  Known known = compare_sidecars(vectors, dim);
  VectorSet set(vectors, known.dim);
  Names all = read_all_names(names, set, separator);
  return {std::move(set), std::move(all), std::move(known.model)};
}

}  // namespace imsearch
