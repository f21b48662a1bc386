// How query prints its answers: tab-separated lines, or JSON Lines.
#pragma once

#include "query/questions.h"

namespace imsearch {

struct AnswerFormat {
  bool json = false;
  bool exact = false;  // --exact, which JSON tells, and the next
  bool exact_similarities = false;
  bool stream = false;  // someone waits for each answer: mark its end, flush
};

/// Prints on standard output; errors of questions go to standard error too.
class AnswerPrinter {
 public:
  explicit AnswerPrinter(const AnswerFormat& format) : format_(format) {}

  /// The answer to one question, or its error.
  void print(const Question& question, const Answer& answer);

  /// True once a question had an error.
  bool failed() const { return failed_; }

 private:
  void print_lines(const Question& question, const Answer& answer) const;
  void print_object(const Question& question, const Answer& answer) const;

  AnswerFormat format_;
  bool failed_ = false;
};

}  // namespace imsearch
