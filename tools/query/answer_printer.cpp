// Answers as they are shown. Lines and objects are printed as answers come, so
// that a program that asks one by one gets them at once; the contact sheet is
// drawn when all are known, since a JPEG has its height at the start.
#include "query/answer_printer.h"

#include "common/cli.h"
#include "common/standard_streams.h"

#include "archive/member_cursor.h"
#include "base/error.h"
#include "io/file.h"
#include "io/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace imsearch {
namespace {

using Json = nlohmann::ordered_json;

/// The shortest number that says the six decimals which the table shows.
double six_decimals(float similarity) {
  return std::round(static_cast<double>(similarity) * 1e6) / 1e6;
}

/// JSON strings are UTF-8: bytes that are not travel beside them.
void add_text(Json& object, const std::string& key, std::string_view bytes) {
  object[key] = to_utf8(bytes);
  if (!is_utf8(bytes)) object[key + "_base64"] = base64(bytes);
}

}  // namespace

void AnswerPrinter::print(const Question& question, const Answer& answer) {
  if (!question.error.empty()) {
    failed_ = true;
    const std::string label = escape_field(question.label());
    cli::say((label.empty() ? "" : label + ": ") + question.error);
  }
  if (format_.json)
    print_object(question, answer);
  else
    print_lines(question, answer);
  if (format_.stream) flush_output();
  // Kept only where they will be drawn: answers may be many.
  if (!format_.sheet.empty() && question.error.empty())
    sheet_.push_back(sheet_row(question, answer));
}

void AnswerPrinter::print_lines(const Question& question,
                                const Answer& answer) const {
  const std::string asked = escape_field(question.label());
  for (std::size_t i = 0; i < answer.hits.size(); ++i)
    imsearch::print(fmt::format("{}\t{}\t{:.6f}\t{}\n", asked, i + 1,
                                answer.hits[i].similarity(),
                                escape_field(answer.names[i])));
  // Also behind an answer of no lines: the asker counts answers by these.
  if (format_.stream) imsearch::print("\n");
}

void AnswerPrinter::print_object(const Question& question,
                                 const Answer& answer) const {
  Json object;
  if (question.number)
    object["query"] = *question.number;
  else
    add_text(object, "query", question.text);
  if (!question.error.empty()) {
    object["error"] = to_utf8(question.error);
  } else {
    object["exact"] = format_.exact;
    object["exact_similarities"] = format_.exact_similarities;
    object["neighbors"] = Json::array();
    for (std::size_t i = 0; i < answer.hits.size(); ++i) {
      const Hit& hit = answer.hits[i];
      Json neighbor = {{"rank", i + 1},
                       {"row", hit.row},
                       {"similarity", six_decimals(hit.similarity())}};
      add_text(neighbor, "name", answer.names[i]);
      object["neighbors"].push_back(std::move(neighbor));
    }
  }
  // JSON may hold DEL and C1 controls as they are; a terminal would obey them.
  imsearch::print(json_without_controls(object.dump()) + "\n");
}

void AnswerPrinter::draw_sheet(bool quiet) const {
  if (!quiet) say_missing(sheet_);
  if (!sheet_.empty()) write_sheet(sheet_, format_.sheet);
}

SheetRow sheet_row(const Question& question, const Answer& answer) {
  SheetRow row;
  row.push_back({question.picture, "query",
                 question.picture.empty()
                     ? fmt::format("vector {}", question.label())
                     : base_name(question.picture)});
  for (std::size_t i = 0; i < answer.hits.size(); ++i)
    row.push_back({answer.names[i],
                   fmt::format("{:.3f}", answer.hits[i].similarity()),
                   base_name(answer.names[i])});
  return row;
}

void say_missing(const std::vector<SheetRow>& rows) {
  std::size_t pictures = 0;
  std::size_t missing = 0;
  for (const SheetRow& row : rows)
    for (const SheetTile& tile : row) {
      if (tile.path.empty()) continue;  // a vector
      ++pictures;
      missing += image_exists(tile.path) ? 0 : 1;
    }
  if (missing > 0)
    cli::say(fmt::format(
        "{} of {} pictures are not found: names are relative to the folder "
        "where extract ran",
        missing, pictures));
}

void write_sheet(const std::vector<SheetRow>& rows, const std::string& path) {
  // Only now is it known which pictures are on it; its own name was compared
  // with the inputs before.
  std::error_code ignored;
  for (const SheetRow& row : rows)
    for (const SheetTile& tile : row) {
      const auto member = member_path(tile.path);
      if (std::filesystem::equivalent(member ? member->archive : tile.path,
                                      path, ignored))
        fail("{}: one of the pictures to draw: the sheet would replace it",
             path);
    }
  write_contact_sheet(rows, path);
}

}  // namespace imsearch
