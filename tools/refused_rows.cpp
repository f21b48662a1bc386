#include "refused_rows.h"

#include "cli.h"

#include "io/text.h"

#include <fmt/format.h>

#include <cstdio>

namespace imsearch {
namespace {

/// Shown on stderr; the rest are in the list.
constexpr std::size_t kShown = 20;

}  // namespace

RefusedRows::RefusedRows(const std::string& names_path,
                         cli::ProgressLine& progress)
    : path_(names_path + ".refused.tsv"), progress_(progress) {
  std::remove(path_.c_str());
}

void RefusedRows::add(std::size_t row, std::string_view name,
                      const std::string& reason) {
  if (!file_) file_.emplace(path_);
  file_->write(fmt::format("{}\t{}\t{}\n", row, escape_field(name),
                           escape_field(reason)));
  if (++count_ > kShown) return;
  progress_.clear();
  cli::complain(fmt::format("row {}: {}: refused: {}", row, escape_field(name),
                            escape_field(reason)));
  if (count_ == kShown)
    cli::complain("further refused rows are only listed, in " + path_);
}

std::string RefusedRows::finish() {
  if (!file_) return "";
  file_->commit();
  file_.reset();
  return path_;
}

}  // namespace imsearch
