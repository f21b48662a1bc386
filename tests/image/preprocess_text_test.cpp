#include "image/preprocess_text.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace imsearch;
using Resize = Preprocessing::Resize;
using Scale = Preprocessing::Scale;

/// As a model's own preprocessing, which CLIP's is.
Preprocessing clip() {
  Preprocessing preprocessing;
  preprocessing.resize = Resize::kCropPillow;
  preprocessing.scale = Scale::kMeanStd;
  preprocessing.resize_to = 224;
  preprocessing.mean = {0.48145466F, 0.4578275F, 0.40821073F};
  preprocessing.deviation = {0.26862954F, 0.26130258F, 0.27577711F};
  return preprocessing;
}

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("preprocessing is described in words that name its parts") {
    CHECK(describe(Preprocessing{}) == "squash-bilinear-tf x/127.5-1");
    Preprocessing torchvision = clip();
    torchvision.resize_to = 232;
    torchvision.mean = kImageNetMean;
    torchvision.deviation = kImageNetDeviation;
    CHECK(describe(torchvision) ==
          "crop-bilinear-pillow-232 imagenet-mean-std");
    torchvision.resize = Resize::kSquashPillow;
    CHECK(describe(torchvision) == "squash-bilinear-pillow imagenet-mean-std");
    CHECK(describe(clip()) ==
          "crop-bilinear-pillow-224 mean=0.48145467,0.4578275,0.40821072 "
          "std=0.26862955,0.2613026,0.2757771");
  }

  TEST_CASE("the words give the same preprocessing again") {
    Preprocessing squashed = clip();
    squashed.resize = Resize::kSquashPillow;
    squashed.mean = {0.1F, 1e-30F, -16777216.0F};
    for (const Preprocessing& original : {Preprocessing{}, clip(), squashed}) {
      const auto read = preprocessing_of(describe(original), 96);
      REQUIRE(read);
      CHECK(read->resize == original.resize);
      CHECK(read->scale == original.scale);
      CHECK(read->input_size == 96);
      if (original.resize == Resize::kCropPillow)
        CHECK(read->resize_to == original.resize_to);
      if (original.scale == Scale::kMeanStd) {
        CHECK(read->mean == original.mean);
        CHECK(read->deviation == original.deviation);
      }
    }
  }

  TEST_CASE("other words are none") {
    for (const char* words :
         {"", "x/127.5-1", "squash-bilinear-tf", "squash-bilinear-tf ",
          "squash-bilinear-tf  x/127.5-1", "squash-bilinear-tf x/127.5-1 ",
          "crop-bilinear-pillow- x/127.5-1", "crop-bilinear-pillow-0 x/127.5-1",
          "crop-bilinear-pillow-5000 x/127.5-1",
          "crop-bilinear-pillow-223 x/127.5-1",  // smaller than the input
          "crop-bilinear-pillow-99999999999999999999 x/127.5-1",
          "squash-bilinear-tf mean=0,0,0",
          "squash-bilinear-tf mean=0,0 std=1,1",
          "squash-bilinear-tf mean=0,0,0 std=1,0,1",
          "squash-bilinear-tf mean=0,0,nan std=1,1,1",
          "squash-bilinear-tf mean=0,0,0 std=1,1,1,1"}) {
      CAPTURE(words);
      CHECK_FALSE(preprocessing_of(words, 224));
    }
    CHECK_FALSE(preprocessing_of("squash-bilinear-tf x/127.5-1", 0));
    CHECK_FALSE(preprocessing_of("squash-bilinear-tf x/127.5-1", 2049));
    CHECK(preprocessing_of("crop-bilinear-pillow-223 x/127.5-1", 223));
  }

  TEST_CASE("three numbers are three finite numbers") {
    CHECK(rgb_of("0.5,-1,2e3") == Rgb{0.5F, -1.0F, 2000.0F});
    CHECK(text_of({0.5F, -1.0F, 2000.0F}) == "0.5,-1,2000");
    for (const char* text : {"", "1", "1,2", "1,2,", "1,2,3,4", "1,2,x",
                             "1,2,inf", "1, 2,3", "1,2,1e99"}) {
      CAPTURE(text);
      CHECK_FALSE(rgb_of(text));
    }
    CHECK(deviation_of("1,2,3"));
    CHECK_FALSE(deviation_of("1,0,3"));
    CHECK_FALSE(deviation_of("1,2,-3"));
  }
}
