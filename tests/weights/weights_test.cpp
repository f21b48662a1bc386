#include "weights/weights.h"

#include "support/memory_file.h"
#include "support/run.h"
#include "support/temp_dir.h"
#include "weights/weights_files.h"

#include "base/error.h"
#include "io/file.h"
#include "support/contains.h"
#include "weights/metadata.h"

#include <doctest/doctest.h>

#include <limits>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
using Resize = Preprocessing::Resize;
using Scale = Preprocessing::Scale;

namespace {

std::string error_of(const std::string& path) {
  try {
    read_weights(path);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

std::string metadata_error(const Metadata& metadata) {
  Weights weights;
  try {
    apply_metadata(metadata, "w.safetensors", weights);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

Weights with_metadata(const Metadata& metadata) {
  Weights weights;
  apply_metadata(metadata, "w.safetensors", weights);
  return weights;
}

}  // namespace

TEST_SUITE("embed") {
  TEST_CASE("safetensors weights are read as they stand") {
    const TempDir dir;
    const std::string path = dir.write(
        "small.safetensors",
        safetensors_weights(random_tensors(7),
                            {{"variant", "keras"}, {"input_size", "96"}}));
    const Weights weights = read_weights(path);
    CHECK(same_tensors(weights, 7));
    CHECK(weights.variant == Variant::kKeras);
    CHECK(weights.preprocessing.input_size == 96);
    CHECK(weights.identity.architecture == "mobilenet_v2");
    CHECK(weights.identity.variant == "keras");
    CHECK(weights.identity.weights == "small.safetensors");
    CHECK(weights.identity.weights_sha256.size() == 64);
    CHECK(weights.identity.input_size == 96);
    CHECK(weights.identity.preprocessing == "squash-bilinear-tf x/127.5-1");
  }

  TEST_CASE("the demonstration weights are what data/README says") {
    const Weights weights =
        read_weights(source_path("data/mobilenet_v2_demo.safetensors"));
    CHECK(weights.variant == Variant::kTorchvision);
    CHECK(weights.preprocessing.input_size == 128);
    CHECK(weights.preprocessing.resize == Resize::kSquashTensorflow);
    CHECK(weights.preprocessing.scale == Scale::kMinusOneToOne);
    CHECK(weights.bn_epsilon == 1e-5F);
  }

  TEST_CASE("without metadata, weights are torchvision's") {
    const Weights weights = with_metadata({});
    CHECK(weights.variant == Variant::kTorchvision);
    CHECK(weights.bn_epsilon == 1e-5F);
    CHECK(weights.preprocessing.resize == Resize::kCropPillow);
    CHECK(weights.preprocessing.resize_to == 256);
    CHECK(weights.preprocessing.input_size == 224);
    CHECK(weights.preprocessing.scale == Scale::kMeanStd);
  }

  TEST_CASE("metadata says variant and preprocessing") {
    const Weights keras = with_metadata({{"variant", "keras"}});
    CHECK(keras.bn_epsilon == 1e-3F);
    CHECK(keras.preprocessing.resize == Resize::kSquashTensorflow);
    CHECK(keras.preprocessing.scale == Scale::kMinusOneToOne);
    const Weights mixed = with_metadata({{"resize", "crop-bilinear-pillow-232"},
                                         {"normalize", "x/127.5-1"},
                                         {"bn_epsilon", "2e-4"},
                                         {"license", "Apache-2.0"}});
    CHECK(mixed.preprocessing.resize_to == 232);
    CHECK(mixed.preprocessing.scale == Scale::kMinusOneToOne);
    CHECK(mixed.bn_epsilon == 2e-4F);
  }

  TEST_CASE("metadata of unknown meaning is an error that names it") {
    const auto error = metadata_error;
    CHECK(contains(error({{"variant", "caffe"}}), "variant is 'caffe'"));
    CHECK(contains(error({{"architecture", "resnet"}}), "is 'resnet'"));
    CHECK(contains(error({{"input_size", "31"}}), "expected 32 to 2048"));
    CHECK(contains(error({{"input_size", "2049"}}), "'2049'"));
    CHECK(contains(error({{"input_size", "224px"}}), "'224px'"));
    CHECK(contains(error({{"input_size", "-1"}}), "'-1'"));
    CHECK(contains(error({{"resize", "bicubic"}}), "resize is 'bicubic'"));
    // A crop of 224 cannot come from 200 pixels.
    CHECK(contains(error({{"resize", "crop-bilinear-pillow-200"}}), "224"));
    CHECK(contains(error({{"normalize", "none"}}), "normalize is 'none'"));
    CHECK(contains(error({{"bn_epsilon", "nan"}}), "bn_epsilon is 'nan'"));
    CHECK(contains(error({{"bn_epsilon", "1"}}), "0 to 0.1"));
  }

  TEST_CASE("a missing, misshapen or unusable tensor is named") {
    const TempDir dir;
    const auto broken = [&](const auto& change) {
      auto tensors = random_tensors();
      change(tensors);
      return error_of(dir.write("w.safetensors", safetensors_weights(tensors)));
    };
    using Tensors = std::map<std::string, WeightTensor>;
    CHECK(contains(broken([](Tensors& t) { t.erase("features.0.1.bias"); }),
                   "no tensor features.0.1.bias"));
    CHECK(contains(broken([](Tensors& t) {
                     t["features.0.1.bias"] = {{31}, std::vector<float>(31)};
                   }),
                   "features.0.1.bias has the shape (31), MobileNetV2 1.0 has "
                   "(32)"));
    CHECK(contains(broken([](Tensors& t) {
                     t["features.0.1.bias"].values[5] =
                         std::numeric_limits<float>::quiet_NaN();
                   }),
                   "features.0.1.bias: value 5 is nan"));
    CHECK(contains(broken([](Tensors& t) {
                     t["features.0.1.running_var"].values[3] = -0.5F;
                   }),
                   "features.0.1.running_var: value 3 is -0.5"));
    // A classifier is passed over.
    CHECK(broken([](Tensors& t) {
            t["classifier.1.bias"] = {{3}, std::vector<float>(3)};
          }).empty());
  }

  TEST_CASE("what is not a weights file is told by content") {
    const TempDir dir;
    CHECK(contains(error_of(dir / "absent"), "No such file"));
    CHECK(contains(error_of(dir.path()), "directory"));
    CHECK(contains(error_of(dir.write("a", "")), "not a weights file"));
    CHECK(contains(error_of(dir.write("a", "GIF89a, long enough")),
                   "expected safetensors, PyTorch's .pth or Keras"));
    CHECK(contains(error_of(dir.write("a", "PK\x03\x04, long enough")),
                   "broken zip"));
    CHECK(contains(error_of(dir.write("a", "\x80\x02K\x01. long enough")),
                   "not a weights file"));
  }

  TEST_CASE("Keras weights are read in both vocabularies and layouts") {
    const TempDir dir;
    const std::string path = dir / "w.h5";
    KerasFile file;
    SUBCASE("the official file's names") {}
    SUBCASE("today's names") {
      file.names = KerasNames::kToday;
    }
    SUBCASE("a whole saved model") {
      file.whole_model = true;
    }
    SUBCASE("variable-length names") {
      file.variable_length = true;
    }
    write_keras_weights(path, file, 5);
    const Weights weights = read_weights(path);
    CHECK(same_tensors(weights, 5));
    CHECK(weights.variant == Variant::kKeras);
    CHECK(weights.bn_epsilon == 1e-3F);
    CHECK(weights.preprocessing.input_size == 224);
    CHECK(weights.identity.preprocessing == "squash-bilinear-tf x/127.5-1");
  }

  TEST_CASE("a Keras file of another network is an error that names a layer") {
    const TempDir dir;
    const std::string path = dir / "w.h5";
    KerasFile file;
    file.wrong_layer = 4;
    write_keras_weights(path, file);
    CHECK(contains(error_of(path),
                   "mobl0_conv_0_project/kernel:0 has the shape (1, 2, 32, 16)"
                   ", MobileNetV2 1.0 has (1, 1, 32, 16)"));
    file.wrong_layer = 3;
    write_keras_weights(path, file);
    CHECK(contains(error_of(path), "gamma:0 has the shape (33)"));
    file = {};
    file.drop_layers = 2;
    write_keras_weights(path, file);
    CHECK(contains(error_of(path), "102 layers have weights"));
  }

  TEST_CASE("a truncated or broken HDF5 file is an error, and HDF5 is silent") {
    const TempDir dir;
    const std::string path = dir / "w.h5";
    write_keras_weights(path);
    const std::string bytes = read_file(path);
    for (const std::size_t size :
         {std::size_t{8}, std::size_t{100}, bytes.size() / 2, bytes.size() - 1})
      CHECK(contains(error_of(dir.write("cut.h5", bytes.substr(0, size))),
                     "broken HDF5"));
    std::string no_names = bytes;
    no_names.replace(no_names.find("layer_names"), 5, "other");
    CHECK(contains(error_of(dir.write("other.h5", no_names)),
                   "no attribute layer_names"));
  }

  TEST_CASE("an HDF5 file with a byte changed is read, or an error of ours") {
    const TempDir dir;
    write_keras_weights(dir / "w.h5");
    const std::string bytes = read_file(dir / "w.h5");
    // The superblock, and what it leads to first.
    constexpr std::size_t kHead = 2048;
    constexpr std::size_t kStep = 17;
    std::size_t errors = 0;
    for (std::size_t at = 0; at < kHead; at += kStep) {
      INFO(at);
      std::string changed = bytes;
      changed[at] = static_cast<char>(~changed[at]);
      const std::string& path = memory_file(changed);
      try {
        read_keras_weights(path);
      } catch (const Error& e) {
        CHECK(contains(e.what(), path));
        ++errors;
      }
    }
    CHECK(errors > 0);
  }
}
