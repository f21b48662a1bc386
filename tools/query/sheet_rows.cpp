#include "query/sheet_rows.h"

#include "common/cli.h"

#include "base/error.h"
#include "io/file.h"

#include <filesystem>
#include <system_error>

namespace imsearch {
namespace {

std::string file_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

SheetRow sheet_row(const Question& question, const Answer& answer) {
  SheetRow row;
  row.push_back({question.picture, "query",
                 question.picture.empty()
                     ? fmt::format("vector {}", question.label())
                     : file_part(question.picture)});
  for (std::size_t i = 0; i < answer.hits.size(); ++i)
    row.push_back({answer.names[i],
                   fmt::format("{:.3f}", answer.hits[i].similarity()),
                   file_part(answer.names[i])});
  return row;
}

void say_missing(const std::vector<SheetRow>& rows) {
  std::size_t pictures = 0;
  std::size_t missing = 0;
  for (const SheetRow& row : rows)
    for (const SheetTile& tile : row) {
      if (tile.path.empty()) continue;  // a vector
      ++pictures;
      missing += file_exists(tile.path) ? 0 : 1;
    }
  if (missing > 0)
    cli::say(fmt::format(
        "{} of {} pictures are not found: names are relative to the folder "
        "where extract ran",
        missing, pictures));
}

void write_sheet(const std::vector<SheetRow>& rows, const std::string& path) {
  std::error_code ignored;
  for (const SheetRow& row : rows)
    for (const SheetTile& tile : row)
      if (std::filesystem::equivalent(tile.path, path, ignored))
        fail("{}: one of the pictures to draw: the sheet would replace it",
             path);
  write_contact_sheet(rows, path);
}

}  // namespace imsearch
