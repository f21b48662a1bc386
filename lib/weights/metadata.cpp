// What a weights file says about the network: read word by word from
// safetensors' metadata, or known for the files that people publish. A wrong
// word is an error and not passed over: with the wrong padding or preprocessing
// a network still gives vectors, only worse ones, and nobody would notice.
#include "weights/metadata.h"

#include "base/error.h"
#include "image/preprocess_text.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace imsearch {
namespace {

/// Below 32 nothing is left after five halvings.
constexpr std::size_t kMinInput = 32;
constexpr float kMaxEpsilon = 0.1F;

/// The whole text as a number of `low` to `high`.
template <typename T>
std::optional<T> number(std::string_view text, T low, T high) {
  T value{};
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  // Written so that NaN, which compares with nothing, is refused.
  if (!(value >= low && value <= high)) return {};
  return value;
}

/// The keys of one file, and the error that names it.
class Reader {
 public:
  Reader(const std::map<std::string, std::string>& metadata, std::string path)
      : metadata_(metadata), path_(std::move(path)) {}

  const std::string* find(const std::string& key) const {
    const auto found = metadata_.find(key);
    return found == metadata_.end() ? nullptr : &found->second;
  }

  [[noreturn]] void refuse(const char* key, const std::string& expected) const {
    fail("{}: metadata {} is '{}', expected {}", path_, key, *find(key),
         expected);
  }

 private:
  const std::map<std::string, std::string>& metadata_;
  std::string path_;
};

Variant read_variant(const Reader& reader) {
  const std::string* text = reader.find("variant");
  if (text == nullptr || *text == "torchvision") return Variant::kTorchvision;
  if (*text == "keras") return Variant::kKeras;
  reader.refuse("variant", "torchvision or keras");
}

void read_resize(const Reader& reader, Preprocessing& preprocessing) {
  const std::string* words = reader.find("resize");
  if (words == nullptr) return;
  const std::size_t smallest = preprocessing.input_size;
  if (!set_resize(*words, preprocessing) ||
      (preprocessing.resize == Preprocessing::Resize::kCropPillow &&
       preprocessing.resize_to < smallest))
    reader.refuse("resize",
                  fmt::format("squash-bilinear-tf, squash-bilinear-pillow or "
                              "crop-bilinear-pillow-N, N from {} to {}",
                              smallest, kMaxResizeTo));
}

void read_scale(const Reader& reader, Preprocessing& preprocessing) {
  const std::string* words = reader.find("normalize");
  if (words != nullptr && !set_scale(*words, preprocessing))
    reader.refuse("normalize",
                  "x/127.5-1, imagenet-mean-std or mean=R,G,B std=R,G,B");
}

/// Without `resize` in the metadata, a crop keeps torchvision's 256 : 224.
void read_input_size(const Reader& reader, Preprocessing& preprocessing) {
  const std::string* text = reader.find("input_size");
  if (text == nullptr) return;
  const auto size = number(*text, kMinInput, kMaxInputSize);
  if (!size)
    reader.refuse("input_size",
                  fmt::format("{} to {}", kMinInput, kMaxInputSize));
  preprocessing.input_size = *size;
  preprocessing.resize_to = *size * 256 / 224;
}

}  // namespace

void apply_variant(Variant variant, Weights& weights) {
  const bool keras = variant == Variant::kKeras;
  weights.variant = variant;
  // keras_applications/mobilenet_v2.py 1.0.8; torchvision's BatchNorm2d.
  weights.bn_epsilon = keras ? 1e-3F : 1e-5F;
  Preprocessing& preprocessing = weights.preprocessing;
  preprocessing.resize = keras ? Preprocessing::Resize::kSquashTensorflow
                               : Preprocessing::Resize::kCropPillow;
  preprocessing.scale = keras ? Preprocessing::Scale::kMinusOneToOne
                              : Preprocessing::Scale::kMeanStd;
  preprocessing.input_size = 224;
  preprocessing.resize_to = 256;
}

// The variant comes first, since it sets what the other keys then change; and
// the input size before the crop, which must not be smaller.
void apply_metadata(const std::map<std::string, std::string>& metadata,
                    const std::string& path, Weights& weights) {
  const Reader reader(metadata, path);
  const std::string* architecture = reader.find("architecture");
  if (architecture != nullptr && *architecture != "mobilenet_v2")
    reader.refuse("architecture", "mobilenet_v2");
  apply_variant(read_variant(reader), weights);
  read_input_size(reader, weights.preprocessing);
  read_resize(reader, weights.preprocessing);
  read_scale(reader, weights.preprocessing);
  const std::string* epsilon = reader.find("bn_epsilon");
  if (epsilon == nullptr) return;
  const auto value = number(*epsilon, 0.0F, kMaxEpsilon);
  if (!value) reader.refuse("bn_epsilon", "a number from 0 to 0.1");
  weights.bn_epsilon = *value;
}

const char* to_string(Variant variant) {
  return variant == Variant::kKeras ? "keras" : "torchvision";
}

}  // namespace imsearch
