#include "serve/access_log.h"

#include "io/json_text.h"
#include "io/text.h"

#include <fmt/chrono.h>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <string_view>
#include <utility>

namespace imsearch {
namespace {

constexpr std::size_t kLongestTarget = 200;

std::string time_text() {
  const auto now = std::chrono::system_clock::now();
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(
          now.time_since_epoch())
          .count() %
      1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     milliseconds);
}

/// Writes to standard error; gives up at its first failure, and, once `ended`,
/// where it would have to wait.
void write_all(std::string_view text, const std::atomic<bool>& ended) {
  constexpr int kLook_ms = 100;
  while (!text.empty()) {
    pollfd output = {STDERR_FILENO, POLLOUT, 0};
    if (::poll(&output, 1, kLook_ms) <= 0) {
      if (ended) return;
      continue;
    }
    // No more than a pipe takes once it is ready.
    const ssize_t n = ::write(STDERR_FILENO, text.data(),
                              std::min<std::size_t>(text.size(), 4096));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string lost_line(std::size_t lost) {
  return fmt::format("{} lines are missing here: nobody read them\n", lost);
}

}  // namespace

AccessLog::AccessLog() : thread_([this] { write_until_end(); }) {}

AccessLog::~AccessLog() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void AccessLog::add(const std::string& line) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    if (text_.size() + line.size() > kMostBytes) {
      ++lost_;
      return;
    }
    was_empty = text_.empty();
    text_ += line;
  }
  if (was_empty) changed_.notify_one();
}

void AccessLog::write_until_end() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ended_ || !text_.empty(); });
    const std::string text = std::exchange(text_, {});
    const std::size_t lost = std::exchange(lost_, 0);
    const bool last = ended_;
    lock.unlock();
    write_all(text, ended_);
    if (lost > 0) write_all(lost_line(lost), ended_);
    if (last) return;
    lock.lock();
  }
}

std::string log_line(LogFormat format, const Exchange& exchange) {
  if (format == LogFormat::kNone) return {};
  const std::string target = exchange.head.target.substr(0, kLongestTarget);
  if (format == LogFormat::kText)
    return fmt::format("{} {} {} {} {} bytes {:.3f} ms\n", time_text(),
                       without_controls(exchange.request.method),
                       without_controls(target), exchange.reply.status,
                       exchange.reply.body.size(),
                       exchange.watch.milliseconds());
  std::string line = fmt::format("{{\"time\":\"{}\",\"method\":", time_text());
  append_string(line, exchange.request.method);
  line += ",\"target\":";
  append_string(line, target);
  line += fmt::format(",\"status\":{},\"bytes\":{},\"ms\":{:.3f}}}\n",
                      exchange.reply.status, exchange.reply.body.size(),
                      exchange.watch.milliseconds());
  return line;
}

}  // namespace imsearch
