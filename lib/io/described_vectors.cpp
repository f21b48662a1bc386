#include "io/described_vectors.h"

#include "base/error.h"
#include "io/file.h"
#include "io/shard_set.h"

namespace imsearch {
namespace {

void check_rows(const VectorFile& file, const Sidecar& said) {
  if (!said.rows || *said.rows == file.rows()) return;
  const std::string sidecar = sidecar_path(file.path());
  if (file.rows() > *said.rows)
    fail(
        "{}: {} rows, but {} says {}: rows are added by extract --append and "
        "files joined by extract --join, which keep them in step",
        file.path(), file.rows(), sidecar, *said.rows);
  fail(
      "{}: {} rows, but {} says {}: rows are lost, or the sidecar is that of "
      "another file: get the whole file, or extract it again",
      file.path(), file.rows(), sidecar, *said.rows);
}

}  // namespace

DescribedVectors::DescribedVectors(const std::vector<std::string>& paths,
                                   std::size_t dim, const std::string& dim_from)
    : settled_(paths.begin(), paths.end()), dim_(dim), dim_from_(dim_from) {
  std::vector<DescribedFile> described;
  for (const std::string& path : paths) {
    described.push_back({path, read_sidecar(path)});
    if (const std::optional<Sidecar>& said = described.back().sidecar)
      compare(sidecar_path(path), *said);
  }
  check_shards(described);
  for (const DescribedFile& each : described) {
    files_.emplace_back(each.path,
                        files_.empty() ? dim_ : files_.front().dim());
    if (each.sidecar) check_rows(files_.back(), *each.sidecar);
    sidecars_.push_back(each.sidecar);
  }
}

void DescribedVectors::compare(const std::string& sidecar,
                               const Sidecar& said) {
  if (dim_ != 0 && said.dim != dim_)
    fail("{}: rows of {} floats, but {} has {}", sidecar, said.dim, dim_from_,
         dim_);
  if (!same_model(model_, said.model))
    fail("{}: made by {}, but {} by {}: one index holds rows of one model",
         sidecar, describe(said.model), model_from_, describe(model_));
  if (dim_ == 0) {
    dim_ = said.dim;
    dim_from_ = sidecar;
  }
  if (!model_.known() && said.model.known()) {
    model_ = said.model;
    model_from_ = sidecar;
  }
}

void DescribedVectors::check_settled() const {
  for (const SettledVectors& each : settled_) each.check();
}

}  // namespace imsearch
