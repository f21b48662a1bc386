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

struct Row {
  std::string name;
  std::string value;
  bool is_figure = false;
};

/// "latency_us.p50" for what is nested.
std::vector<Row> rows_of(const Report& report) {
  std::vector<Row> rows;
  for (const auto& [name, value] : report.items()) {
    if (!value.is_object()) {
      rows.push_back({name, value_text(value), value.is_number()});
      continue;
    }
    for (const auto& [inner, figure] : value.items())
      rows.push_back({fmt::format("{}.{}", name, inner), value_text(figure),
                      figure.is_number()});
  }
  return rows;
}

}  // namespace

std::string report_json(const Report& report) {
  return json_without_controls(
             report.dump(-1, ' ', false, Report::error_handler_t::replace)) +
         "\n";
}

std::string report_table(const Report& report) {
  std::string text;
  for (const Row& row : rows_of(report))
    text += fmt::format("{}\t{}\n", row.name, row.value);
  return text;
}

std::string report_columns(const Report& report) {
  const std::vector<Row> rows = rows_of(report);
  Row header = {"figure", "value", true};
  std::size_t names = header.name.size();
  std::size_t figures = header.value.size();
  for (const Row& row : rows) {
    names = std::max(names, row.name.size());
    if (row.is_figure) figures = std::max(figures, row.value.size());
  }
  std::string text;
  const auto add = [&](const Row& row) {
    text += fmt::format("{:<{}}  {:>{}}\n", row.name, names, row.value,
                        row.is_figure ? figures : 0);
  };
  add(header);
  for (const Row& row : rows) add(row);
  return text;
}

std::vector<std::string> report_legend(const Report& report) {
  struct Meaning {
    const char* name;
    const char* text;
  };
  constexpr Meaning kMeanings[] = {
      {"latency_us", "latency_us: microseconds a query when it is asked alone"},
      {"took_ms", "took_ms: milliseconds of it that the service took itself"},
      {"throughput_per_s", "throughput_per_s.N: queries a second on N threads"},
      {"memory_bytes", "memory_bytes: resident memory, by what it is for"},
      {"images_per_s", "images_per_s: images that became vectors, a second"},
      {"decode_s", "decode_s, network_s, wait_s: seconds, threads summed up"},
      {"cpu_s", "cpu_s: CPU seconds, threads summed up"},
  };
  std::vector<std::string> lines;
  for (const Meaning& meaning : kMeanings)
    if (report.contains(meaning.name)) lines.emplace_back(meaning.text);
  if (report.contains("latency_us"))
    lines.insert(lines.begin() + 1, "p95: 95 % of the queries take less");
  return lines;
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
