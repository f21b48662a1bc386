#include "serve/access_log.h"

#include "io/json_text.h"
#include "io/text.h"

#include <fmt/chrono.h>

#include <chrono>
#include <ctime>

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

}  // namespace

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
