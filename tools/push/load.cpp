// Sends the rows that are not there yet, with progress, and keeps a list of
// those that the service refused.
//
// A refused row does not end the load: one that is wrong in itself would be
// refused each time. It is listed, with the reason, in a file beside the names,
// which appears when the load ends, however it ends.
#include "push/load.h"

#include "common/cli.h"
#include "common/progress_line.h"

#include "base/interrupt.h"
#include "base/progress.h"
#include "base/stopwatch.h"
#include "io/file.h"
#include "io/text.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <exception>
#include <sstream>

namespace imsearch {
namespace {

/// So many refused rows are shown on stderr; the others are only in the list.
constexpr std::size_t kShown = 20;

/// The lines of an older list that are about rows before `end`. Each line
/// begins with the row's number; a line that does not is dropped.
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

/// Shards that were lost with their node; "" where there are none, or no
/// service answers. An error here must not hide the one that ended the load.
std::string lost_shards_of(const Endpoint& endpoint) {
  try {
    HttpClient client(endpoint);
    return lost_shards(client);
  } catch (const std::exception&) {
    return "";
  }
}

/// The rows of the target, read from the inputs as they are needed: names are
/// read in order from their file, vectors are mapped.
RowsToLoad rows_of(const PushInputs& inputs, const PushTarget& target,
                   NamesFile::Reader& names) {
  RowsToLoad rows;
  rows.begin = target.begin;
  rows.end = *target.meta.loading_to;
  rows.dim = inputs.dim();
  rows.space = target.meta.spec.space;
  rows.left_out = inputs.gone();
  rows.skip_stored = target.work == PushTarget::Work::kContinue;
  rows.next_name = [&names] { return names.next(); };
  rows.read_unit = [&inputs](std::size_t row, float* unit) {
    inputs.vectors().read_unit(row, unit);
  };
  return rows;
}

/// Says how many rows were stored, how fast, and what else happened.
void announce_done(const BulkTotals& totals, double seconds,
                   const std::string& list) {
  cli::say(fmt::format(
      "{} stored in {}, {:.0f} a second{}{}{}{}", counted(totals.stored, "row"),
      human_duration(seconds), static_cast<double>(totals.stored) / seconds,
      totals.skipped == 0
          ? ""
          : fmt::format(", {} {} there already", grouped(totals.skipped),
                        totals.skipped == 1 ? "was" : "were"),
      totals.left_out == 0
          ? ""
          : fmt::format(
                ", {} not sent: {} gone", grouped(totals.left_out),
                totals.left_out == 1 ? "its image is" : "their images are"),
      totals.retries == 0
          ? ""
          : fmt::format(", {} sent again", counted(totals.retries, "request")),
      totals.refused == 0 ? ""
                          : fmt::format(", {} refused: see {}",
                                        grouped(totals.refused), list)));
}

}  // namespace

RefusedRows::RefusedRows(const std::string& names_path, std::size_t begin)
    : path_(names_path + ".refused.tsv") {
  if (!file_exists(path_)) return;
  // A load from row 0 sends everything again, so that an older list means
  // nothing. One that begins later does not send the rows before: what the list
  // says of those still holds.
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
  cli::say(fmt::format("row {}: {}: refused: {}", row, escape_field(name),
                       escape_field(reason)));
  if (count_ == kShown)
    cli::say("further refused rows are only listed, in " + path_);
}

std::string RefusedRows::finish() {
  if (!file_) return "";
  file_->commit();
  file_.reset();
  return path_;
}

BulkTotals send_rows(const Endpoint& endpoint, const PushInputs& inputs,
                     const PushTarget& target, const PushOptions& options,
                     std::size_t& stored) {
  const Stopwatch watch;
  NamesFile::Reader names(inputs.names(), target.begin);
  const RowsToLoad rows = rows_of(inputs, target, names);
  BulkTotals totals;
  std::string list;
  {
    cli::ProgressLine line("rows", target.rows(), options.quiet);
    RefusedRows refused(inputs.names().path(), target.begin);
    std::size_t refusals = 0;
    try {
      totals = load_rows(
          endpoint, rows, options.bulk,
          [&](std::size_t count) {
            // Progress counts refused rows, too: they are done with.
            stored = target.begin + count - refusals;
            line.update(count);
          },
          [&](std::size_t row, std::string_view name,
              const std::string& reason) {
            refused.add(row, name, reason);
            ++refusals;
          });
    } catch (const std::exception&) {
      // The list is kept although the load failed, for it may say why.
      refused.finish();
      throw;
    }
    list = refused.finish();
  }
  if (!options.quiet) announce_done(totals, watch.seconds(), list);
  if (totals.refused > 0 && totals.stored + totals.skipped == 0)
    fail("{}: none of {} was taken: see {}", endpoint.url.text(),
         counted(totals.refused, "row"), list);
  return totals;
}

void say_what_stays(const Endpoint& endpoint, std::size_t stored,
                    std::size_t rows) {
  const std::string where = endpoint.url.text();
  const std::string lost = interrupted() ? "" : lost_shards_of(endpoint);
  if (!lost.empty()) {
    cli::say(fmt::format(
        "{}: no copy of shards {} is left, and their rows are gone with it: if "
        "their node does not come back, start over: delete the index (curl -X "
        "DELETE {}) and push again, with --replicas 1 --replicas-while-loading "
        "to survive the loss of a node",
        where, lost, where));
    return;
  }
  cli::say(fmt::format(
      "{}: {} of {} rows are stored; refresh and replicas are still off: the "
      "same command goes on, and sends only what is missing",
      where, grouped(stored), grouped(rows)));
}

}  // namespace imsearch
