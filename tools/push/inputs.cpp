// The files that push sends, opened and compared with each other before a
// service is asked for anything: there must be as many names as rows, and
// extract must not have replaced one of the files since the other was opened.
#include "push/inputs.h"

#include "common/file_names.h"
#include "common/names_list.h"

#include "base/error.h"
#include "base/parallel_for.h"
#include "io/file.h"
#include "io/ledger.h"

#include <utility>
#include <vector>

namespace imsearch {
namespace {

DescribedVectors open(const std::string& vectors, std::size_t dim) {
  if (!file_exists(vectors)) fail_missing_vectors(vectors);
  return DescribedVectors({vectors}, dim);
}

}  // namespace

PushInputs::PushInputs(const std::string& vectors, const std::string& names,
                       std::size_t dim, Separator separator)
    : PushInputs(open(vectors, dim),
                 names.empty() ? names_beside(vectors) : names, separator) {}

PushInputs::PushInputs(DescribedVectors described, const std::string& names,
                       Separator separator)
    : vectors_(std::move(described.files())),
      names_(names, separator),
      model_(described.model()) {
  described.check_settled();
  check_list(names_, separator);
  if (names_.size() != vectors_.rows())
    fail_name_count(names, names_.size(), path(), vectors_.rows());
  if (vectors_.rows() == 0) fail("{}: no rows to push", path());
  NamesFile::Reader reader(names_, 0);
  const auto name_of = [&reader](std::size_t) { return reader.next(); };
  gone_ = gone_rows(read_ledger_of_names(follow_links(path()), vectors_.rows(),
                                         name_of, names));
  if (gone_.size() == vectors_.rows())
    fail("{}: the images of all its rows are gone", path());
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
