// Rows of an index as documents of the search protocol: text of JSON.
#pragma once

#include "protocol/find.h"
#include "protocol/opened_index.h"
#include "protocol/search_request.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imsearch {

/// A row's document as {"name":"a.jpg","fvec":[…]}, with the members wanted.
/// Throws Error: a row that has changed since it was indexed.
void append_source(std::string& json, const Index& index, std::uint32_t row,
                   DocumentFields wanted, const std::string& vector_field);

/// What _search answers for what was found. `index_name` as in the URL.
std::string search_answer(const OpenedIndex& opened, const Found& found,
                          const SearchRequest& search,
                          const std::string& index_name,
                          const std::string& vector_field, double took_ms);

/// What _doc and _mget answer for one id, found or not; `found` says which.
std::string document_answer(const OpenedIndex& opened,
                            const std::string& index_name,
                            const std::string& id,
                            const std::optional<DocumentFields>& wanted,
                            const std::string& vector_field, bool& found);

/// Throws RequestError if so many documents would take too much memory.
void check_answer_size(std::size_t rows, std::size_t dim, bool vectors);

}  // namespace imsearch
