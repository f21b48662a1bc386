// A line on standard error for each request.
#pragma once

#include "serve/exchange.h"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

namespace imsearch {

enum class LogFormat { kText, kJson, kNone };

/// The line of a request that was answered, or lost (status 0), with its end;
/// empty for kNone. Without control characters, whatever the client sent, and
/// without secrets.
std::string log_line(LogFormat format, const Exchange& exchange);

/// Writes lines in a thread of its own, so that nobody waits for whoever reads
/// them: lines that are not read in time are counted instead.
class AccessLog {
 public:
  /// Bytes of lines that wait to be written.
  static constexpr std::size_t kMostBytes = std::size_t{1} << 20;

  AccessLog();
  /// Writes what waits, as far as it is read at once.
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  /// Any thread.
  void add(const std::string& line);

 private:
  void write_until_end();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  std::size_t lost_ = 0;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace imsearch
