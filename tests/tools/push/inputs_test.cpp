// The files that push sends: vectors, and as many names.
#include "push/inputs.h"

#include "base/error.h"
#include "support/contains.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::contains;
using imsearch::test::TempDir;

namespace {

std::string bytes_of(const std::vector<float>& floats) {
  return std::string(reinterpret_cast<const char*>(floats.data()),
                     floats.size() * sizeof(float));
}

template <typename Body>
std::string told(const Body& body) {
  try {
    body();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("names are found beside the vectors, or where they are said to be") {
  const TempDir dir;
  const std::string vectors = dir.write("fvecs.bin", bytes_of({1, 2, 3, 4}));
  dir.write("fnames.txt", "a\nb\n");
  const PushInputs inputs(vectors, "", 2, Separator::kNewline);
  CHECK(inputs.rows() == 2);
  CHECK(inputs.dim() == 2);
  CHECK(inputs.path() == vectors);
  CHECK(inputs.names().path() == dir / "fnames.txt");
  const std::string other = dir.write("other", "c\nd");
  CHECK(PushInputs(vectors, other, 2, Separator::kNewline).names().size() == 2);
}

TEST_CASE("as many names as rows are wanted, and one row at least") {
  const TempDir dir;
  const std::string vectors = dir.write("fvecs.bin", bytes_of({1, 2, 3, 4}));
  const std::string names = dir.write("fnames.txt", "a\nb\nc\n");
  CHECK(told([&] { PushInputs(vectors, "", 2, Separator::kNewline); }) ==
        names + ": 3 names for the 2 rows of " + vectors +
            ": -n says where theirs are, -0 reads names that end with NUL");
  const std::string none = dir.write("none", "");
  CHECK(told([&] { PushInputs(none, none, 2, Separator::kNewline); }) ==
        none + ": no rows to push");
  CHECK(contains(
      told([&] { PushInputs(dir / "no", names, 2, Separator::kNewline); }),
      "no such file"));
}

TEST_CASE("a row that cannot be pushed is told before any is sent") {
  const TempDir dir;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::string vectors =
      dir.write("fvecs.bin", bytes_of({1, 2, nan, 4, 5, 6}));
  dir.write("fnames.txt", "a\nb\nc\n");
  const PushInputs inputs(vectors, "", 2, Separator::kNewline);
  CHECK(contains(told([&] { inputs.check_rows(0); }), vectors + ": row 1"));
  CHECK_NOTHROW(inputs.check_rows(2));
}

TEST_CASE("rows are known again in a file that has grown") {
  const TempDir dir;
  dir.write("names", "a\nb\n");
  dir.write("more-names", "a\nb\nc\n");
  const PushInputs before(dir.write("v", bytes_of({1, 2, 3, 4})), dir / "names",
                          2, Separator::kNewline);
  const PushInputs grown(dir.write("w", bytes_of({1, 2, 3, 4, 5, 6})),
                         dir / "more-names", 2, Separator::kNewline);
  const PushInputs other(dir.write("x", bytes_of({1, 2, 3, 5})), dir / "names",
                         2, Separator::kNewline);
  CHECK(grown.vectors_fingerprint(2) == before.vectors_fingerprint(2));
  CHECK(other.vectors_fingerprint(2) != before.vectors_fingerprint(2));
  CHECK(grown.names().fingerprint(2) == before.names().fingerprint(2));
  CHECK(grown.names().fingerprint(3) != before.names().fingerprint(2));
}
