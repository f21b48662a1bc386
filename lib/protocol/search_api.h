// The search protocol, read-only: which request means what.
//
//   GET  /                        who answers
//   GET  /_cat/indices            /_cluster/health
//   GET  /NAME                    /NAME/_mapping, /NAME/_settings
//   GET  /NAME/_count             /NAME/_search: POST, too
//   POST /_msearch                /NAME/_msearch
//   GET  /NAME/_doc/ID            /NAME/_source/ID
//   POST /_mget                   /NAME/_mget
//
// Whatever else is asked gets a status of 400, 404 or 405 and the reason.
#pragma once

#include "protocol/index_facts.h"
#include "protocol/message.h"
#include "protocol/opened_index.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

using ServedIndexes = std::vector<std::unique_ptr<ServedIndex>>;

/// The index of that name; nullptr where there is none.
const ServedIndex* index_of_name(const ServedIndexes& indexes,
                                 const std::string& name);
/// The same; throws RequestError with status 404.
const ServedIndex& index_at(const ServedIndexes& indexes,
                            const std::string& name);

/// Any thread.
class SearchApi {
 public:
  /// `indexes` must outlive it.
  SearchApi(const ServedIndexes& indexes, ShownAs shown)
      : indexes_(&indexes), shown_(std::move(shown)) {}

  const ShownAs& shown() const { return shown_; }

  /// The answer, an error's included; none where it takes long, so that a
  /// thread that others wait for had better not ask answer().
  std::optional<Reply> answer_at_once(const Request& request) const;
  Reply answer(const Request& request) const;

 private:
  struct Turn;
  std::optional<Reply> guarded(const Request& request, bool at_once) const;
  std::optional<Reply> route(const Request& request, bool at_once) const;
  Reply route_cat(const Request& request) const;
  std::optional<Reply> route_index(const Request& request, bool at_once) const;
  std::optional<Reply> search(const Request& request, const ServedIndex& served,
                              bool at_once) const;
  std::string searched(const Request& request, const ServedIndex& served) const;
  Reply searches(const Request& request, const std::string& index) const;
  Reply count(const Request& request, const ServedIndex& served) const;
  Reply document(const Request& request, const ServedIndex& served) const;
  Reply documents(const Request& request, const std::string& index) const;
  ServedFields fields_of(const OpenedIndex& opened) const;

  const ServedIndexes* indexes_;
  ShownAs shown_;
};

/// The reply to what was thrown, which is being handled: RequestError's own
/// status, 503 where memory lacks, 500 for any other.
Reply reply_to_exception();

}  // namespace imsearch
