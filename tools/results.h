// How query prints its answers: tab-separated lines, or JSON Lines.
#pragma once

#include "question.h"

#include "base/hit.h"
#include "index/index.h"

namespace imsearch {

struct ResultFormat {
  bool json = false;
  bool exact = false;   // --exact, which JSON tells
  bool stream = false;  // someone waits for each answer: mark its end, flush
};

/// Prints on standard output; errors of questions go to standard error too.
class Results {
 public:
  /// `index` must outlive it.
  Results(const Index& index, const ResultFormat& format)
      : index_(&index), format_(format) {}

  /// The answer to one question, or its error.
  void print(const Question& question, const Hits& hits);

  /// True once a question had an error.
  bool failed() const { return failed_; }

 private:
  void print_lines(const Question& question, const Hits& hits) const;
  void print_object(const Question& question, const Hits& hits) const;

  const Index* index_;
  ResultFormat format_;
  bool failed_ = false;
};

}  // namespace imsearch
