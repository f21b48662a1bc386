// Looks whether index files have been replaced, and takes the new ones.
#pragma once

#include "protocol/search_api.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace imsearch {

/// Says on standard error what it finds.
class IndexWatch {
 public:
  /// `indexes` must outlive it.
  explicit IndexWatch(const ServedIndexes& indexes);
  ~IndexWatch();
  IndexWatch(const IndexWatch&) = delete;
  IndexWatch& operator=(const IndexWatch&) = delete;

  /// Has all files opened anew.
  void look_now();

 private:
  void look(bool anyway) const;
  void look_until_end();

  const ServedIndexes* indexes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  bool now_ = false;
  std::thread thread_;
};

}  // namespace imsearch
