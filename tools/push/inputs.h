// What push sends: one file of vectors, the names of its rows, their model.
#pragma once

#include "index/vector_set.h"
#include "io/described_vectors.h"
#include "io/fnames.h"
#include "io/sidecar.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace imsearch {

/// Owns the open files. Any thread may read the vectors.
class PushInputs {
 public:
  /// `names` empty: fnames.txt as build-index finds it. `dim` 0: as the sidecar
  /// says. Throws Error: numbers that do not match, or as DescribedVectors
  /// does.
  PushInputs(const std::string& vectors, const std::string& names,
             std::size_t dim, Separator separator);

  std::size_t rows() const { return vectors_.rows(); }
  std::size_t dim() const { return vectors_.dim(); }
  const VectorSet& vectors() const { return vectors_; }
  const NamesFile& names() const { return names_; }
  const ModelIdentity& model() const { return model_; }
  /// Rows whose images are gone, as the ledger says; rising.
  const std::vector<std::uint32_t>& gone() const { return gone_; }
  const std::string& path() const { return vectors_.files()[0].path(); }

  /// Reads the rows from `begin` on, on all threads, so that NaN or infinity in
  /// one is found before others are sent. Throws Error naming the row;
  /// Interrupted.
  void check_rows(std::size_t begin) const;

  /// By which the first `rows` rows are known again.
  std::uint64_t vectors_fingerprint(std::size_t rows) const {
    return fingerprint(vectors_.files()[0], rows);
  }

 private:
  PushInputs(DescribedVectors described, const std::string& names,
             Separator separator);

  VectorSet vectors_;
  NamesFile names_;
  ModelIdentity model_;
  std::vector<std::uint32_t> gone_;
};

}  // namespace imsearch
