// duplicates on collections whose features and hashes are chosen, so that what
// must come out is known.
#include "cli/co_process.h"
#include "cli/duplicates/photos.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <random>
#include <sstream>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using test::contains;
using test::feature_of;
using test::Photo;
using test::Photos;
using test::RunResult;
using Lines = std::vector<std::string>;

namespace fs = std::filesystem;

namespace {

// Hashes, no two of which fit in any orientation.
constexpr std::uint64_t kHash = 0x5e5fa17664a95454;
constexpr std::uint64_t kMirrored = 0xf4f50bdcce03fefe;
constexpr std::uint64_t kTurned = 0x8e7196796e717ace;
constexpr std::uint64_t kOther = 0x06db0e20fe01fe0f;

/// cos(kNear) is 0.98, cos(2 kNear) 0.92, cos(3 kNear) 0.82.
constexpr double kNear = 0.2;
constexpr double kApart = 0.7;  // cosine 0.76
constexpr double kFar = 1.3;    // cosine 0.27

void set_time(const Photos& photos, const std::string& name, long seconds) {
  const timespec times[2] = {{seconds, 0}, {seconds, 0}};
  REQUIRE(::utimensat(AT_FDCWD, photos.path(name).c_str(), times, 0) == 0);
}

/// The beginning of a JPEG with EXIF, a TIFF block that has one date: `text`,
/// of 19 characters.
std::string jpeg_of(const std::string& text) {
  using namespace std::string_literals;
  const std::string tiff = "II*\0\x08\0\0\0\x01\0\x32\x01\x02\0\x14\0\0\0"s +
                           "\x1a\0\0\0\0\0\0\0"s + text + "\0"s;
  const std::string exif = "Exif\0\0"s + tiff;
  return "\xff\xd8\xff\xe1\0"s + static_cast<char>(exif.size() + 2) + exif +
         "\xff\xd9"s;
}

std::string joined(const Lines& lines) {
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace

TEST_CASE("duplicates are told by bytes, by hash, by features") {
  Photos photos({{"a.jpg", feature_of(0), kHash, "same"},
                 {"b.jpg", feature_of(0), kHash, "same"},
                 {"hash.jpg", feature_of(0, kApart), kHash ^ 0xF},
                 {"mirror.jpg", feature_of(0, kApart), kMirrored},
                 {"turned.jpg", feature_of(0, kApart), kTurned ^ 3},
                 {"similar.jpg", feature_of(0, kNear), kOther},
                 {"far.jpg", feature_of(0, -kFar), kHash},
                 {"near-hash.jpg", feature_of(0, -kApart), kHash ^ 0x1F0},
                 {"else.jpg", feature_of(1), kOther}});
  photos.build();
  CHECK(joined(photos.groups()) ==
        joined({"1 keep a.jpg", "1 bytes b.jpg", "1 similar similar.jpg",
                "1 mirror mirror.jpg", "1 turned turned.jpg",
                "1 hash hash.jpg"}));
}

TEST_CASE("lines, JSON and the summary say how, how large, and how much") {
  Photos photos({{"a.jpg", feature_of(0), kHash, "12345", 400, 300},
                 {"b.jpg", feature_of(0, kApart), kHash ^ 1, "123", 40, 30},
                 {"c.jpg", feature_of(1), kOther}});
  photos.build();
  const RunResult lines = photos.run({"duplicates", "--threshold", "0.9"});
  CHECK(lines.status == 0);
  CHECK(lines.out ==
        "1\tkeep\t1.000000\t0\t5\t400x300\ta.jpg\n"
        "1\thash\t0.764842\t1\t3\t40x30\tb.jpg\n");
  CHECK(contains(lines.err,
                 "1 group, 1 extra: deleting the extras frees 3 bytes"));
  const RunResult json =
      photos.run({"duplicates", "--threshold", "0.9", "--json", "-q"});
  CHECK(json.err.empty());
  const auto group = nlohmann::json::parse(json.out);
  CHECK(group["group"] == 1);
  CHECK(group["keep"]["name"] == "a.jpg");
  CHECK(group["keep"]["width"] == 400);
  CHECK(group["keep"]["height"] == 300);
  CHECK(group["keep"]["bytes"] == 5);
  CHECK(group["keep"]["row"] == 0);
  REQUIRE(group["extras"].size() == 1);
  CHECK(group["extras"][0]["relation"] == "hash");
  CHECK(group["extras"][0]["hash_distance"] == 1);
  CHECK(group["extras"][0]["similarity"] == 0.764842);
  CHECK(group["extra_bytes"] == 3);
}

TEST_CASE("nothing found is no failure") {
  Photos photos({{"a.jpg", feature_of(0)}, {"b.jpg", feature_of(1)}});
  photos.build();
  const RunResult result = photos.run({"duplicates", "--threshold", "0.9"});
  CHECK(result.status == 0);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "no duplicates"));
}

TEST_CASE("every extra is a duplicate of the image to keep, chains are cut") {
  std::vector<Photo> chain;
  for (int i = 0; i < 6; ++i)
    chain.push_back({std::string(1, static_cast<char>('a' + i)) + ".jpg",
                     feature_of(0, 2 * kNear * i)});
  Photos photos(chain);
  photos.build();
  // Neighbours in the chain are similar, others are not.
  CHECK(photos.groups() == Lines{"1 keep a.jpg", "1 similar b.jpg",
                                 "2 keep c.jpg", "2 similar d.jpg",
                                 "3 keep e.jpg", "3 similar f.jpg"});
}

TEST_CASE("an extra belongs to the kept image that it is most like") {
  Photos photos({{"a.jpg", feature_of(0, 0)},
                 {"b.jpg", feature_of(0, 2 * kNear)},
                 {"c.jpg", feature_of(0, 3 * kNear)}});
  photos.build();
  // a and c are kept; b is nearer to c.
  CHECK(photos.groups() == Lines{"1 keep c.jpg", "1 similar b.jpg"});
  CHECK(photos.groups({"--reference", "a.jpg", "--reference", "c.jpg"}) ==
        Lines{"1 keep c.jpg", "1 similar b.jpg"});
}

TEST_CASE("--keep says which one stays") {
  Photos photos(
      {{"b/long-name.jpg", feature_of(0), kHash, "1234", 100, 100},
       {"c.jpg", feature_of(0, kNear), kHash, "123", 100, 200},
       {"a/large-file.jpg", feature_of(0, kNear / 2), kHash, "12345", 100, 200},
       {"d/0.jpg", feature_of(0, kNear / 3), kHash, "1", 10, 10}});
  photos.build();
  set_time(photos, "b/long-name.jpg", 1'000'000'000);
  set_time(photos, "c.jpg", 1'100'000'000);
  set_time(photos, "a/large-file.jpg", 1'200'000'000);
  set_time(photos, "d/0.jpg", 1'300'000'000);
  const auto kept = [&](const std::string& which) {
    const Lines lines = photos.groups({"--keep", which});
    REQUIRE(lines.size() == 4);
    return lines[0];
  };
  CHECK(photos.groups()[0] == "1 keep a/large-file.jpg");
  CHECK(kept("first") == "1 keep a/large-file.jpg");
  CHECK(kept("largest") == "1 keep a/large-file.jpg");
  CHECK(kept("oldest") == "1 keep b/long-name.jpg");
  CHECK(kept("newest") == "1 keep d/0.jpg");
  CHECK(kept("shortest-name") == "1 keep c.jpg");
  fs::remove(photos.path("a/large-file.jpg"));
  CHECK(photos.groups({"--keep", "largest"})[0] == "1 keep c.jpg");
  CHECK(photos.run({"duplicates", "--keep", "best"}).status == 2);
}

TEST_CASE("dates are those of EXIF, else those of files") {
  Photos photos(
      {{"a.jpg", feature_of(0), kHash, jpeg_of("2015:05:05 00:00:00")},
       {"b.jpg", feature_of(0), kHash, jpeg_of("2010:05:05 00:00:00")},
       {"c.jpg", feature_of(0), kHash, "no picture"}});
  photos.build();
  for (const char* name : {"a.jpg", "b.jpg"})
    set_time(photos, name, 1'600'000'000);   // 2020
  set_time(photos, "c.jpg", 1'400'000'000);  // 2014
  CHECK(photos.groups({"--keep", "oldest"})[0] == "1 keep b.jpg");
  CHECK(photos.groups({"--keep", "newest"})[0] == "1 keep a.jpg");
  CHECK(photos.extras({"--keep", "oldest"}).size() == 2);
}

TEST_CASE("the order of rows and the number of threads do not matter") {
  std::mt19937 random(7);
  std::vector<Photo> all;
  for (int i = 0; i < 200; ++i)
    all.push_back(
        {"p" + std::to_string(i) + ".jpg",
         feature_of(random() % 20, 0.02 * static_cast<double>(random() % 60)),
         i % 3 == 0 ? std::optional<std::uint64_t>(
                          kHash ^ (std::uint64_t{random()} << 20))
                    : std::nullopt,
         i % 17 == 0 ? "same" : ""});
  for (Photo& photo : all)
    if (photo.content == "same") photo.feature = feature_of(0);
  Photos in_order(all);
  in_order.build();
  const Lines expected = in_order.groups({"-j", "1"});
  CHECK(expected.size() > 100);
  CHECK(in_order.groups({"-j", "4"}) == expected);
  std::shuffle(all.begin(), all.end(), random);
  Photos shuffled(all);
  shuffled.build();
  CHECK(shuffled.groups() == expected);
}

TEST_CASE("references are never extras, groups without one are left out") {
  Photos photos({{"new/1.jpg", feature_of(0), kHash},
                 {"new/2.jpg", feature_of(1), kOther},
                 {"new/3.jpg", feature_of(1, kNear), kOther},
                 {"library/1.jpg", feature_of(0, kNear), kHash},
                 {"library/2.jpg", feature_of(0, kNear), kHash}});
  photos.build();
  CHECK(photos.groups({"--reference", "library"}) ==
        Lines{"1 keep library/1.jpg", "1 hash new/1.jpg"});
  CHECK(photos.extras({"--reference", "library"}) == Lines{"new/1.jpg"});
  const RunResult none =
      photos.run({"duplicates", "--threshold", "0.9", "--reference", "no"});
  CHECK(none.status == 0);
  CHECK(none.out.empty());
  CHECK(contains(none.err, "--reference: no image has such a name"));
}

TEST_CASE("--only, --not, --within-folder and --across-folders") {
  Photos photos({{"a/1.jpg", feature_of(0), kHash, "same"},
                 {"a/2.jpg", feature_of(0), kHash, "same"},
                 {"b/1.png", feature_of(0), kHash, "same"},
                 {"b/2.jpg", feature_of(0, kNear), kHash}});
  photos.build();
  CHECK(photos.extras() == Lines{"a/2.jpg", "b/1.png", "b/2.jpg"});
  CHECK(photos.extras({"--only", "a"}) == Lines{"a/2.jpg"});
  CHECK(photos.extras({"--not", "*.PNG"}) == Lines{"a/2.jpg", "b/2.jpg"});
  CHECK(photos.extras({"--only", "a", "--only", "*.png", "--not", "a/1.jpg"}) ==
        Lines{"b/1.png"});
  CHECK(photos.extras({"--within-folder"}) == Lines{"b/2.jpg", "a/2.jpg"});
  CHECK(photos.extras({"--across-folders"}) == Lines{"b/1.png", "b/2.jpg"});
  CHECK(photos.groups({"--across-folders", "--not", "a/1.jpg"}) ==
        Lines{"1 keep a/2.jpg", "1 bytes b/1.png", "1 hash b/2.jpg"});
}

TEST_CASE("a crowd of 5000 is one group, of equal files and of similar ones") {
  std::vector<Photo> crowd;
  for (int i = 0; i < 5000; ++i)
    crowd.push_back(
        {fmt::format("{:05}.jpg", i), feature_of(0), kHash, "same"});
  for (int i = 0; i < 5000; ++i)
    crowd.push_back(
        {fmt::format("near-{:05}.jpg", i), feature_of(1, 0.00002 * i), kOther});
  Photos photos(crowd);
  photos.build();
  const RunResult result =
      photos.run({"duplicates", "--threshold", "0.9", "-q", "--json"});
  REQUIRE(result.status == 0);
  std::istringstream lines(result.out);
  std::size_t groups = 0;
  for (std::string line; std::getline(lines, line); ++groups)
    CHECK(nlohmann::json::parse(line)["extras"].size() == 4999);
  CHECK(groups == 2);
  // The same where they lie in other folders, and files are not equal.
  CHECK(photos.extras({"--within-folder"}).size() == 9998);
}

TEST_CASE("more rows than are compared whole: a walk finds the same") {
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  std::vector<Photo> many;
  for (int i = 0; i < 12000; ++i) {
    Photo photo{fmt::format("{:05}.jpg", i), std::vector<float>(Photos::kDim)};
    for (float& value : photo.feature) value = normal(random);
    // Each hundredth has a copy, a little off.
    if (i % 100 == 99) {
      photo.feature = many.back().feature;
      photo.feature[0] += 0.1F;
    }
    many.push_back(photo);
  }
  Photos photos(many);
  photos.build();
  const Lines lines = photos.groups();
  CHECK(lines.size() == 240);
  for (std::size_t i = 0; i < lines.size(); ++i)
    CHECK(contains(lines[i], i % 2 == 0 ? "98.jpg" : "99.jpg"));
}

TEST_CASE("zero rows are duplicates by their bytes alone") {
  const std::vector<float> zero(Photos::kDim);
  Photos photos({{"a.jpg", zero, kHash, "same"},
                 {"b.jpg", zero, kHash, "same"},
                 {"c.jpg", zero, kHash},
                 {"d.jpg", feature_of(0), kHash}});
  photos.build();
  CHECK(photos.groups() == Lines{"1 keep a.jpg", "1 bytes b.jpg"});
}

TEST_CASE("deleted rows, and rows that the ledger marks gone, are not shown") {
  Photos photos({{"a.jpg", feature_of(0)},
                 {"b.jpg", feature_of(0, kNear)},
                 {"c.jpg", feature_of(0, kNear)}});
  photos.build();
  REQUIRE(photos.run({"build-index", "-q", "--delete", "a.jpg"}).status == 0);
  CHECK(photos.groups() == Lines{"1 keep b.jpg", "1 similar c.jpg"});
  Ledger ledger = read_ledger(photos.path("fvecs.bin"), 3);
  ledger.rows[1].gone = true;
  Names names;
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) names.append(name);
  write_ledger(photos.path("fvecs.bin"), ledger, names);
  CHECK(photos.groups().empty());
}

TEST_CASE("files that are gone or changed are neither kept nor given up") {
  Photos photos({{"a.jpg", feature_of(0), kHash},
                 {"b.jpg", feature_of(0, kNear), kHash},
                 {"c.jpg", feature_of(0, 2 * kNear), kHash},
                 {"d.jpg", feature_of(0, kNear), kHash}});
  photos.build();
  CHECK(photos.extras() == Lines{"b.jpg", "d.jpg", "c.jpg"});
  fs::remove(photos.path("a.jpg"));
  photos.dir().write("d.jpg", "another picture");
  set_time(photos, "c.jpg", 1'000'000'000);  // touched: its content is the same
  const RunResult result = photos.run({"duplicates", "--threshold", "0.9"});
  CHECK(result.status == 0);
  CHECK(contains(result.err, "1 image is not there any more, and left out"));
  CHECK(contains(result.err, "1 image has changed since, and left out"));
  CHECK(photos.extras() == Lines{"c.jpg"});
  CHECK(photos.groups({"--reference", "a.jpg"}).empty());
  fs::remove(photos.path("b.jpg"));
  CHECK(photos.extras().empty());
}

TEST_CASE("of equal files, the first that is there is kept") {
  Photos photos({{"a.jpg", feature_of(0), kHash, "same"},
                 {"b.jpg", feature_of(0), kHash, "same"},
                 {"c.jpg", feature_of(0), kHash, "same"},
                 {"d.jpg", feature_of(0, kNear), kHash}});
  photos.build();
  fs::remove(photos.path("a.jpg"));
  CHECK(photos.groups() ==
        Lines{"1 keep b.jpg", "1 bytes c.jpg", "1 hash d.jpg"});
}

TEST_CASE("further names of a file are not its duplicates") {
  Photos photos({{"a.jpg", feature_of(0), kHash, "same"},
                 {"b.jpg", feature_of(0), kHash, "same"},
                 {"c.jpg", feature_of(0), kHash, "same"}});
  photos.build();
  fs::remove(photos.path("b.jpg"));
  fs::create_symlink("a.jpg", photos.path("b.jpg"));
  const RunResult result = photos.run({"duplicates", "--threshold", "0.9"});
  CHECK(contains(result.err, "1 further name of a file"));
  CHECK(photos.extras() == Lines{"c.jpg"});
}

TEST_CASE(
    "names that are not files are compared all the same, and it is said") {
  Photos photos({{"a.jpg", feature_of(0)}, {"b.jpg", feature_of(0, kNear)}});
  photos.build();
  fs::remove(photos.path("a.jpg"));
  fs::remove(photos.path("b.jpg"));
  const RunResult result = photos.run({"duplicates", "--threshold", "0.9"});
  CHECK(contains(result.err, "no name is that of a file"));
  CHECK(contains(result.out, "b.jpg"));
}

TEST_CASE("without a ledger features alone tell, and it is said") {
  Photos photos({{"a.jpg", feature_of(0), kHash, "same"},
                 {"b.jpg", feature_of(0), kHash, "same"},
                 {"c.jpg", feature_of(0, kApart), kHash}});
  photos.build(false);
  const RunResult result = photos.run({"duplicates", "--threshold", "0.9"});
  CHECK(contains(result.err, "compared by their features alone"));
  CHECK(result.out ==
        "1\tkeep\t1.000000\t-\t4\t-\ta.jpg\n"
        "1\tsimilar\t1.000000\t-\t4\t-\tb.jpg\n");
  for (const char* which : {"largest", "oldest", "newest", "shortest-name"})
    CHECK(photos.groups({"--keep", which}).size() == 2);
}

TEST_CASE("names hold every byte") {
  std::string bytes;
  for (int c = 1; c < 256; ++c)
    if (c != '/') bytes += static_cast<char>(c);
  const std::string first = "a" + bytes.substr(0, 120);
  const std::string second = "b" + bytes.substr(120);
  Photos photos({{first, feature_of(0)}, {second, feature_of(0, kNear)}});
  photos.build();
  CHECK(photos.extras() == Lines{second});
  const RunResult json =
      photos.run({"duplicates", "--threshold", "0.9", "--json", "-q"});
  const auto group = nlohmann::json::parse(json.out);
  CHECK(group["keep"]["name"] == first);
  CHECK(group["extras"][0].contains("name_base64"));
}

TEST_CASE("^C ends it while its reader waits, as a pager does") {
  std::vector<Photo> crowd;
  for (std::size_t i = 0; i < 3000; ++i)  // more lines than a pipe holds
    crowd.push_back(
        {std::string(60, 'x') + std::to_string(i), feature_of(i / 2)});
  Photos photos(crowd);
  photos.build(false);
  for (const char* format : {"--quiet", "--json", "--extras"}) {
    CAPTURE(format);
    test::CoProcess duplicates({"duplicates", "--threshold", ".9", format},
                               photos.dir().path());
    duplicates.read_line();
    duplicates.wait_until_asleep();
    duplicates.send_signal(SIGINT);
    CHECK(contains(duplicates.read_error_to_end(), "duplicates: interrupted"));
    CHECK(duplicates.wait() == 130);
  }
}

TEST_CASE("an unknown network needs a threshold, and options that agree") {
  Photos photos({{"a.jpg", feature_of(0)}, {"b.jpg", feature_of(0, kNear)}});
  photos.build();
  const RunResult unknown = photos.run({"duplicates"});
  CHECK(unknown.status == 2);
  CHECK(contains(unknown.err, "give one with --threshold"));
  CHECK(contains(unknown.err, "scripts/check/duplicates.sh"));
  for (const Lines& options :
       {Lines{"--extras", "--json"}, Lines{"-0"}, Lines{"--loose", "--strict"},
        Lines{"--threshold", "0.9", "--strict"}, Lines{"--threshold", "2"},
        Lines{"--within-folder", "--across-folders"}}) {
    Lines command = {"duplicates"};
    command.insert(command.end(), options.begin(), options.end());
    CAPTURE(options[0]);
    CHECK(photos.run(command).status == 2);
  }
  CHECK(photos.run({"duplicates", "-i", "no.index"}).status == 1);
}

TEST_SUITE_END();
