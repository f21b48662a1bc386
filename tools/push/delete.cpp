// push --delete: rows are found by name and deleted by number.
//
// A name may be given as query prints it, with control characters escaped, or
// in its own bytes. Both are looked for. If they are two different images, it
// is not guessed which is meant. A finished index stays finished: its mapping
// counts row numbers, which deleted rows keep.
#include "push/delete.h"

#include "common/cli.h"
#include "common/progress_line.h"

#include "base/progress.h"
#include "io/text.h"
#include "remote/bulk.h"
#include "remote/loading.h"
#include "remote/remote_index.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {
namespace {

/// The rows of that name, or else of the name that it shows as query prints it.
std::vector<std::uint32_t> rows_called(HttpClient& client,
                                       std::string_view name) {
  std::vector<std::uint32_t> rows = rows_of_name(client, name);
  if (rows.empty()) rows = rows_of_name(client, unescape_field(name));
  return rows;
}

/// Whether `name` is one image's name, and another's as query prints it.
bool is_ambiguous(HttpClient& client, std::string_view name) {
  const std::string shown = unescape_field(name);
  return shown != name && !rows_of_name(client, name).empty() &&
         !rows_of_name(client, shown).empty();
}

void erase(BulkSender& sender, const std::vector<std::uint32_t>& rows) {
  BulkBatch batch;
  for (const std::uint32_t row : rows) batch.add_deletion(row);
  sender.send(batch, [](const BulkBatch::Row& row, const std::string& reason) {
    fail("row {} was not deleted: {}", row.row, reason);
  });
}

/// Deletes all rows of that name; returns how many there were.
std::size_t erase_name(HttpClient& client, BulkSender& sender,
                       std::string_view name) {
  std::size_t erased = 0;
  for (;;) {
    const std::vector<std::uint32_t> rows = rows_called(client, name);
    erase(sender, rows);
    erased += rows.size();
    if (rows.size() < kMostRowsOfName) return erased;
    // One answer holds no more rows than these. The next must not find them
    // again.
    refresh(client);
  }
}

}  // namespace

bool delete_remote_rows(const Endpoint& endpoint, const Names& names,
                        bool quiet) {
  const RemoteIndex index(endpoint);
  if (index.meta().loading_to)
    fail(
        "{}: its load is unfinished: finish it by the same push before rows "
        "are deleted, which it would send again",
        index.where());
  HttpClient client(index.endpoint());
  BulkSender sender(index.endpoint(), BulkParams{});
  bool all_found = true;
  std::size_t deleted = 0;
  std::optional<cli::ProgressLine> line(std::in_place, "names", names.size(),
                                        quiet);
  for (std::size_t i = 0; i < names.size(); ++i) {
    line->update(i);
    if (is_ambiguous(client, names[i])) {
      cli::say(fmt::format(
          "{}: is the name of one image in {}, and another's as query prints "
          "it: name the first {}, the other in its own bytes",
          names[i], index.where(), escape_field(names[i])));
      all_found = false;
      continue;
    }
    const std::size_t erased = erase_name(client, sender, names[i]);
    if (erased == 0) {
      cli::say(fmt::format("{}: no image of that name in {}",
                           escape_field(names[i]), index.where()));
      all_found = false;
    }
    deleted += erased;
  }
  refresh(client);
  line.reset();
  if (!quiet)
    cli::say(fmt::format("{}: {} deleted, {} left", index.where(),
                         counted(deleted, "row"), grouped(count_rows(client))));
  return all_found;
}

}  // namespace imsearch
