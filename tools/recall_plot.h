// eval-recall --plot: the table as a picture.
#pragma once

#include "query_rows.h"
#include "recall_table.h"
#include "searched_index.h"

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

/// Recall@k against the time of a query asked alone, as SVG; `lines` are exact
/// search's and, in any order, those of the index.
std::string draw_recall(const std::vector<RecallLine>& lines,
                        const SearchedIndex& index, const QueryRows& queries,
                        const RecallMeter& meter);

}  // namespace imsearch
