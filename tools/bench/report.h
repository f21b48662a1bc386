// Figures by name, as bench prints them.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace imsearch {

/// One level of nesting at most; numbers and strings.
using Report = nlohmann::ordered_json;

/// One JSON object on a line.
std::string report_json(const Report& report);

/// A line for each figure: name, tab, value; "latency_us.p50" for nested ones.
std::string report_table(const Report& report);

}  // namespace imsearch
