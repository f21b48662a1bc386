// The list of images of a run, and its sum. Sums were computed by xxHash's own
// library.
#include "extract/inputs.h"

#include "base/error.h"
#include "common/cli.h"
#include "support/captured.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using namespace std::string_literals;
using imsearch::test::TempDir;

namespace {

std::vector<std::string> names_in(const ImageList& images) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < images.names.size(); ++i)
    names.emplace_back(images.names[i]);
  return names;
}

ExtractJob job_of_list(const std::string& path) {
  ExtractJob job;
  job.files_from = path;
  return job;
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("a list is taken as it is, but for empty names") {
  const TempDir dir;
  const ImageList images =
      list_images(job_of_list(dir.write("list", "a.jpg\n\nb.jpg\n")));
  CHECK(names_in(images) == List{"a.jpg", "b.jpg"});
  CHECK(images.id.images == 2);
  CHECK(images.id.checksum == 0x20500feaa0b0088b);  // "a.jpg\0b.jpg\0"
  CHECK_FALSE(images.behind_rows);
}

TEST_CASE("the sum tells the order of images, not how their list was written") {
  const TempDir dir;
  ExtractJob job = job_of_list(dir.write("list", "b.jpg\0a.jpg\0"s));
  job.null = true;
  CHECK(list_images(job).id.checksum == 0x4bc385c1b4fd323e);
  CHECK(list_images(job_of_list(dir.write("lines", "b.jpg\na.jpg"))).id ==
        list_images(job).id);
}

TEST_CASE("names of a list come behind those of the command line") {
  const TempDir dir;
  const std::string image = dir.write("z.jpg", "");
  ExtractJob job = job_of_list(dir.write("list", "a.jpg\n"));
  job.inputs = {image};
  CHECK(names_in(list_images(job)) == List{image, "a.jpg"});
}

TEST_CASE("a shard has its block of the names, and the sum of all") {
  const TempDir dir;
  ExtractJob job = job_of_list(dir.write("list", "a\nb\nc\nd\n"));
  const ImageListId whole = list_images(job).id;
  job.shard = Shard{1, 3};
  CHECK(names_in(list_images(job)) == List{"a"});
  job.shard = Shard{3, 3};
  const ImageList last = list_images(job);
  CHECK(names_in(last) == List{"c", "d"});
  CHECK(last.id == whole);
  CHECK(last.id.images == 4);
}

TEST_CASE("a shard may have no image, a run may not") {
  const TempDir dir;
  ExtractJob job = job_of_list(dir.write("list", "a\n"));
  job.shard = Shard{1, 3};
  CHECK(list_images(job).names.empty());
  const std::string empty = dir.write("empty", "\n\n");
  CHECK_THROWS_WITH_AS(list_images(job_of_list(empty)),
                       (empty + ": names no images").c_str(), Error);
}

TEST_CASE("an output may replace none of the images, nor their list or model") {
  const TempDir dir;
  ExtractJob job = job_of_list(dir.write("list", "a\n"));
  job.vectors = dir / "v";
  job.names_path = dir / "n";
  const auto refused = [&](const List& images, const std::string& model) {
    Names names;
    for (const std::string& image : images) names.append(image);
    try {
      refuse_to_overwrite(job, names, model);
    } catch (const cli::UsageError&) {
      return true;
    }
    return false;
  };
  const std::string model = dir.write("model", "");
  CHECK_FALSE(refused({dir.write("a.jpg", "")}, model));
  CHECK(refused({dir.write("a.jpg", ""), dir.write("v", "")}, model));
  CHECK(refused({dir.write("v.json", "")}, model));
  CHECK(refused({}, dir / "v.json"));
  job.files_from = dir.write("n.bad.tsv", "");
  CHECK(refused({}, model));
}
