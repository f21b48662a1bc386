// Rows as a service keeps them: documents with our fields.
#pragma once

#include "base/search.h"
#include "remote/backoff.h"
#include "remote/dialect.h"
#include "remote/service.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// The row whose document has this id. Throws Error naming `where` if it is not
/// a row number, so that another program made the document.
std::uint32_t row_of_id(const Json& id, const std::string& where);

/// The name in a hit's docvalue fields.
std::string name_in_fields(const Json& hit);

/// Appends the members that hold a name: "name":"…", and "name_base64" where it
/// is not UTF-8.
void append_name(std::string& json, std::string_view name);

/// The rows that are there of those asked for, in that order.
std::vector<StoredRow> read_rows(HttpClient& client, const Dialect& dialect,
                                 const std::vector<std::uint32_t>& rows);

/// How long shards that are on their way up or down are waited for.
inline constexpr BackoffParams kShardPatience = {0.25, 5, 60};

/// Which of the rows are there, also before a refresh, in the order asked.
std::vector<bool> are_there(HttpClient& client,
                            const std::vector<std::uint32_t>& rows,
                            const BackoffParams& patience = kShardPatience);

/// One answer holds no more rows of a name.
inline constexpr std::size_t kMostRowsOfName = 10000;

/// Rows of that name that a search can find, rising: all, or kMostRowsOfName.
std::vector<std::uint32_t> rows_of_name(HttpClient& client,
                                        std::string_view name);

}  // namespace imsearch
