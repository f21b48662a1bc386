#include "push_inputs.h"

#include "index_inputs.h"
#include "names_list.h"

#include "base/error.h"
#include "base/parallel_for.h"

#include <optional>
#include <vector>

namespace imsearch {
namespace {

Sidecar sidecar_of(const std::string& vectors, std::size_t dim) {
  const Sidecar sidecar = read_sidecar(vectors).value_or(Sidecar{});
  if (dim != 0 && sidecar.dim != 0 && dim != sidecar.dim)
    fail("{}: rows of {} floats, but --dim has {}", sidecar_path(vectors),
         sidecar.dim, dim);
  return sidecar;
}

}  // namespace

PushInputs::PushInputs(const std::string& vectors, const std::string& names,
                       std::size_t dim, Separator separator)
    : PushInputs(vectors, names.empty() ? names_beside(vectors) : names,
                 sidecar_of(vectors, dim), dim, separator) {}

PushInputs::PushInputs(const std::string& vectors, const std::string& names,
                       const Sidecar& sidecar, std::size_t dim,
                       Separator separator)
    : vectors_(std::vector<std::string>{vectors}, dim != 0 ? dim : sidecar.dim),
      names_(names, separator),
      model_(sidecar.model) {
  check_list(names_, separator);
  if (names_.size() != vectors_.rows())
    fail("{}: {} names for the {} rows of {}", names, names_.size(),
         vectors_.rows(), vectors);
  if (vectors_.rows() == 0) fail("{}: no rows to push", vectors);
}

void PushInputs::check_rows(std::size_t begin) const {
  constexpr std::size_t kBlock = 1024;
  parallel_for(rows() - begin, kBlock, 0,
               [&](std::size_t first, std::size_t last, unsigned) {
                 std::vector<float> unit(dim());
                 for (std::size_t i = first; i < last; ++i)
                   vectors_.read_unit(begin + i, unit.data());
               });
}

}  // namespace imsearch
