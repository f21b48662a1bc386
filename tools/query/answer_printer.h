// How query shows its answers: tab-separated lines, names alone, JSON Lines, or
// on a terminal for people; and a contact sheet or a page besides.
#pragma once

#include "query/questions.h"
#include "query/terminal.h"

#include "search/search_index.h"
#include "view/answer_page.h"
#include "view/contact_sheet.h"
#include "view/terminal_picture.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace imsearch {

struct AnswerFormat {
  bool json = false;
  bool names = false;  // alone, each ended by `end`
  char end = '\n';
  bool escape = false;  // control characters of names, for a terminal
  std::optional<Terminal> terminal = {};        // for people, instead of fields
  std::optional<PictureProtocol> preview = {};  // with pictures, there
  bool exact = false;  // --exact, which JSON tells, and the next
  bool exact_similarities = false;
  bool stream = false;     // someone waits for each answer: mark its end, flush
  std::string sheet = "";  // the picture to draw answers to; empty: none
  std::string page = "";   // the HTML to write them to; empty: none
  bool quiet = false;
};

/// Prints on standard output; errors of questions go to standard error too.
class AnswerPrinter {
 public:
  /// `index` must outlive it.
  AnswerPrinter(const SearchIndex& index, AnswerFormat format)
      : index_(&index), format_(std::move(format)) {}

  /// The answer to one question, or its error.
  void print(const Question& question, const Answer& answer);

  /// Once all are printed: draws the sheet and writes the page, if there are
  /// any and there is anything to draw. Says how many pictures are missing,
  /// unless it is to be quiet. Throws Error.
  void finish() const;

  /// True once a question had an error.
  bool failed() const { return failed_; }

 private:
  void print_lines(const Question& question, const Answer& answer) const;
  void print_names(const Answer& answer) const;
  void print_for_people(const Question& question, const Answer& answer);
  std::vector<std::string> pictures(const Answer& answer) const;

  const SearchIndex* index_;
  AnswerFormat format_;
  bool failed_ = false;
  bool printed_ = false;
  std::vector<SheetRow> sheet_;
  std::vector<PageAnswer> page_;
};

/// Prints the errors of questions, none of which can be answered, before there
/// is an index: as the printer would.
void print_errors(const std::vector<Question>& questions, bool json);

/// A row of the sheet: the question's picture, then those of its neighbours,
/// which lie at `pictures`.
SheetRow sheet_row(const Question& question, const Answer& answer,
                   const std::vector<std::string>& pictures);

/// Says on stderr how many pictures are not there, if any: they will be grey.
void say_missing(const std::vector<SheetRow>& rows);

/// write_contact_sheet(), but never over one of the pictures in it. Throws
/// Error.
void write_sheet(const std::vector<SheetRow>& rows, const std::string& path);

}  // namespace imsearch
