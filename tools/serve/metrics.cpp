#include "serve/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace imsearch {
namespace {

constexpr double kLeast = 1e-6;  // seconds
constexpr double kStep = 1.07;

}  // namespace

const char* name_of(Route route) {
  static constexpr std::array<const char*, kRoutes> kNames = {
      "search", "document", "photo", "thumbnail", "page", "other"};
  return kNames[static_cast<std::size_t>(route)];
}

void Latencies::add(double seconds) {
  const double step =
      std::log(std::max(seconds, kLeast) / kLeast) / std::log(kStep);
  ++steps_[std::min(kSteps - 1, static_cast<std::size_t>(step))];
  nanoseconds_ += static_cast<std::uint64_t>(std::max(seconds, 0.0) * 1e9);
}

std::uint64_t Latencies::count() const {
  std::uint64_t count = 0;
  for (const auto& step : steps_) count += step;
  return count;
}

double Latencies::quantile(double q) const {
  const std::uint64_t all = count();
  if (all == 0) return 0;
  const auto wanted =
      static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(all)));
  std::uint64_t passed = 0;
  std::size_t step = 0;
  for (; step + 1 < kSteps; ++step) {
    passed += steps_[step];
    if (passed >= std::max<std::uint64_t>(wanted, 1)) break;
  }
  return kLeast * std::pow(kStep, static_cast<double>(step) + 0.5);
}

void RequestCounts::add(Route route, int status, double seconds) {
  const auto at = static_cast<std::size_t>(route);
  ++counts_[at][std::min<std::size_t>(kClasses - 1,
                                      static_cast<std::size_t>(status) / 100)];
  latencies_[at].add(seconds);
}

std::string RequestCounts::text() const {
  std::string text =
      "# HELP imsearch_requests_total Requests answered.\n"
      "# TYPE imsearch_requests_total counter\n";
  for (std::size_t route = 0; route < kRoutes; ++route)
    for (std::size_t status = 2; status < kClasses; ++status)
      text += fmt::format(
          "imsearch_requests_total{{route=\"{}\",status=\"{}xx\"}} {}\n",
          name_of(static_cast<Route>(route)), status,
          counts_[route][status].load());
  text +=
      "# HELP imsearch_request_seconds Time from headers to the last byte.\n"
      "# TYPE imsearch_request_seconds summary\n";
  for (std::size_t route = 0; route < kRoutes; ++route) {
    const char* name = name_of(static_cast<Route>(route));
    const Latencies& latencies = latencies_[route];
    for (const double q : {0.5, 0.9, 0.99, 0.999})
      text += fmt::format(
          "imsearch_request_seconds{{route=\"{}\",quantile=\"{}\"}} {:.6g}\n",
          name, q, latencies.quantile(q));
    text += fmt::format(
        "imsearch_request_seconds_sum{{route=\"{0}\"}} {1:.6f}\n"
        "imsearch_request_seconds_count{{route=\"{0}\"}} {2}\n",
        name, latencies.sum(), latencies.count());
  }
  return text;
}

std::size_t status_bytes(const std::string& line) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::size_t kilobytes = 0;
    if (word == line + ":" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

std::string metric(const std::string& name, const char* type, const char* help,
                   const std::string& labels, double value) {
  return fmt::format(
      "# HELP imsearch_{0} {1}\n# TYPE imsearch_{0} {2}\n"
      "imsearch_{0}{3} {4:.15g}\n",
      name, help, type, labels, value);
}

}  // namespace imsearch
