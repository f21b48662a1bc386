// An index's life around its rows: made, prepared for a load, finished.
#pragma once

#include "remote/dialect.h"
#include "remote/index_meta.h"
#include "remote/service.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace imsearch {

/// An index that is there, as far as push made it.
struct StoredIndex {
  IndexMeta meta;
  std::size_t shards = 0;
  std::size_t replicas = 0;  // as set now
  std::optional<std::string> refresh_interval;
};

/// None: there is no index of that name. Throws Error: another's index, whose
/// mapping lacks our _meta, or an alias of several.
std::optional<StoredIndex> find_index(HttpClient& client);

/// Makes the index, with `meta` in its mapping. Throws ServiceError, also if
/// there is one by now that is not the same.
void create_index(HttpClient& client, const Dialect& dialect,
                  const IndexSpec& spec, const IndexMeta& meta);

/// Puts `meta` into the mapping, beside what others keep in its _meta.
void write_meta(HttpClient& client, const IndexMeta& meta);

/// No refresh until the load is finished; `replicas` meanwhile.
void prepare_loading(HttpClient& client, std::size_t replicas);

/// Refresh interval (none: the service's default) and replicas as they should
/// be for searching.
void restore_settings(HttpClient& client, const IndexMeta& meta);

/// Makes what was sent visible to searches.
void refresh(HttpClient& client);

/// Rows that a search can find.
std::size_t count_rows(HttpClient& client);

/// Segments of all primary shards; none: may not be asked.
std::optional<std::size_t> count_segments(HttpClient& client);

/// Merges each of the `shards` to one segment, as a task of the service's own:
/// a cut connection does not end it, and one that ended with its node is begun
/// anew. Callers that may not ask for tasks wait for the answer instead. Calls
/// `on_wait` every second. Gives how many segments are left, where that may be
/// asked: more than `shards` if merging failed, or others write.
std::optional<std::size_t> force_merge(HttpClient& client, std::size_t shards,
                                       const std::function<void()>& on_wait);

/// Loads the graphs into memory, where the service has a way; false: it has
/// none. Throws Error if shards failed.
bool warm_up(HttpClient& client, const Dialect& dialect);

/// Waits until every copy of every shard is there, or no copying goes on any
/// more, since there is no node for it; gives how many are not there. None: may
/// not be asked. Calls `on_wait` every few seconds.
std::optional<std::size_t> wait_for_replicas(
    HttpClient& client, const std::function<void()>& on_wait);

/// Shards without a copy that answers, "2, 5"; empty: none, or not to be known.
std::string lost_shards(HttpClient& client);

}  // namespace imsearch
