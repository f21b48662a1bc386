// Fault 3: shards that are lost, or of different lists, joined without a word.
#include "io/described_vectors.h"

#include "base/error.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imsearch;

namespace {

DescribedFile whole(const std::string& path) {
  Sidecar sidecar;
  sidecar.dim = 4;
  sidecar.list = ImageListId{100, 7};
  return {path, sidecar};
}

DescribedFile shard(std::size_t index, std::size_t count,
                    std::uint64_t list = 7) {
  DescribedFile file = whole(std::to_string(index));
  file.sidecar->list->checksum = list;
  file.sidecar->shard = ListPart{index, count};
  return file;
}

std::string refusal(const std::vector<DescribedFile>& files) {
  try {
    check_shards(files);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

bool says(const std::vector<DescribedFile>& files, const std::string& text) {
  const std::string error = refusal(files);
  CAPTURE(error);
  return error.find(text) != std::string::npos;
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("whole files and whole sets of shards pass, in any company") {
    CHECK(refusal({}).empty());
    CHECK(refusal({whole("a"), whole("b"), {"c", std::nullopt}}).empty());
    CHECK(refusal({shard(1, 3), shard(2, 3), shard(3, 3)}).empty());
    CHECK(refusal({whole("a"), shard(1, 2), shard(2, 2), shard(1, 2, 8),
                   shard(2, 2, 8)})
              .empty());
  }

  TEST_CASE(
      "fault 3: a set that is not whole is refused, with what is missing") {
    CHECK(says({shard(3, 8)},
               "3: shard 3 of 8, but shards 1 to 2 and 4 to 8 are missing"));
    CHECK(says(
        {shard(1, 4), shard(2, 4), shard(4, 4)},
        "1: shard 1 of 4, but shard 3 is missing: give all of them, in order"));
    CHECK(says({shard(1, 2), whole("a")}, "but shard 2 is missing:"));
    std::vector<DescribedFile> sparse;
    for (std::size_t i = 2; i <= 60; i += 2) sparse.push_back(shard(i, 1000));
    CHECK(says(sparse,
               "but shards 1, 3, 5, 7, 9, 11, 13, 15 and others are missing:"));
    CHECK(says({shard(1, 1'000'000)}, "but shards 2 to 1000000 are missing"));
  }

  TEST_CASE("fault 3: shards twice, in another order or of two lists") {
    CHECK(says({shard(2, 2), shard(1, 2)},
               "2: shard 2 of 2 does not belong there: give shards 1 to 2 in "
               "order, each once"));
    CHECK(
        says({shard(1, 2), shard(1, 2), shard(2, 2)}, "does not belong there"));
    CHECK(
        says({shard(1, 2), shard(2, 2), shard(2, 2)}, "does not belong there"));
    CHECK(says({shard(1, 2), shard(2, 2, 8)},
               "of a list of 100 images, but 1 is shard 1 of another list, of "
               "100: extract all shards again from one list"));
    CHECK(says({shard(1, 2), shard(2, 3)}, "is missing"));
  }
}
