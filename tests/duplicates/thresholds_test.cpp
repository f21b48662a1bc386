#include "duplicates/thresholds.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace imsearch;

ModelIdentity model(const std::string& variant, const std::string& weights,
                    const std::string& sha256) {
  ModelIdentity model;
  model.architecture = "mobilenet_v2";
  model.variant = variant;
  model.weights = weights;
  model.weights_sha256 = sha256;
  return model;
}

}  // namespace

TEST_SUITE("duplicates") {
  TEST_CASE("networks are known by their weights, and steps are steps") {
    const std::string some(64, '1');
    const std::string demo =
        "bbe958bf0f95289ddf52a58961bf9c510457d81553a8b3684e47e2ed48420b56";
    for (const ModelIdentity& known :
         {model("torchvision", "renamed", demo),
          model("keras", "mobilenet_v2_keras.h5", some)}) {
      CAPTURE(known.weights);
      const auto loose = known_thresholds(known, Strictness::kLoose);
      const auto usual = known_thresholds(known, Strictness::kDefault);
      const auto strict = known_thresholds(known, Strictness::kStrict);
      REQUIRE(loose);
      REQUIRE(usual);
      REQUIRE(strict);
      CHECK(loose->similarity < usual->similarity);
      CHECK(usual->similarity < strict->similarity);
      CHECK(loose->hash_bits > usual->hash_bits);
      CHECK(usual->hash_bits > strict->hash_bits);
      CHECK(loose->agreed_similarity < usual->agreed_similarity);
      CHECK(usual->agreed_similarity < strict->agreed_similarity);
    }
    for (const ModelIdentity& unknown :
         {ModelIdentity(), model("keras", "other.h5", some),
          model("torchvision", "mobilenet_v2_keras.h5", some),
          model("keras", "mobilenet_v2_keras.h5", "")})
      CHECK_FALSE(known_thresholds(unknown, Strictness::kDefault));
  }

  TEST_CASE("with a given threshold, hashes are believed further down") {
    const DuplicateThresholds given = thresholds_from(0.9F);
    CHECK(given.similarity == 0.9F);
    CHECK(given.hash_similarity == doctest::Approx(0.5));
    CHECK(given.turned_similarity == doctest::Approx(0.2));
    CHECK(given.agreed_bits == -1);
  }
}
