// Sends the rows that are not there yet, with progress, and keeps a list of
// those that the service refused.
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

/// Shards that went with their node; "" if none did, or nobody can be asked.
std::string lost_shards_of(const Endpoint& endpoint) {
  try {
    HttpClient client(endpoint);
    return lost_shards(client);
  } catch (const std::exception&) {
    return "";
  }
}

RowsToLoad rows_of(const PushInputs& inputs, const PushTarget& target,
                   NamesFile::Reader& names) {
  RowsToLoad rows;
  rows.begin = target.begin;
  rows.end = *target.meta.loading_to;
  rows.dim = inputs.dim();
  rows.space = target.meta.spec.space;
  rows.skip_stored = target.work == PushTarget::Work::kContinue;
  rows.next_name = [&names] { return names.next(); };
  rows.read_unit = [&inputs](std::size_t row, float* unit) {
    inputs.vectors().read_unit(row, unit);
  };
  return rows;
}

void announce_done(const BulkTotals& totals, double seconds,
                   const std::string& list) {
  cli::say(fmt::format(
      "{} rows stored in {}, {:.0f} a second{}{}{}", grouped(totals.stored),
      human_duration(seconds), static_cast<double>(totals.stored) / seconds,
      totals.skipped == 0
          ? ""
          : fmt::format(", {} were there", grouped(totals.skipped)),
      totals.retries == 0
          ? ""
          : fmt::format(", {} requests sent again", grouped(totals.retries)),
      totals.refused == 0 ? ""
                          : fmt::format(", {} refused: see {}",
                                        grouped(totals.refused), list)));
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
    RefusedRows refused(inputs.names().path(), target.begin, line);
    std::size_t refusals = 0;
    try {
      totals = load_rows(
          endpoint, rows, options.bulk,
          [&](std::size_t count) {
            stored = target.begin + count - refusals;
            line.update(count);
          },
          [&](std::size_t row, std::string_view name,
              const std::string& reason) {
            refused.add(row, name, reason);
            ++refusals;
          });
    } catch (const std::exception&) {
      line.clear();
      refused.finish();
      throw;
    }
    list = refused.finish();
  }
  if (!options.quiet) announce_done(totals, watch.seconds(), list);
  if (totals.refused > 0 && totals.stored + totals.skipped == 0)
    fail("{}: none of {} rows was taken: see {}", endpoint.url.text(),
         grouped(totals.refused), list);
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
