// Numbers as people read them: progress lines, sizes, times.
#include "base/progress.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace imsearch {

std::string progress_text(const std::string& label, std::size_t done,
                          std::size_t total, double elapsed_s) {
  std::string text = label + ": " + grouped(done);
  if (total > 0)
    text += fmt::format(
        " of {} ({:.0f} %)", grouped(total),
        100.0 * static_cast<double>(done) / static_cast<double>(total));
  if (done == 0 || elapsed_s <= 0) return text;
  const double rate = static_cast<double>(done) / elapsed_s;
  text += rate >= 10 ? fmt::format(", {}/s", grouped(std::size_t(rate)))
                     : fmt::format(", {:.1f}/s", rate);
  if (total > done)
    text += ", " + human_duration(static_cast<double>(total - done) / rate) +
            " left";
  return text;
}

std::string grouped(std::size_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string counted(std::size_t count, const std::string& noun) {
  return grouped(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string human_bytes(double bytes) {
  static constexpr std::array<const char*, 5> kUnits = {"bytes", "kB", "MB",
                                                        "GB", "TB"};
  // The limits are where rounding would show one digit more.
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  return unit == 0 || bytes >= 9.95
             ? fmt::format("{:.0f} {}", bytes, kUnits[unit])
             : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

std::string human_duration(double seconds) {
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600)
    return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace imsearch
