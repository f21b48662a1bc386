// Figures to text. A table is for people, with four digits, which is more than
// any timing repeats; JSON has what was measured.
#include "bench/report.h"

#include "io/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace imsearch {
namespace {

std::string value_text(const Report& value) {
  if (value.is_string())
    return escape_field(value.get_ref<const std::string&>());
  if (value.is_number_float())
    // Microseconds and images a second alike: digits, not decimal places.
    return fmt::format("{:.4g}", value.get<double>());
  return value.dump();
}

}  // namespace

std::string report_json(const Report& report) {
  return json_without_controls(
             report.dump(-1, ' ', false, Report::error_handler_t::replace)) +
         "\n";
}

std::string report_table(const Report& report) {
  std::string text;
  for (const auto& [name, value] : report.items()) {
    if (!value.is_object()) {
      text += fmt::format("{}\t{}\n", name, value_text(value));
      continue;
    }
    for (const auto& [inner, figure] : value.items())
      text += fmt::format("{}.{}\t{}\n", name, inner, value_text(figure));
  }
  return text;
}

Report latency_report(const std::vector<double>& values) {
  const LatencySummary summary = summarize(values);
  return {{"mean", summary.mean},
          {"p50", summary.p50},
          {"p95", summary.p95},
          {"p99", summary.p99}};
}

Report throughput_report(std::size_t queries, unsigned most,
                         const Searching& search) {
  Report report = Report::object();
  // Powers of two, and all CPUs at last, whatever their number.
  for (unsigned threads = 1;; threads = std::min(threads * 2, most)) {
    const double seconds = run_batch(queries, threads, search);
    report[std::to_string(threads)] = static_cast<double>(queries) / seconds;
    if (threads == most) return report;
  }
}

}  // namespace imsearch
