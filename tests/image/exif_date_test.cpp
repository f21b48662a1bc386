// Seconds are those that `date -u -d` of coreutils gives.
#include "image/exif_date.h"

#include "image/image_files.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace imsearch;
using test::golden_image;
using test::jpeg_with_exif;

struct Dates {
  std::string main;
  std::string original;
  std::string digitized;
};

/// A directory with an entry for each date that there is, and one that leads
/// to the next directory, if that has any.
std::string block(const Dates& dates, bool little) {
  const auto number = [&](std::uint32_t value, std::size_t bytes) {
    return little ? test::little_endian(value, bytes)
                  : test::big_endian(value, bytes);
  };
  const auto entry = [&](std::uint32_t tag, std::uint32_t type,
                         std::uint32_t count, std::uint32_t value) {
    return number(tag, 2) + number(type, 2) + number(count, 4) +
           number(value, 4);
  };
  // 8 bytes of header, then two entries, then the second directory.
  constexpr std::uint32_t kSecond = 8 + 2 + 2 * 12 + 4;
  constexpr std::uint32_t kTexts = kSecond + 2 + 2 * 12 + 4;
  std::string bytes = (little ? "II" : "MM") + number(42, 2) + number(8, 4);
  bytes += number(2, 2) + entry(dates.main.empty() ? 1 : 0x0132, 2, 20, kTexts);
  bytes += entry(0x8769, 4, 1, kSecond) + number(0, 4);
  bytes += number(2, 2);
  bytes += entry(dates.original.empty() ? 1 : 0x9003, 2, 20, kTexts + 20);
  bytes += entry(dates.digitized.empty() ? 2 : 0x9004, 2, 20, kTexts + 40);
  bytes += number(0, 4);
  for (std::string text : {dates.main, dates.original, dates.digitized}) {
    text.resize(20);
    bytes += text;
  }
  return bytes;
}

std::optional<std::int64_t> date_of(const Dates& dates, bool little = true) {
  return exif_date(
      jpeg_with_exif(golden_image("dim3x2.jpg"), block(dates, little)));
}

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("the date of the shot comes before those of files") {
    const Dates all = {"2021:01:01 00:00:00", "2019:07:31 18:05:59",
                       "2020:02:29 12:00:00"};
    for (const bool little : {true, false}) {
      CHECK(date_of(all, little) == 1564596359);
      CHECK(date_of({all.main, "", all.digitized}, little) == 1582977600);
      CHECK(date_of({all.main, "", ""}, little) == 1609459200);
      CHECK_FALSE(date_of({"", "", ""}, little));
    }
  }

  TEST_CASE("days are counted over leap years and before 1970") {
    CHECK(date_of({"1970:01:01 00:00:00", "", ""}) == 0);
    CHECK(date_of({"1969:12:31 23:59:59", "", ""}) == -1);
    CHECK(date_of({"2000:03:01 00:00:00", "", ""}) == 951868800);
    CHECK(date_of({"1900:03:01 00:00:00", "", ""}) == -2203891200);
    CHECK(date_of({"2100:12:31 01:02:03", "", ""}) == 4133898123);
  }

  TEST_CASE("broken dates are none") {
    for (const char* text :
         {"    :  :     :  :  ", "2019-07-31 18:05:59", "2019:13:01 00:00:00",
          "2019:00:01 00:00:00", "2019:01:32 00:00:00", "2019:01:01 24:00:00",
          "2019:01:01", "0000:00:00 00:00:00", ""})
      CHECK_FALSE(date_of({text, "", ""}));
    // A broken one does not hide the next.
    CHECK(date_of({"1970:01:01 00:00:00", "0000:00:00 00:00:00", ""}) == 0);
  }

  TEST_CASE("files without EXIF, cut files and no images have no date") {
    CHECK_FALSE(exif_date(golden_image("dim3x2.jpg")));
    CHECK_FALSE(exif_date(""));
    CHECK_FALSE(exif_date("not an image"));
    const std::string whole =
        jpeg_with_exif(golden_image("dim3x2.jpg"),
                       block({"1970:01:01 00:00:00", "", ""}, true));
    for (std::size_t size = 0; size < 200; ++size)
      exif_date(whole.substr(0, size));  // must not crash
    CHECK(exif_date(whole.substr(0, 200)) == 0);
  }
}
