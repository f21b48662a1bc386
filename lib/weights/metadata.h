// What a weights file says about the network beside its numbers: padding, batch
// norm's epsilon, and how pictures are to be prepared for it.
#pragma once

#include "weights/weights.h"

#include <map>
#include <string>

namespace imsearch {

/// Sets variant, epsilon and preprocessing of `weights` to what the reference
/// of that variant uses.
void apply_variant(Variant variant, Weights& weights);

/// Sets them from the __metadata__ of a safetensors file, all keys optional:
///
///   architecture  mobilenet_v2
///   variant       torchvision (the default) or keras
///   input_size    32 to 2048
///   resize        words of image/preprocess_text.h: crop-bilinear-pillow-256
///   normalize     likewise: imagenet-mean-std
///   bn_epsilon    0 to 0.1
///
/// A missing key means what the variant's reference does; unknown keys are
/// passed over. Throws Error naming `path`, key and value.
void apply_metadata(const std::map<std::string, std::string>& metadata,
                    const std::string& path, Weights& weights);

const char* to_string(Variant variant);

}  // namespace imsearch
