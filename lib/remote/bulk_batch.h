// One request of many rows, and what became of each.
#pragma once

#include "remote/service.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// Rows as the lines of a request: for each an action and a document.
class BulkBatch {
 public:
  struct Row {
    std::size_t row = 0;
    std::string name;
    std::size_t end = 0;  // of its lines, in bytes
  };

  /// `unit`: dim floats.
  void add(std::size_t row, std::string_view name, const float* unit,
           std::size_t dim);
  /// Adds the deletion of a row's document.
  void add_deletion(std::size_t row);

  bool empty() const { return rows_.empty(); }
  std::size_t size() const { return rows_.size(); }
  const Row& operator[](std::size_t i) const { return rows_[i]; }
  const std::string& body() const { return body_; }

  /// A batch of some of the rows, given by their places here, in that order.
  BulkBatch subset(const std::vector<std::size_t>& places) const;

 private:
  std::vector<Row> rows_;
  std::string body_;
};

/// What a service says of one row.
struct BulkItem {
  int status = 0;
  std::string reason;  // of a failure

  /// What it means for the row, and for those that follow.
  enum class Fate {
    kStored,   // or deleted, or was not there to delete (404, no reason)
    kAgain,    // its shard or node has a bad time: another try may do better
    kRefused,  // this row, for what it is
    kStopped,  // the index takes none: it is blocked, closed or gone, or is
               // not for us to write
  };
  Fate fate() const;
};

/// What a bulk request's answer says of each of `count` rows, in order. Throws
/// Error naming `where` if it is not such an answer.
std::vector<BulkItem> items_in(const std::string& answer, std::size_t count,
                               const std::string& where);

}  // namespace imsearch
