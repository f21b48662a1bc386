// The files of a run while they are parts, and the end, when they take their
// names.
//
// A rename replaces one file, and there are four. So the end is ordered: all
// that can fail comes first, a mark is set, the vectors come last, the log goes
// after them. Whatever moment a run is killed at, either the old files are
// untouched, or the mark and the log let --resume finish.
#include "extract/output.h"

#include "extract/append.h"
#include "extract/identity.h"

#include "base/error.h"
#include "io/commit_mark.h"
#include "io/file.h"
#include "io/text.h"

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <unordered_set>

namespace imsearch {
namespace {

/// The lines of a list of bad images that are about others than `names`; none
/// if there is no list.
std::string lines_without(const std::string& path, const Names& names) {
  // None yet, or a device: there is nothing to keep.
  if (!is_regular_file(path)) return "";
  std::unordered_set<std::string> fields;
  for (std::size_t i = 0; i < names.size(); ++i)
    fields.insert(escape_field(names[i]));
  const Names lines = read_names(path);
  std::string kept;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string line(lines[i]);
    if (fields.count(line.substr(0, line.find('\t'))) == 0) kept += line + "\n";
  }
  return kept;
}

void remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    fail("{}: {}", path, errno_text(errno));
}

}  // namespace

std::string bad_images_path(const std::string& names) {
  return names + ".bad.tsv";
}

ExtractOutput::ExtractOutput(const std::string& vectors,
                             const std::string& names, Separator separator)
    : vectors_(vectors, Temporary::kOldPart),
      names_(names, Temporary::kPart),
      names_path_(names),
      separator_(separator) {
  // A pipe has taken what was written to it: there is nothing to go on from.
  if (vectors_.is_regular() && names_.is_regular())
    log_.emplace(vectors_.target());
}

bool ExtractOutput::has_older_parts() const {
  return log_ && !log_->older_text().empty();
}

std::string ExtractOutput::older_identity() const {
  return log_ ? LogReader(log_->older_text()).identity() : "";
}

bool ExtractOutput::is_of_run(const std::string& identity) const {
  const std::string older = older_identity();
  return is_run_identity(older) && identity_difference(older, identity).empty();
}

void ExtractOutput::append_to(AppendTarget& target, const Names& names) {
  target_ = &target;
  bad_ = lines_without(bad_path(), names);
  const auto behind = appended_behind(older_identity());
  if (!behind || *behind >= target.rows()) return;
  // That run was killed when it had only these parts to remove.
  vectors_.truncate(0);
  log_->remove();
}

void ExtractOutput::expect_archives() {
  archives_ = true;
  if (log_) log_->tell_places();
}

void ExtractOutput::start_joined() {
  if (vectors_.is_regular()) vectors_.truncate(0);
  if (log_) log_->remove();
}

std::string ExtractOutput::unlocked_path() const {
  if (!vectors_.is_locked()) return vectors_.temporary();
  return names_.is_locked() ? "" : names_.temporary();
}

void ExtractOutput::start(const std::string& identity) {
  if (vectors_.is_regular()) vectors_.truncate(0);
  if (log_) log_->start(identity);
}

OlderRun ExtractOutput::read_parts(const std::string& identity, std::size_t dim,
                                   std::size_t max_images) {
  LogReader log(log_->older_text());
  if (!is_run_identity(log.identity())) return {};
  const std::string other = identity_difference(log.identity(), identity);
  if (!other.empty())
    fail(
        "{} is of another run: {}: give the same images and options, or leave "
        "out --resume to start anew",
        vectors_.temporary(), other);
  // An empty part beside a finished file: the run may have died between its
  // last rename and the removal of its log. The rows are then in the file.
  const bool renamed = target_ == nullptr && vectors_.size() == 0 &&
                       is_regular_file(vectors_.target());
  OlderRun older = read_older_run(
      log, renamed ? vectors_.target() : vectors_.temporary(), dim, max_images);
  if (!renamed || older.rows() == 0) return older;
  published_ = (older.ended || older.images() == max_images) && older.rows_end;
  return published_ ? older : OlderRun();
}

OlderRun ExtractOutput::resume(const std::string& identity, const Names& names,
                               std::size_t dim) {
  OlderRun older =
      read_parts(identity, dim, archives_ ? SIZE_MAX : names.size());
  // A log without places would be one of this identity that someone edited.
  if (archives_ && older.places.size() != older.images()) older = OlderRun();
  if (older.images() == 0) {
    start(identity);
    return older;
  }
  std::size_t bad = 0;
  for (std::size_t i = 0; i < older.images(); ++i) {
    const std::string_view name = archives_ ? older.places[i].name : names[i];
    if (older.good[i])
      add_name(name, {older.facts[i]});
    else
      list_bad(name, older.reasons[bad++], older.facts[i]);
  }
  // A row behind the last whole line of the log may be half written.
  if (!published_) vectors_.truncate(older.rows() * dim * sizeof(float));
  log_->go_on(older.log_bytes);
  return older;
}

void ExtractOutput::add(const ImagePlace& image, const float* feature,
                        std::size_t dim, const FileFacts& facts) {
  vectors_.write(feature, dim * sizeof(float));
  add_name(image.name, {facts});
  if (!log_) return;
  // The row before its line: a line promises that the row is there.
  vectors_.flush();
  log_->add_row(image, feature, dim * sizeof(float), facts);
  vectors_.keep();
}

// No flush and no log: joining is as quick as copying, and is done anew.
void ExtractOutput::add_joined(std::string_view name, const float* row,
                               std::size_t dim, const LedgerRow& entry) {
  vectors_.write(row, dim * sizeof(float));
  add_name(name, entry);
}

void ExtractOutput::add_joined_bad(std::string_view list,
                                   const std::vector<BadImage>& bad) {
  bad_ += list;
  ledger_.bad.insert(ledger_.bad.end(), bad.begin(), bad.end());
}

void ExtractOutput::add_name(std::string_view name, const LedgerRow& entry) {
  names_.write(name);
  const char end = static_cast<char>(separator_);
  names_.write(&end, 1);
  if (!log_) return;
  row_names_.append(name);
  ledger_.rows.push_back(entry);
}

void ExtractOutput::add_bad(const ImagePlace& image, const std::string& reason,
                            const FileFacts& facts) {
  list_bad(image.name, reason, facts);
  if (log_) log_->add_bad(image, reason, facts);
}

void ExtractOutput::add_archives(const std::vector<ReadArchive>& archives) {
  if (log_)
    ledger_.archives.insert(ledger_.archives.end(), archives.begin(),
                            archives.end());
}

void ExtractOutput::list_bad(std::string_view name, const std::string& reason,
                             const FileFacts& facts) {
  bad_ += escape_field(name) + "\t" + escape_field(reason) + "\n";
  if (log_) ledger_.bad.push_back({std::string(name), facts, reason});
}

bool ExtractOutput::can_hold(std::string_view name) const {
  return name.find(static_cast<char>(separator_)) == std::string_view::npos;
}

std::string ExtractOutput::bad_path() const {
  return names_.is_regular() ? bad_images_path(names_path_) : "";
}

std::string ExtractOutput::kept_path() const {
  return log_ && log_->worth_keeping() ? vectors_.temporary() : "";
}

std::optional<OutputFile> ExtractOutput::finish_bad() const {
  if (bad_.empty() || bad_path().empty()) return std::nullopt;
  OutputFile file(bad_path(), Temporary::kPart);
  file.write(bad_);
  // On the disk before the renames: what fails for want of space fails here.
  file.finish();
  return file;
}

void ExtractOutput::publish_bad(std::optional<OutputFile>& list) const {
  if (list) return list->commit();
  if (bad_path().empty()) return;
  // A killed run may have left a part of its list.
  for (const std::string& path : {bad_path(), bad_path() + ".part"})
    remove_file(path);
}

void ExtractOutput::commit_bad() {
  std::optional<OutputFile> list = finish_bad();
  if (target_ != nullptr) target_->record(ledger_, row_names_);
  publish_bad(list);
  if (vectors_.is_regular()) vectors_.truncate(0);
  if (log_) log_->remove();
}

std::optional<OutputFile> ExtractOutput::finish_sidecar(
    const Sidecar& sidecar) const {
  if (!vectors_.is_regular()) return std::nullopt;
  OutputFile file(sidecar_path(vectors_.path()), Temporary::kPart);
  file.write(to_json(sidecar));
  file.finish();
  return file;
}

/// None where there is no log, since images went into a pipe or came from one
/// file to another: then an older ledger would be that of other rows.
std::optional<OutputFile> ExtractOutput::finish_ledger() const {
  if (!log_) return std::nullopt;
  OutputFile file(ledger_path(vectors_.target()), Temporary::kPart);
  file.write(to_text(ledger_, row_names_));
  file.finish();
  return file;
}

void ExtractOutput::commit_append(const Sidecar& sidecar) {
  // All that can be done before comes before: the mark keeps readers off.
  vectors_.finish();
  names_.finish();
  log_->add_end();
  log_->sync();
  std::optional<OutputFile> list = finish_bad();
  publish_bad(list);
  target_->add(vectors_.temporary(), names_.temporary(), sidecar, ledger_,
               row_names_);
  vectors_.truncate(0);
  log_->remove();
}

void ExtractOutput::commit(const Sidecar& sidecar) {
  if (target_ != nullptr) return commit_append(sidecar);
  // Everything that can hit a full disk happens before the renames.
  vectors_.finish();
  names_.finish();
  std::optional<OutputFile> json = finish_sidecar(sidecar);
  std::optional<OutputFile> list = finish_bad();
  std::optional<OutputFile> ledger = finish_ledger();
  if (log_) {
    log_->add_end();
    log_->sync();
  }
  if (json) set_commit_mark(vectors_.target());
  publish_bad(list);
  names_.commit();
  if (ledger)
    ledger->commit();
  else if (json)
    remove_file(ledger_path(vectors_.target()));
  if (json) json->commit();
  if (!published_) vectors_.commit();
  if (json) clear_commit_mark(vectors_.target());
  // Last: --resume needs it as long as the mark is there.
  if (log_) log_->remove();
}

}  // namespace imsearch
