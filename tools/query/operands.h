// --plus and --minus: one query from several images, as a sum of unit vectors.
#pragma once

#include "query/image_questions.h"
#include "query/questions.h"

#include <string>
#include <vector>

namespace imsearch {

/// An image that is added to a query, or taken away.
struct Operand {
  std::string image;  // a path, or a name in the index
  float weight = 1;   // negative: taken away

  /// Of "b.jpg" or "0.5:b.jpg". Throws Error: an empty image, a weight that is
  /// not above 0. What stands before a colon is a weight where it is a number.
  static Operand parse(const std::string& text, bool minus);
};

/// Adds images to questions.
class Operands {
 public:
  /// Asks the index for the vectors of names, and `images` for those of files:
  /// a name counts only where there is no such file. Throws Error for an image
  /// that has none.
  Operands(const std::vector<Operand>& operands, SearchIndex& index,
           ImageQuestions& images);

  bool empty() const { return terms_.empty(); }

  /// The sum of all, for which nothing else was asked.
  Question alone() const;
  /// Adds them all to the question, unless it has an error.
  void add_to(Question& question) const;

 private:
  struct Term {
    Operand operand;
    Question question;
  };

  std::vector<Term> terms_;
};

}  // namespace imsearch
