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

/// An index that push made, as it is now.
struct StoredIndex {
  IndexMeta meta;
  std::size_t shards = 0;
  std::size_t replicas = 0;  // as set now
  std::optional<std::string> refresh_interval;
};

/// The index of the endpoint's name; none where there is none. Throws Error if
/// it is not ours (its mapping lacks our _meta), or an alias of several.
std::optional<StoredIndex> find_index(HttpClient& client);

/// Makes the index that `meta` describes, with `meta` in its mapping, and
/// `replicas` copies for now: meta.spec has those it gets in the end. Throws
/// ServiceError, also if there is one by now that is not the same.
void create_index(HttpClient& client, const Dialect& dialect,
                  const IndexMeta& meta, std::size_t replicas);

/// Puts `meta` into the mapping, beside what others keep in its _meta.
void write_meta(HttpClient& client, const IndexMeta& meta);

/// Opens an index for a load: no refresh until it is finished, and `replicas`
/// copies meanwhile.
void prepare_loading(HttpClient& client, std::size_t replicas);

/// Ends what prepare_loading() began: sets the refresh interval and the
/// replicas that `meta` says.
void restore_settings(HttpClient& client, const IndexMeta& meta);

/// Makes what was sent visible to searches.
void refresh(HttpClient& client);

/// Rows that a search can find.
std::size_t count_rows(HttpClient& client);

/// The number of segments of all primary shards; none where this user may not
/// ask.
std::optional<std::size_t> count_segments(HttpClient& client);

/// Merges each of the `shards` to one segment, as a task of the service's own:
/// a cut connection does not end it, and one that ended with its node is begun
/// anew. Callers that may not ask for tasks wait for the answer instead. Calls
/// `on_wait` every second. Gives how many segments are left, where that may be
/// asked: more than `shards` if merging failed, or others write.
std::optional<std::size_t> force_merge(HttpClient& client, std::size_t shards,
                                       const std::function<void()>& on_wait);

/// Loads the graphs into memory. False if the service has no request for that.
/// Throws Error if shards failed.
bool warm_up(HttpClient& client, const Dialect& dialect);

/// Waits until every copy of every shard is there, or until no copying goes on
/// any more because there is no node for it. Gives how many copies are missing;
/// none where this user may not ask. Calls `on_wait` every few seconds.
std::optional<std::size_t> wait_for_replicas(
    HttpClient& client, const std::function<void()>& on_wait);

/// The numbers of the shards that no copy answers for, such as "2, 5"; empty
/// where there are none, or it cannot be known.
std::string lost_shards(HttpClient& client);

}  // namespace imsearch
