// A finished graph, as it lies in an index file: views into mapped memory, and
// no copies.
#pragma once

#include "index/index_file.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace imsearch {

/// True for rows that a search must not return.
using IsHidden = std::function<bool(std::uint32_t row)>;

struct LinkList {
  const std::uint32_t* links = nullptr;
  std::size_t count = 0;
};

/// One record of the section `upper`. Its links are records of its level.
struct UpperRecord {
  std::uint32_t row = 0;
  std::uint32_t level = 0;
  std::uint32_t below = 0;
  LinkList list;
};

/// The hot sections of an index (index_file.h). Their sizes have been checked
/// by whoever made the view. Their content is not trusted: readers compare
/// every link with its bound before they follow it. Owns nothing.
struct GraphView {
  std::size_t rows = 0;
  std::size_t width = 0;  // bytes of a code
  bool projects = false;  // codes are those of projections
  std::size_t M = 0;
  const std::int8_t* reduced = nullptr;  // short codes: reduction.h
  const std::uint32_t* links = nullptr;
  const DuplicateRow* duplicates = nullptr;
  std::size_t duplicate_count = 0;
  const std::uint32_t* upper = nullptr;
  std::size_t upper_records = 0;
  std::uint32_t max_level = 0;
  std::uint32_t entry = 0;

  const std::int8_t* code(std::uint32_t row) const {
    return reduced + row * width;
  }
  /// On level 0.
  LinkList links_of(std::uint32_t row) const {
    const std::uint32_t* words = links + row * link_stride(M);
    return {words + 1, std::min<std::size_t>(words[0], 2 * M)};
  }
  UpperRecord upper_record(std::uint32_t index) const {
    const std::uint32_t* words = upper + index * upper_stride(M);
    return {words[0],
            words[1],
            words[2],
            {words + 4, std::min<std::size_t>(words[3], M)}};
  }
};

}  // namespace imsearch
