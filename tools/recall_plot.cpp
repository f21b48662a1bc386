#include "recall_plot.h"

#include "machine.h"

#include "base/progress.h"
#include "view/plot.h"

#include <fmt/format.h>

#include <algorithm>

namespace imsearch {
namespace {

std::string subtitle(const SearchedIndex& index, const QueryRows& queries,
                     unsigned threads) {
  return fmt::format(
      "{} rows of {} floats, {} queries ({}); {}, {}", grouped(index.rows()),
      index.dim(), grouped(queries.size()), queries.origin, cpu_model(),
      threads == 1 ? "1 thread" : fmt::format("{} threads", threads));
}

std::vector<PlotPoint> curve_of(std::vector<RecallLine> lines) {
  std::sort(
      lines.begin(), lines.end(),
      [](const RecallLine& a, const RecallLine& b) { return a.ef < b.ef; });
  std::vector<PlotPoint> points;
  for (const RecallLine& line : lines)
    if (line.ef != 0)
      points.push_back({fmt::format("ef {}", line.ef), line.single_ms,
                        line.at_k.mean, line.at_k.low, line.at_k.high});
  return points;
}

}  // namespace

std::string draw_recall(const std::vector<RecallLine>& lines,
                        const SearchedIndex& index, const QueryRows& queries,
                        const RecallMeter& meter) {
  Plot plot;
  plot.title = fmt::format("Recall@{} of {}", meter.k(), index.where());
  plot.subtitle = subtitle(index, queries, meter.threads());
  plot.time_title = "time of a query asked alone";
  plot.found_title = fmt::format("recall@{}", meter.k());
  plot.curve_name = "index, on one thread, with 95 % intervals";
  plot.curve = curve_of(lines);
  for (const RecallLine& line : lines)
    if (line.ef == 0) plot.reference_ms = line.single_ms;
  plot.reference_name =
      fmt::format("exact search, on all threads: {:.3g} ms", plot.reference_ms);
  return draw_plot(plot);
}

}  // namespace imsearch
