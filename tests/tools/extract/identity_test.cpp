// What --resume compares, and how it tells a difference.
#include "extract/identity.h"

#include "extract/model.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;

namespace {

/// Has a size and computes nothing.
class NoEngine : public Engine {
 public:
  std::size_t dim() const override { return 4; }
  void embed(const float*, float*) override {}
  std::unique_ptr<Engine> clone() const override {
    return std::make_unique<NoEngine>();
  }
};

struct Run {
  ExtractJob job;
  ImageList images;
  Model model;

  Run() {
    images.id = {1000, 0xABC};
    model.identity.architecture = "mobilenet_v2";
    model.identity.variant = "keras";
    model.identity.weights = "weights.h5";
    model.identity.weights_sha256 = std::string(64, '1');
    model.identity.input_size = 224;
    model.identity.preprocessing = "squash";
    model.engine = std::make_unique<NoEngine>();
  }
  std::string identity() const { return run_identity(job, images, model); }
};

/// What tells two runs apart that were the same before `change`.
template <typename Change>
std::string difference(const Change& change) {
  const Run then;
  Run now;
  change(now);
  return identity_difference(then.identity(), now.identity());
}

}  // namespace

TEST_CASE("the same run has the same identity, on one line") {
  CHECK(Run().identity() == Run().identity());
  CHECK(Run().identity().find('\n') == std::string::npos);
  CHECK(difference([](Run&) {}).empty());
  CHECK(difference([](Run& run) {
          run.model.identity.weights_path = "/moved/weights.h5";
        }).empty());
}

TEST_CASE("what changes no row changes no identity") {
  CHECK(difference([](Run& run) {
          run.job.threads = 7;
          run.job.quiet = true;
          run.job.resume = true;
          run.job.strict = true;
          run.job.vectors = "elsewhere";
          run.images.names.append("a.jpg");
        }).empty());
}

TEST_CASE("other images are told by their number, else by their order") {
  CHECK(difference([](Run& run) {
          run.images.id = {1003, 0xDEF};
        }) == "its list had 1000 images, now it has 1003");
  CHECK(difference([](Run& run) { run.images.id.checksum = 0xDEF; }) ==
        "its images were others, or in another order");
}

TEST_CASE("another shard, another kind of list or device is told") {
  CHECK(difference([](Run& run) {
          run.job.shard = Shard{3, 8};
        }) == "its shard was none, now 3/8");
  CHECK(difference([](Run& run) { run.job.null = true; }) ==
        "its null was false, now true");
  CHECK(difference([](Run& run) { run.model.device = "cuda, 64 at a time"; }) ==
        "its device was cpu, now cuda, 64 at a time");
}

TEST_CASE("the first member of the model that differs is told") {
  CHECK(difference([](Run& run) {
          run.model.identity.variant = "torchvision";
        }) == "its model variant was keras, now torchvision");
  CHECK(difference([](Run& run) { run.model.identity.input_size = 192; }) ==
        "its model input_size was 224, now 192");
}

TEST_CASE("what only one of the two has is a difference") {
  const auto append = [](Run& run) { run.images.behind_rows = 5; };
  CHECK(difference(append) == "its append_to_rows was absent, now 5");
  Run then;
  append(then);
  CHECK(identity_difference(then.identity(), Run().identity()) ==
        "its append_to_rows was 5, now absent");
  CHECK(difference([](Run& run) { run.model.identity.precision = "int8"; }) ==
        "its model precision was absent, now int8");
  CHECK(difference([](Run& run) { run.model.identity.exif = true; }) ==
        "its model exif was absent, now true");
}

TEST_CASE("values that no run writes are told by their type") {
  CHECK(identity_difference(R"({"shard": [1, 2]})", R"({"shard": "3/8"})") ==
        "its shard was array, now 3/8");
}

TEST_CASE("an identity is a whole JSON object") {
  const std::string identity = Run().identity();
  CHECK(is_run_identity(identity));
  for (std::size_t size = 0; size < identity.size(); ++size)
    REQUIRE_FALSE(is_run_identity(identity.substr(0, size)));
  CHECK_FALSE(is_run_identity("[]"));
  CHECK_FALSE(is_run_identity("17"));
}

TEST_CASE("an identity tells behind how many rows its parts belong") {
  Run run;
  CHECK_FALSE(appended_behind(run.identity()));
  run.images.behind_rows = 0;
  CHECK(appended_behind(run.identity()) == 0);
  run.images.behind_rows = 12;
  CHECK(appended_behind(run.identity()) == 12);
  for (const std::string text :
       {"", "{", "[]", R"({"append_to_rows": -1})",
        R"({"append_to_rows": "12"})", R"({"append_to_rows": 1.5})"}) {
    CAPTURE(text);
    CHECK_FALSE(appended_behind(text));
  }
}
