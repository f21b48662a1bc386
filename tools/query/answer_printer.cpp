// Answers as they are shown. Lines and objects are printed as answers come, so
// that a program that asks one by one gets them at once; the contact sheet is
// drawn when all are known, since a JPEG has its height at the start.
#include "query/answer_printer.h"

#include "common/cli.h"
#include "common/standard_streams.h"
#include "query/previews.h"

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

void say_error(const Question& question) {
  const std::string label = escape_field(question.label());
  cli::say((label.empty() ? "" : label + ": ") + question.error);
}

void say_missing(std::size_t missing, std::size_t pictures) {
  cli::say(fmt::format(
      "{} of {} pictures are not found: names are relative to the folder "
      "where extract ran",
      missing, pictures));
}

std::size_t pictures_of(const std::vector<PageAnswer>& answers) {
  std::size_t pictures = 0;
  for (const PageAnswer& answer : answers)
    pictures += answer.found.size() + (answer.query.path.empty() ? 0 : 1);
  return pictures;
}

/// JSON may hold DEL and C1 controls as they are; a terminal would obey them.
std::string line_of(const Json& object) {
  return json_without_controls(object.dump()) + "\n";
}

/// JSON strings are UTF-8: bytes that are not travel beside them.
void add_text(Json& object, const std::string& key, std::string_view bytes) {
  object[key] = to_utf8(bytes);
  if (!is_utf8(bytes)) object[key + "_base64"] = base64(bytes);
}

Json object_of_question(const Question& question) {
  Json object;
  if (question.number)
    object["query"] = *question.number;
  else
    add_text(object, "query", question.text);
  if (!question.error.empty()) object["error"] = to_utf8(question.error);
  return object;
}

Json object_of(const AnswerFormat& format, const Question& question,
               const Answer& answer) {
  Json object = object_of_question(question);
  if (question.error.empty()) {
    object["exact"] = format.exact;
    object["exact_similarities"] = format.exact_similarities;
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
  return object;
}

PageAnswer page_answer(const Question& question, const Answer& answer,
                       const std::vector<std::string>& pictures) {
  PageAnswer shown;
  shown.query = {question.picture, question.label(), 1};
  for (std::size_t i = 0; i < answer.hits.size(); ++i)
    shown.found.push_back(
        {pictures[i], answer.names[i], answer.hits[i].similarity()});
  return shown;
}

}  // namespace

void AnswerPrinter::print(const Question& question, const Answer& answer) {
  if (!question.error.empty()) {
    failed_ = true;
    say_error(question);
  }
  if (format_.json)
    imsearch::print(line_of(object_of(format_, question, answer)));
  else if (format_.names)
    print_names(answer);
  else if (format_.terminal)
    print_for_people(question, answer);
  else
    print_lines(question, answer);
  if (format_.stream) flush_output();
  // Kept only where they will be drawn: answers may be many.
  if (!question.error.empty()) return;
  if (!format_.sheet.empty())
    sheet_.push_back(sheet_row(question, answer, pictures(answer)));
  if (!format_.page.empty())
    page_.push_back(page_answer(question, answer, pictures(answer)));
}

std::vector<std::string> AnswerPrinter::pictures(const Answer& answer) const {
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < answer.hits.size(); ++i)
    paths.push_back(index_->picture(answer.hits[i].row, answer.names[i]));
  return paths;
}

/// As paths from here, for programs that open them.
void AnswerPrinter::print_names(const Answer& answer) const {
  std::string text;
  for (const std::string& path : pictures(answer)) {
    text += format_.escape ? escape_field(path) : path;
    text += format_.end;
  }
  if (format_.stream) text += format_.end;
  imsearch::print(text);
}

void AnswerPrinter::print_for_people(const Question& question,
                                     const Answer& answer) {
  if (!question.error.empty()) return;
  const std::vector<std::string> paths = pictures(answer);
  imsearch::print(std::string(printed_ ? "\n" : "") +
                  answer_text(*format_.terminal, question.label(),
                              question.picture, answer, paths));
  printed_ = true;
  if (!format_.preview) return;
  std::vector<std::string> shown = paths;
  if (!question.picture.empty()) shown.insert(shown.begin(), question.picture);
  print_previews(*format_.terminal, *format_.preview, shown,
                 !question.picture.empty());
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

void AnswerPrinter::finish() const {
  if (!format_.quiet) say_missing(sheet_);
  if (!sheet_.empty()) write_sheet(sheet_, format_.sheet);
  if (format_.page.empty()) return;
  const std::size_t missing = write_answer_page(page_, format_.page);
  if (missing > 0 && sheet_.empty() && !format_.quiet)
    say_missing(missing, pictures_of(page_));
}

void print_errors(const std::vector<Question>& questions, bool json) {
  for (const Question& question : questions) {
    say_error(question);
    if (json) imsearch::print(line_of(object_of_question(question)));
  }
}

SheetRow sheet_row(const Question& question, const Answer& answer,
                   const std::vector<std::string>& pictures) {
  SheetRow row;
  row.push_back({question.picture, "query",
                 question.picture.empty()
                     ? fmt::format("vector {}", question.label())
                     : base_name(question.picture)});
  for (std::size_t i = 0; i < answer.hits.size(); ++i)
    row.push_back({pictures[i],
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
  if (missing > 0) say_missing(missing, pictures);
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
