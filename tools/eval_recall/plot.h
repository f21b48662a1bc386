// eval-recall --plot: the table as a picture, drawn by gnuplot.
#pragma once

#include "common/query_rows.h"
#include "eval_recall/table.h"

#include <string>
#include <vector>

namespace imsearch {

/// Before anything is measured: whether such a picture can be drawn at all.
/// Throws UsageError if `path` ends in neither .svg nor .png, Error naming the
/// package if there is no gnuplot.
void check_plot(const std::string& path);

/// Recall@k against the time of a query asked alone, both on logarithmic
/// scales, in the format that the ending of `path` names; the picture's bytes.
/// `lines` are exact search's and, in any order, those of the index (one at
/// least). Throws Error if gnuplot fails, Interrupted after a signal.
std::string draw_recall(const std::string& path,
                        const std::vector<RecallLine>& lines,
                        const SearchIndex& index, const QueryRows& queries,
                        const RecallMeter& meter);

}  // namespace imsearch
