// From a file's bytes to pixels, as TensorFlow's decode_jpeg or Pillow makes
// them.
//
// The kind is told by content, never by name: JPEG by libjpeg, PNG by libpng,
// WebP by libwebp, GIF by giflib, BMP, TGA and binary PGM and PPM by ourselves,
// and where their libraries are, HEIC, HEIF and AVIF by libheif, TIFF by
// libtiff and JPEG XL by libjxl. An animation gives its first frame. TGA has no
// magic: it is tried only where the name ends in .tga. GIF is what TensorFlow
// makes of it (image/decoders.h), BMP, TGA and the last three are what Pillow
// makes of them, whichever Reference is asked for. JPEG follows
// tf.io.decode_jpeg (channels=3) to the bit: fast integer DCT, fancy
// upsampling, CMYK folded to RGB by integer division, orientation ignored,
// warnings ignored, but a stream that ends early is an error
// (tensorflow/core/lib/jpeg/jpeg_mem.cc); or Pillow's Image.open and
// convert("RGB") in what the two have different (Reference).
#pragma once

#include "image/image.h"
#include "image/pixel_grid.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace imsearch {

/// Whose pixels a JPEG gives, to the bit. They differ in the inverse cosine
/// transform (TensorFlow's default is the fast integer one, Pillow's the
/// accurate one) and in how CMYK becomes RGB. Grey PNG of 16 bits, which Pillow
/// clips to white, is cut to the upper 8 for both.
enum class Reference { kTensorflow, kPillow };

/// Whether a file that begins like this, with 64 bytes or all that it has, is
/// an image by its content: of a kind that decode_image() reads.
bool looks_like_image(std::string_view beginning);

/// Decodes `bytes`; `name` is used for its extension only. Throws Error with
/// the reason alone ("truncated JPEG"): the caller knows the file. Thread-safe.
/// NeedsMemory: it would take more than `max_bytes`, and nothing was decoded.
/// Throws std::bad_alloc, as all of C++ does, if the system refuses memory: the
/// image may be good.
Image decode_image(std::string_view bytes, const std::string& name,
                   Reference reference = Reference::kTensorflow,
                   std::uint64_t max_bytes = UINT64_MAX);

/// Decodes the same pixels, but gives only those that `choose` wants. A large
/// JPEG then takes less time, and as a PNG no memory for the others. Throws as
/// decode_image() does.
PickedPicture pick_image(std::string_view bytes, const std::string& name,
                         Reference reference, std::uint64_t max_bytes,
                         const ChooseGrids& choose);

}  // namespace imsearch
