#include "embed/torch_file.h"
#include "embed/weights.h"
#include "embed/weights_metadata.h"
#include "embed/weights_named.h"

namespace imsearch {
namespace {

/// MobileNet_V2_Weights.IMAGENET1K_V2 is to see pictures resized to 232, V1
/// and any other weights to 256 (torchvision/models/mobilenetv2.py). The file
/// does not say which it is; the first digits of its SHA-256 are in its
/// published name, mobilenet_v2-7ebf99e0.pth.
constexpr std::string_view kSecondSha256 = "7ebf99e0";
constexpr std::size_t kSecondResize = 232;

}  // namespace

Weights read_torch_weights(const std::string& path, const std::string& sha256) {
  const TorchFile file(path);
  Weights weights;
  apply_variant(Variant::kTorchvision, weights);
  if (sha256.compare(0, kSecondSha256.size(), kSecondSha256) == 0)
    weights.preprocessing.resize_to = kSecondResize;
  weights.tensors = take_mobilenet_tensors(file);
  return weights;
}

}  // namespace imsearch
