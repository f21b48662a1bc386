// Preprocessing as words, and words as preprocessing: the sidecar and the index
// record it so, for people to read and for programs to compare. Two models
// match only if the words do, so each choice has just one spelling, and floats
// are written with as few digits as give the same float again.
#include "image/preprocess_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace imsearch {
namespace {

using Resize = Preprocessing::Resize;
using Scale = Preprocessing::Scale;

constexpr std::string_view kSquashTensorflow = "squash-bilinear-tf";
constexpr std::string_view kSquashPillow = "squash-bilinear-pillow";
constexpr std::string_view kCropPillow = "crop-bilinear-pillow-";
constexpr std::string_view kMinusOneToOne = "x/127.5-1";
constexpr std::string_view kImageNet = "imagenet-mean-std";
constexpr std::string_view kMean = "mean=";
constexpr std::string_view kDeviation = " std=";

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// The whole text as a number.
template <typename T>
std::optional<T> number(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string resize_words(const Preprocessing& preprocessing) {
  switch (preprocessing.resize) {
    case Resize::kSquashTensorflow:
      return std::string(kSquashTensorflow);
    case Resize::kSquashPillow:
      return std::string(kSquashPillow);
    case Resize::kCropPillow:
      break;
  }
  return fmt::format("{}{}", kCropPillow, preprocessing.resize_to);
}

std::string scale_words(const Preprocessing& preprocessing) {
  if (preprocessing.scale == Scale::kMinusOneToOne)
    return std::string(kMinusOneToOne);
  if (preprocessing.mean == kImageNetMean &&
      preprocessing.deviation == kImageNetDeviation)
    return std::string(kImageNet);
  return fmt::format("{}{}{}{}", kMean, text_of(preprocessing.mean), kDeviation,
                     text_of(preprocessing.deviation));
}

}  // namespace

std::string describe(const Preprocessing& preprocessing) {
  return resize_words(preprocessing) + " " + scale_words(preprocessing);
}

std::optional<Preprocessing> preprocessing_of(std::string_view words,
                                              std::size_t input_size) {
  Preprocessing preprocessing;
  preprocessing.input_size = input_size;
  const std::size_t space = words.find(' ');
  if (space == std::string_view::npos || input_size == 0 ||
      input_size > kMaxInputSize ||
      !set_resize(words.substr(0, space), preprocessing) ||
      !set_scale(words.substr(space + 1), preprocessing))
    return std::nullopt;
  if (preprocessing.resize == Resize::kCropPillow &&
      preprocessing.resize_to < input_size)
    return std::nullopt;
  return preprocessing;
}

bool set_resize(std::string_view words, Preprocessing& preprocessing) {
  if (words == kSquashTensorflow) {
    preprocessing.resize = Resize::kSquashTensorflow;
    return true;
  }
  if (words == kSquashPillow) {
    preprocessing.resize = Resize::kSquashPillow;
    return true;
  }
  if (!begins_with(words, kCropPillow)) return false;
  const auto size = number<std::size_t>(words.substr(kCropPillow.size()));
  if (!size || *size == 0 || *size > kMaxResizeTo) return false;
  preprocessing.resize = Resize::kCropPillow;
  preprocessing.resize_to = *size;
  return true;
}

bool set_scale(std::string_view words, Preprocessing& preprocessing) {
  if (words == kMinusOneToOne) {
    preprocessing.scale = Scale::kMinusOneToOne;
    return true;
  }
  Rgb mean = kImageNetMean;
  Rgb deviation = kImageNetDeviation;
  if (words != kImageNet) {
    const std::size_t second = words.find(kDeviation);
    if (!begins_with(words, kMean) || second == std::string_view::npos)
      return false;
    const auto first =
        rgb_of(words.substr(kMean.size(), second - kMean.size()));
    const auto last = deviation_of(words.substr(second + kDeviation.size()));
    if (!first || !last) return false;
    mean = *first;
    deviation = *last;
  }
  preprocessing.scale = Scale::kMeanStd;
  preprocessing.mean = mean;
  preprocessing.deviation = deviation;
  return true;
}

std::string text_of(const Rgb& rgb) {
  return fmt::format("{},{},{}", rgb[0], rgb[1], rgb[2]);
}

std::optional<Rgb> rgb_of(std::string_view text) {
  Rgb rgb{};
  for (std::size_t c = 0; c < rgb.size(); ++c) {
    const std::size_t comma = c + 1 < rgb.size() ? text.find(',') : text.size();
    if (comma == std::string_view::npos) return std::nullopt;
    const auto value = number<float>(text.substr(0, comma));
    if (!value || !std::isfinite(*value)) return std::nullopt;
    rgb[c] = *value;
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return rgb;
}

std::optional<Rgb> deviation_of(std::string_view text) {
  const auto rgb = rgb_of(text);
  if (!rgb || !std::all_of(rgb->begin(), rgb->end(),
                           [](float value) { return value > 0; }))
    return std::nullopt;
  return rgb;
}

}  // namespace imsearch
