// extract --append: new rows wait in parts as those of any run do. Then vectors
// and names grow in place under the commit mark, and the sidecar, which says
// how many rows count, is replaced last; so a kill at any point leaves the old
// set or one that is known to be unfinished.
#include "extract/append.h"

#include "common/file_names.h"
#include "common/names_list.h"

#include "base/command.h"
#include "base/error.h"
#include "base/progress.h"
#include "io/commit_mark.h"
#include "io/described_vectors.h"
#include "io/file.h"
#include "io/name_filter.h"
#include "io/output_file.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace imsearch {
namespace {

/// The sidecar of a file that rows can be added to.
Sidecar described(const std::string& vectors) {
  if (!file_exists(vectors))
    fail("{}: no such file: without --append, {} makes one", vectors,
         command("extract"));
  std::optional<Sidecar> sidecar = read_sidecar(vectors);
  if (!sidecar || !sidecar->model.known())
    fail(
        "{}: {} does not say which model made it: --append adds only to what "
        "extract made",
        vectors, sidecar_path(vectors));
  if (sidecar->shard)
    fail(
        "{}: shard {} of {}: --append adds to whole files, which extract "
        "--join makes of shards",
        vectors, sidecar->shard->index, sidecar->shard->count);
  return *std::move(sidecar);
}

}  // namespace

AppendTarget::AppendTarget(const std::string& vectors, const std::string& names,
                           Separator separator,
                           std::optional<std::size_t> interrupted)
    : vectors_(vectors),
      names_path_(names),
      separator_(separator),
      sidecar_(described(vectors)) {
  if (!file_exists(names))
    fail("{}: no such file: -n says where the names are", names);
  // An earlier --append was killed while the files grew. The sidecar tells
  // which of its steps was the last.
  if (interrupted && file_exists(commit_mark_path(vectors))) {
    if (!sidecar_.rows) sidecar_.rows = interrupted;
    read_names();
    if (rows() == *interrupted) take_off();
    // More rows: it was killed after it had replaced the sidecar.
    if (rows() >= *interrupted) clear_commit_mark(vectors);
  }
  DescribedVectors whole({vectors});
  sidecar_.rows = whole.files().front().rows();
  read_names();
  if (names_.size() != rows()) {
    const std::string hint = other_separator_hint(names, separator, rows());
    if (hint.empty()) fail_name_count(names, names_.size(), vectors, rows());
    fail("{}: {} for the {} of {}{}", names, counted(names_.size(), "name"),
         counted(rows(), "row"), vectors, hint);
  }
  const auto name_of = [this](std::size_t row) { return names_[row]; };
  ledger_ = read_ledger_of_names(vectors, rows(), name_of, names);
}

void AppendTarget::read_names() {
  // All in memory: every name is compared with the new ones anyway.
  const std::string text = read_file(names_path_);
  names_ = split_names(text, separator_);
  names_bytes_ = 0;
  for (std::size_t i = 0; i < std::min(rows(), names_.size()); ++i)
    names_bytes_ += names_[i].size() + 1;
  last_name_ends_ = names_bytes_ <= text.size();
  // A list that someone edited may lack its last newline; it comes before the
  // first new name.
  if (!last_name_ends_) names_bytes_ = text.size();
}

bool AppendTarget::is_new(std::string_view name) {
  return known_.insert(plain_name(name)).second;
}

std::size_t AppendTarget::exclude_known(Names& images) {
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (i >= ledger_.rows.size() || !ledger_.rows[i].gone)
      known_.insert(plain_name(names_[i]));
  Names fresh;
  for (std::size_t i = 0; i < images.size(); ++i)
    if (is_new(images[i])) fresh.append(images[i]);
  const std::size_t left_out = images.size() - fresh.size();
  images = std::move(fresh);
  return left_out;
}

void AppendTarget::check_model(const Sidecar& added) const {
  if (same_model(sidecar_.model, added.model) && sidecar_.dim == added.dim)
    return;
  fail(
      "{}: made by {}, but now by {}: give the same --weights or --model and "
      "options, or write files of their own with -o and -n",
      sidecar_path(vectors_), describe_beside(added.model, sidecar_.model),
      describe_beside(sidecar_.model, added.model));
}

void AppendTarget::add(const std::string& rows_file,
                       const std::string& names_file, const Sidecar& added,
                       const Ledger& ledger, const Names& row_names) {
  const std::size_t added_rows =
      std::filesystem::file_size(rows_file) / row_bytes();
  set_commit_mark(vectors_);
  try {
    const std::int64_t before_ns = modified_ns();
    put_behind(rows_file, names_file);
    // Before the sidecar, since rows that it does not count do not count here.
    record(ledger, row_names);
    write_sidecar(added, rows() + added_rows, before_ns);
  } catch (const Error&) {
    // A full disk, mostly: what was there is whole again.
    take_off();
    clear_commit_mark(vectors_);
    throw;
  }
  clear_commit_mark(vectors_);
}

void AppendTarget::record(const Ledger& added, const Names& row_names) {
  // A ledger that is new, or lacks rows, says nothing of the older ones.
  ledger_.rows.resize(rows());
  Ledger all = ledger_;
  all.rows.insert(all.rows.end(), added.rows.begin(), added.rows.end());
  Names names;
  for (std::size_t i = 0; i < rows(); ++i) names.append(names_[i]);
  for (std::size_t i = 0; i < row_names.size(); ++i) names.append(row_names[i]);
  // What was bad before and was tried again is what this run says.
  std::unordered_set<std::string_view> tried;
  for (std::size_t i = 0; i < row_names.size(); ++i) tried.insert(row_names[i]);
  for (const BadImage& bad : added.bad) tried.insert(bad.name);
  const auto is_tried = [&](const BadImage& bad) {
    return tried.count(bad.name) != 0;
  };
  all.bad.erase(std::remove_if(all.bad.begin(), all.bad.end(), is_tried),
                all.bad.end());
  all.bad.insert(all.bad.end(), added.bad.begin(), added.bad.end());
  for (const ReadArchive& archive : added.archives) {
    const auto same = [&](const ReadArchive& older) {
      return older.name == archive.name;
    };
    all.archives.erase(
        std::remove_if(all.archives.begin(), all.archives.end(), same),
        all.archives.end());
    all.archives.push_back(archive);
  }
  write_ledger(follow_links(vectors_), all, names);
}

/// What was put behind the rows and names that the sidecar tells of.
void AppendTarget::take_off() const {
  cut_file(vectors_, rows() * row_bytes());
  cut_file(names_path_, names_bytes_);
}

void AppendTarget::put_behind(const std::string& rows_file,
                              const std::string& names_file) const {
  const char end = static_cast<char>(separator_);
  append_file(vectors_, rows() * row_bytes(), "", rows_file);
  append_file(names_path_, names_bytes_,
              last_name_ends_ ? std::string_view() : std::string_view(&end, 1),
              names_file);
}

std::int64_t AppendTarget::modified_ns() const {
  return facts_of_status(follow_links(vectors_)).modified_ns;
}

void AppendTarget::write_sidecar(const Sidecar& added, std::size_t rows,
                                 std::int64_t before_ns) const {
  Sidecar sidecar = sidecar_;
  // Whoever wrote to the file in between, it was not an --append that was
  // finished.
  const bool goes_on =
      sidecar.appended && sidecar.appended->until_ns == before_ns;
  sidecar.appended = {goes_on ? sidecar.appended->since_ns : before_ns,
                      modified_ns()};
  sidecar.tool_version = added.tool_version;
  sidecar.model.weights_path = added.model.weights_path;
  sidecar.rows = rows;
  sidecar.list.reset();  // the rows are not those of one list any more
  OutputFile file(sidecar_path(vectors_), Temporary::kPart);
  file.write(to_json(sidecar));
  file.commit();
}

}  // namespace imsearch
