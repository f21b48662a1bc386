// How query shows its answers: tab-separated lines, or JSON Lines, and a
// contact sheet besides.
#pragma once

#include "query/questions.h"

#include "view/contact_sheet.h"

#include <string>
#include <vector>

namespace imsearch {

struct AnswerFormat {
  bool json = false;
  bool exact = false;  // --exact, which JSON tells, and the next
  bool exact_similarities = false;
  bool stream = false;     // someone waits for each answer: mark its end, flush
  std::string sheet = "";  // the JPEG to draw answers to; empty: none
};

/// Prints on standard output; errors of questions go to standard error too.
class AnswerPrinter {
 public:
  explicit AnswerPrinter(AnswerFormat format) : format_(std::move(format)) {}

  /// The answer to one question, or its error.
  void print(const Question& question, const Answer& answer);

  /// Once all are printed: draws the sheet, if there is one and anything to
  /// draw. Says how many pictures are missing, unless `quiet`. Throws Error.
  void draw_sheet(bool quiet) const;

  /// True once a question had an error.
  bool failed() const { return failed_; }

 private:
  void print_lines(const Question& question, const Answer& answer) const;
  void print_object(const Question& question, const Answer& answer) const;

  AnswerFormat format_;
  bool failed_ = false;
  std::vector<SheetRow> sheet_;
};

/// A row of the sheet: the question's picture, then those of its neighbours.
SheetRow sheet_row(const Question& question, const Answer& answer);

/// Says on stderr how many pictures are not there, if any: they will be grey.
void say_missing(const std::vector<SheetRow>& rows);

/// write_contact_sheet(), but never over one of the pictures in it. Throws
/// Error.
void write_sheet(const std::vector<SheetRow>& rows, const std::string& path);

}  // namespace imsearch
