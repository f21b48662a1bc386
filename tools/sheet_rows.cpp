#include "sheet_rows.h"

#include <fmt/core.h>

#include <string>

namespace imsearch {
namespace {

std::string file_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

SheetRow sheet_row(const Index& index, const Question& question,
                   const Hits& hits) {
  SheetRow row;
  row.push_back({question.picture, "query",
                 question.picture.empty()
                     ? fmt::format("vector {}", question.label())
                     : file_part(question.picture)});
  for (const Hit& hit : hits) {
    const std::string name(index.name(hit.row));
    row.push_back(
        {name, fmt::format("{:.3f}", hit.similarity()), file_part(name)});
  }
  return row;
}

}  // namespace imsearch
