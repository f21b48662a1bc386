#include "push/refused_rows.h"

#include "common/cli.h"

#include "io/file.h"
#include "io/text.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <sstream>

namespace imsearch {
namespace {

/// Shown on stderr; the rest are in the list.
constexpr std::size_t kShown = 20;

/// Of lines that each begin with a row's number, those of rows before `end`.
std::string lines_before(const std::string& list, std::size_t end) {
  std::istringstream lines(list);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    std::size_t row = end;
    std::from_chars(line.data(), line.data() + line.size(), row);
    if (row < end) kept += line + "\n";
  }
  return kept;
}

}  // namespace

RefusedRows::RefusedRows(const std::string& names_path, std::size_t begin,
                         cli::ProgressLine& progress)
    : path_(names_path + ".refused.tsv"), progress_(progress) {
  if (!file_exists(path_)) return;
  const std::string older = begin == 0 ? "" : read_file(path_);
  kept_ = lines_before(older, begin);
  if (kept_.empty())
    std::remove(path_.c_str());
  else if (kept_ != older)
    start();
}

void RefusedRows::start() {
  file_.emplace(path_).write(kept_);
}

void RefusedRows::add(std::size_t row, std::string_view name,
                      const std::string& reason) {
  if (!file_) start();
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
