// Numbers as people read them: progress lines, sizes, times.
#include "base/progress.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <vector>

namespace imsearch {

namespace {

/// What a line is put together from; empty where it is not known.
struct Parts {
  std::string label;
  std::string count;  // "1,200 of 9,000"
  std::string share;  // "13 %"
  std::string rate;   // "151/s"
  std::string left;   // "52 s left"
};

Parts parts_of(const Progress& p) {
  Parts parts;
  parts.label = p.label;
  if (p.total == 0 && p.done == 0) {
    parts.left = human_duration(p.elapsed_s);
    return parts;
  }
  parts.count = grouped(p.done);
  if (p.total > 0) {
    parts.count += " of " + grouped(p.total);
    parts.share = fmt::format("{:.0f} %", 100.0 * static_cast<double>(p.done) /
                                              static_cast<double>(p.total));
  }
  if (p.done <= p.before || p.elapsed_s <= 0) return parts;
  const double rate = static_cast<double>(p.done - p.before) / p.elapsed_s;
  parts.rate = rate >= 10 ? grouped(std::size_t(rate)) + "/s"
                          : fmt::format("{:.1f}/s", rate);
  if (p.total > p.done)
    parts.left =
        human_duration(static_cast<double>(p.total - p.done) / rate) + " left";
  return parts;
}

std::string joined(const std::string& a, const char* between,
                   const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + between + b;
}

std::string line_of(const Parts& parts) {
  std::string counts = parts.count;
  if (!counts.empty() && !parts.share.empty())
    counts += " (" + parts.share + ")";
  else
    counts += parts.share;
  // Without counts a label is a sentence, not the name of what is counted.
  const std::string text =
      joined(parts.label, parts.count.empty() ? ", " : ": ", counts);
  return joined(joined(text, ", ", parts.rate), ", ", parts.left);
}

}  // namespace

std::string progress_text(const Progress& progress) {
  return line_of(parts_of(progress));
}

std::string progress_text_within(std::size_t columns, const std::string& tool,
                                 const Progress& progress) {
  Parts parts = parts_of(progress);
  std::string text = tool + ": " + line_of(parts);
  if (text.size() > columns) {
    parts.rate.clear();
    text = tool + ": " + line_of(parts);
  }
  // What says most stays last: the share, else the count, else what is done.
  std::vector<std::string*> spare = {&parts.rate};
  if (!parts.share.empty()) spare.push_back(&parts.count);
  if (!parts.count.empty()) spare.push_back(&parts.label);
  spare.push_back(&parts.left);
  for (std::string* part : spare) {
    if (text.size() <= columns) return text;
    part->clear();
    text = line_of(parts);
  }
  return text.substr(0, columns);
}

std::string grouped(std::size_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string counted(std::size_t count, const std::string& noun) {
  return grouped(count) + " " + noun + (count == 1 ? "" : "s");
}

const char* is_or_are(std::size_t count) {
  return count == 1 ? "is" : "are";
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
