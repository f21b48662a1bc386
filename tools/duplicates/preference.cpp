// Each row gets numbers, of which less is better, in the order in which they
// count; names decide the rest.
#include "duplicates/preference.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "image/exif_date.h"
#include "io/file.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

namespace imsearch {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
/// What comes before the pixels of a picture is far shorter.
constexpr std::size_t kHeadBytes = std::size_t{1} << 20;

struct Place {
  std::array<std::int64_t, 3> numbers = {};
  std::uint32_t row = 0;
};

/// Seconds since 1970: when the picture was taken, else when its file was last
/// changed.
std::int64_t date_of(const Library& library, std::uint32_t row) {
  const std::string path = library.path(row);
  const FileFacts now = facts_of_status(path);
  try {
    if (now.known && is_regular_file(path))
      if (const auto taken = exif_date(read_prefix(path, kHeadBytes)))
        return *taken;
  } catch (const Error&) {
    // A file that cannot be read has the date of a file.
  }
  const FileFacts& facts = now.known ? now : library.facts[row];
  return facts.known ? facts.modified_ns / kSecond : kLast;
}

std::int64_t bytes_or_none(const Library& library, std::uint32_t row) {
  const FileFacts& then = library.facts[row];
  if (then.known) return static_cast<std::int64_t>(then.bytes);
  return static_cast<std::int64_t>(facts_of_status(library.path(row)).bytes);
}

std::array<std::int64_t, 3> numbers_of(const Library& library, Keep keep,
                                       std::uint32_t row) {
  const PictureFacts& picture = library.facts[row].picture;
  const auto pixels = static_cast<std::int64_t>(picture.width * picture.height);
  switch (keep) {
    case Keep::kFirst:
      return {};
    case Keep::kLargest:
      return {-pixels, -bytes_or_none(library, row), 0};
    case Keep::kShortestName:
      return {static_cast<std::int64_t>(library.name(row).size()), 0, 0};
    case Keep::kOldest:
      return {date_of(library, row), -pixels, -bytes_or_none(library, row)};
    case Keep::kNewest: {
      const std::int64_t date = date_of(library, row);
      return {date == kLast ? kLast : -date, -pixels,
              -bytes_or_none(library, row)};
    }
  }
  return {};
}

}  // namespace

bool needs_files(Keep keep, const Library& library) {
  if (keep == Keep::kOldest || keep == Keep::kNewest) return true;
  return keep == Keep::kLargest && !library.why_no_ledger.empty();
}

void sort_by_preference(const Library& library, Keep keep,
                        std::vector<std::uint32_t>& rows) {
  std::vector<Place> places;
  places.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    check_interrupt();
    places.push_back({numbers_of(library, keep, row), row});
  }
  std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
    if (a.numbers != b.numbers) return a.numbers < b.numbers;
    const int names = library.name(a.row).compare(library.name(b.row));
    return names != 0 ? names < 0 : a.row < b.row;
  });
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = places[i].row;
}

}  // namespace imsearch
