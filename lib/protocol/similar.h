// /NAME/similar: what `query` answers, by the same words.
#pragma once

#include "protocol/find.h"
#include "protocol/message.h"
#include "protocol/opened_index.h"
#include "protocol/search_request.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// The parameters, named like query's options.
struct SimilarRequest {
  SearchParams search;  // k, ef, exact and the rules for names
  float threshold = -std::numeric_limits<float>::infinity();
  bool distinct = false;            // leave out duplicates of answers,
  std::optional<float> duplicates;  // which are so similar; none: as is known
  bool self = false;                // a posted image's own file is an answer
  std::optional<std::size_t> row;   // one of these two, or a picture
  std::optional<std::string> name;
};

/// `ef`: of requests that do not say it. Throws RequestError.
SimilarRequest read_similar(const Request& request, std::size_t ef);

/// What is looked for: a unit vector and how the answer calls it.
struct AskedVector {
  std::string text;
  std::optional<std::size_t> number;
  std::vector<float> unit;
  std::optional<std::uint32_t> excluded;
  /// Whether a row's file is the picture that was posted; may be empty.
  std::function<bool(std::uint32_t row)> is_own;
};

/// The indexed row that the request names. Throws RequestError: 404 where there
/// is none; Error.
AskedVector asked_row(const OpenedIndex& opened, const SimilarRequest& request);

/// A network's feature as a question. Throws RequestError where it has NaN.
AskedVector asked_feature(const std::vector<float>& feature, std::string text);

/// One line of `query --json`. Throws as find().
std::string similar_answer(const OpenedIndex& opened,
                           const SimilarRequest& request,
                           const AskedVector& asked, Deadline deadline);

}  // namespace imsearch
