// Counts and times of requests, as text that Prometheus reads.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace imsearch {

/// What kind of request it was.
enum class Route { kSearch, kDocument, kPhoto, kThumbnail, kPage, kOther };
inline constexpr std::size_t kRoutes = 6;

/// "search", …
const char* name_of(Route route);

/// Times, in steps of 7 % from a microsecond on, so that any quantile is known
/// to within that. Any thread.
class Latencies {
 public:
  void add(double seconds);
  std::uint64_t count() const;
  double sum() const { return static_cast<double>(nanoseconds_) * 1e-9; }
  /// `q` from 0 to 1; 0 where there are none.
  double quantile(double q) const;

 private:
  static constexpr std::size_t kSteps = 280;  // to some 100 seconds
  std::array<std::atomic<std::uint64_t>, kSteps> steps_{};
  std::atomic<std::uint64_t> nanoseconds_{0};
};

/// Any thread.
class RequestCounts {
 public:
  void add(Route route, int status, double seconds);
  /// Lines of the text; each name begins with imsearch_.
  std::string text() const;

 private:
  static constexpr std::size_t kClasses = 6;  // of statuses: 1xx to 5xx
  std::array<std::array<std::atomic<std::uint64_t>, kClasses>, kRoutes>
      counts_{};
  std::array<Latencies, kRoutes> latencies_;
};

/// A line of /proc/self/status in bytes, such as "VmRSS"; 0 where there is
/// none.
std::size_t status_bytes(const std::string& line);

/// One number of the text, with its help and type. `labels` in braces or empty.
std::string metric(const std::string& name, const char* type, const char* help,
                   const std::string& labels, double value);

}  // namespace imsearch
