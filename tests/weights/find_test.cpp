#include "weights/find.h"

#include "support/run.h"
#include "support/temp_dir.h"

#include "base/error.h"
#include "io/checksum.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>
#include <string>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;

namespace {

/// Sets an environment variable for the length of a test.
class Setting {
 public:
  Setting(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~Setting() {
    if (before_)
      ::setenv(name_, before_->c_str(), 1);
    else
      ::unsetenv(name_);
  }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

std::string error_of(const std::string& wanted) {
  try {
    find_weights(wanted);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_SUITE("embed") {
  TEST_CASE("without a word the demonstration weights are used") {
    const TempDir dir;
    const Setting data("XDG_DATA_HOME", dir.path());
    const Setting weights("IMSEARCH_WEIGHTS", "");
    // Fetching others never changes what a command line means.
    dir.write("imsearch/mobilenet_v2_keras.h5", "x");
    const std::string demo = find_weights("");
    CHECK(contains(demo, "mobilenet_v2_demo.safetensors"));
    CHECK(is_demo(demo));
    CHECK(find_weights("demo") == demo);
  }

  TEST_CASE("IMSEARCH_WEIGHTS stands for a missing --weights") {
    const TempDir dir;
    const Setting data("XDG_DATA_HOME", dir.path());
    const std::string file = dir.write("own.h5", "x");
    const Setting weights("IMSEARCH_WEIGHTS", file);
    CHECK(find_weights("") == file);
    CHECK(is_demo(find_weights("demo")));
    const Setting kind("IMSEARCH_WEIGHTS", "keras");
    CHECK(contains(error_of(""), "fetch-weights keras"));
  }

  TEST_CASE("fetched weights are found under XDG_DATA_HOME or the home") {
    const TempDir dir;
    {
      const Setting data("XDG_DATA_HOME", dir.path());
      CHECK(contains(error_of("keras"), "fetch-weights keras"));
      CHECK(contains(error_of("torchvision"), "fetch-weights torchvision"));
      const std::string keras =
          dir.write("imsearch/mobilenet_v2_keras.h5", "x");
      CHECK(find_weights("keras") == keras);
      const std::string pth =
          dir.write("imsearch/mobilenet_v2_torchvision.pth", "x");
      CHECK(find_weights("torchvision") == pth);
      CHECK(known_weights().size() == 3);
    }
    const Setting none("XDG_DATA_HOME", "");
    const Setting home("HOME", dir.path());
    const std::string keras =
        dir.write(".local/share/imsearch/mobilenet_v2_keras.h5", "x");
    CHECK(find_weights("keras") == keras);
  }

  TEST_CASE("a path that is not there is an error that names the choices") {
    CHECK(contains(error_of("absent.h5"),
                   "absent.h5: no such weights file; --weights takes demo"));
  }

  TEST_CASE("an index's model is looked for by its hash") {
    const TempDir dir;
    const Setting data("XDG_DATA_HOME", dir.path());
    const Setting weights("IMSEARCH_WEIGHTS", "");
    const std::string keras = dir.write("imsearch/mobilenet_v2_keras.h5", "x");
    CHECK(find_weights_of_model(sha256_of_file(keras)) == keras);
    CHECK(is_demo(find_weights_of_model(sha256_of_file(find_weights("demo")))));
    const std::string own = dir.write("own.h5", "mine");
    const std::string sha = sha256_of_file(own);
    CHECK_THROWS_AS(find_weights_of_model(sha), Error);
    const Setting mine("IMSEARCH_WEIGHTS", own);
    CHECK(find_weights_of_model(sha) == own);
    // A variable that names nothing is no reason to look no further.
    const Setting gone("IMSEARCH_WEIGHTS", "absent.h5");
    CHECK(find_weights_of_model(sha256_of_file(keras)) == keras);
  }
}
