// Figures by name, as bench prints them.
#pragma once

#include "eval/measure.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

/// One level of nesting at most; numbers and strings.
using Report = nlohmann::ordered_json;

/// One JSON object on a line.
std::string report_json(const Report& report);

/// A line for each figure: name, tab, value; "latency_us.p50" for nested ones.
std::string report_table(const Report& report);

/// The same for a terminal: under a header, figures to the right.
std::string report_columns(const Report& report);

/// What the names of the report mean, a line each of at most 72 characters.
std::vector<std::string> report_legend(const Report& report);

/// mean, p50, p95, p99, in the unit of the values.
Report latency_report(const std::vector<double>& values);

/// Queries a second on 1, 2, 4 … and `most` threads.
Report throughput_report(std::size_t queries, unsigned most,
                         const Searching& search);

}  // namespace imsearch
