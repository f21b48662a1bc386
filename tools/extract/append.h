// The vectors and names that extract --append adds to.
//
// New rows are computed into the same parts as those of any run. Then they are
// put behind the old ones in place, under the mark that makes readers refuse
// the files meanwhile (io/commit_mark.h); the sidecar, which says how many rows
// there are, is replaced last. A run that is killed in between leaves the mark,
// the parts, and more rows than the sidecar says: the next one takes those off
// again, and with --resume goes on from the parts.
#pragma once

#include "io/fnames.h"
#include "io/ledger.h"
#include "io/sidecar.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace imsearch {

class AppendTarget {
 public:
  /// Opens the files, whose parts the caller has locked. Throws Error where
  /// they are not a whole collection: no sidecar with a model, a shard, rows or
  /// names that are more or fewer than the sidecar says.
  /// `interrupted`: behind how many rows an earlier run's parts belong, if they
  /// are of an --append: what it has added in part is taken off.
  AppendTarget(const std::string& vectors, const std::string& names,
               Separator separator, std::optional<std::size_t> interrupted);

  /// Rows that are there.
  std::size_t rows() const { return *sidecar_.rows; }

  /// Takes those of `images` out that are there already, and repeated ones.
  /// What the ledger says is gone is not there;
  /// "./p" and "p", "a//b" and "a/b" are one name.
  /// Gives how many were taken out.
  std::size_t exclude_known(Names& images);
  /// After that, of an image that is not in the list: false if it is there
  /// already, or was asked about before.
  bool is_new(std::string_view name);

  /// Throws Error, naming both, if the new rows are of another model.
  void check_model(const Sidecar& added) const;

  /// Adds the rows in one file and their names in another, synced, and replaces
  /// the sidecar, which takes from theirs what may change: the version and
  /// where the weights lie. Throws Error; nothing is added then, unless that
  /// could not be undone either, which the mark tells.
  /// `ledger` and `row_names`: of the images that are added, and of those that
  /// are bad.
  void add(const std::string& rows, const std::string& names,
           const Sidecar& added, const Ledger& ledger, const Names& row_names);

  /// Enters them in the ledger. Throws Error.
  void record(const Ledger& added, const Names& row_names);

 private:
  void read_names();
  void take_off() const;
  void put_behind(const std::string& rows, const std::string& names) const;
  std::int64_t modified_ns() const;  // of the vectors
  /// `before_ns`: when the vectors were last modified before they grew.
  void write_sidecar(const Sidecar& added, std::size_t rows,
                     std::int64_t before_ns) const;
  std::uint64_t row_bytes() const { return sidecar_.dim * sizeof(float); }

  std::string vectors_;
  std::string names_path_;
  Separator separator_;
  Sidecar sidecar_;
  Names names_;                            // all in the file
  std::uint64_t names_bytes_ = 0;          // of the file that rows() names take
  bool last_name_ends_ = true;             // with a separator
  Ledger ledger_;                          // of the rows that are there
  std::unordered_set<std::string> known_;  // plain names
};

}  // namespace imsearch
