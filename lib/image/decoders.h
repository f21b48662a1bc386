// One decoder for each kind of image file, for decode_image(), which tells the
// kinds apart (image/decode.h says whose pixels they give).
//
// They share one contract. `bytes` is the whole file and begins as its kind
// does. Alpha is dropped, and of several pictures the first is taken. Nothing
// is decoded that needs more than `max_bytes` for pixels and what the decoder
// holds beside them: NeedsMemory says how much it would be. Throws Error with
// the reason alone, std::bad_alloc where the system refuses memory.
// Thread-safe.
#pragma once

#include "image/decode.h"
#include "image/image.h"
#include "image/pixel_grid.h"

#include <cstdint>
#include <string_view>

namespace imsearch {

/// By libjpeg-turbo, called as `reference` calls it.
Image decode_jpeg(std::string_view bytes, Reference reference,
                  std::uint64_t max_bytes);

/// The pixels of it that `choose` wants: no others are made where they are few
/// and the colours are of the usual kind, and no others are kept. NeedsMemory
/// and `max_bytes` are about the chosen pixels and what libjpeg holds.
PickedPicture pick_jpeg(std::string_view bytes, Reference reference,
                        std::uint64_t max_bytes, const ChooseGrids& choose);

/// By libpng, which TensorFlow uses too. 16 bits are cut to the upper 8, an
/// animation gives its default image. A file that ends before its last chunk is
/// an error, and so is a wrong checksum where it matters.
Image decode_png(std::string_view bytes, std::uint64_t max_bytes);

/// The pixels of it that `choose` wants, as pick_jpeg(). Others are made, but
/// not kept, unless the rows are interlaced.
PickedPicture pick_png(std::string_view bytes, std::uint64_t max_bytes,
                       const ChooseGrids& choose);

/// By libwebp: lossy, lossless, and the first frame of an animation, which
/// stands on black where it does not cover its canvas. A file shorter than it
/// says is an error.
Image decode_webp(std::string_view bytes, std::uint64_t max_bytes);

/// By giflib: the first frame, as TensorFlow's decode_jpeg and decode_image
/// (expand_animations = False) give it. Their canvas is as wide and as high as
/// the largest frame of the file, whatever the header says. The first frame
/// lies on it at its offset, and is cut off there. What it leaves free is
/// black, and so are its transparent pixels
/// (tensorflow/core/lib/gif/gif_io.cc). A first frame that is not whole is an
/// error; of the others, those before the first one that is not whole count
/// towards the canvas.
Image decode_gif(std::string_view bytes, std::uint64_t max_bytes);

/// By ourselves, as Pillow reads it: Windows's headers of 40, 52, 56, 108 and
/// 124 bytes, OS/2's of 12 and 64, 1 to 32 bits a pixel, run-length coded or
/// not. No library of Debian 12 gives these pixels for all that viewers show
/// (stb_image, say, takes neither a gap before the pixels, nor run lengths, nor
/// half of the headers). A colour beyond the palette is black; pixels that a
/// run-length code leaves out have the palette's first colour. A file that ends
/// before its last pixel is an error.
Image decode_bmp(std::string_view bytes, std::uint64_t max_bytes);

/// By ourselves, as Pillow reads it: indices, colours and greys, run-length
/// coded or not, stored from any corner. stb_image mirrors a picture that is
/// stored from the right, and takes the palette's first index for a count of
/// bytes. A TGA has no magic: the caller knows it by its name. A colour outside
/// the palette is black; a palette beside greys or colours is passed over
/// (Pillow 13 takes greys for its indices). A file that ends before its last
/// pixel is an error.
Image decode_tga(std::string_view bytes, std::uint64_t max_bytes);

/// By ourselves: binary PGM and PPM, 8 and 16 bits (netpbm's pgm.5 and ppm.5),
/// because stb_image 2.27 reads past its buffer on 16-bit greys
/// (CVE-2021-42716) and gives memory as found where the file is truncated.
/// Values are scaled to 0..255 by the file's maximum, rounded. PNM of other
/// kinds than P5 and P6 is an error.
Image decode_pnm(std::string_view bytes, std::uint64_t max_bytes);

/// By libheif, as pillow-heif reads HEIC and HEIF and Pillow reads AVIF: the
/// main picture, cropped, turned and mirrored as the container says, which
/// leaves EXIF nothing to turn. 10 and 12 bits are cut (HEIC) or rounded (AVIF)
/// to 8, of whatever brightness they tell. AVIF's chroma is interpolated,
/// HEIC's repeated. In a process of its own (image/isolated_image.h).
Image decode_heif(std::string_view bytes, std::uint64_t max_bytes);
/// The same within this process, for fuzzers.
Image read_heif(std::string_view bytes, std::uint64_t max_bytes);

/// By libtiff, as Pillow reads it, turned as its orientation says: the first
/// picture of the file, 1 to 16 bits a sample, grey, palette, RGB, CMYK and
/// YCbCr, in strips or tiles, the samples of a pixel together or apart, in any
/// compression that libtiff has but JPEG of the old kind. Of 16 bits the upper
/// 8 are taken, grey too, and premultiplied colours are divided by their alpha.
/// Cameras' RAW files are refused, whose first picture is a preview.
Image decode_tiff(std::string_view bytes, std::uint64_t max_bytes);

/// By libjxl, as pillow-jxl-plugin reads it: the first frame on its canvas, in
/// 8 bits of its own colours, turned as its header says. In a process of its
/// own (image/isolated_image.h).
Image decode_jxl(std::string_view bytes, std::uint64_t max_bytes);
/// The same within this process, for fuzzers.
Image read_jxl(std::string_view bytes, std::uint64_t max_bytes);

/// Whether `bytes` begin as HEIC, HEIF or AVIF, or as AVIF, does: by the brands
/// that a container says it is of.
bool looks_like_heif(std::string_view bytes);
bool looks_like_avif(std::string_view bytes);

/// Whether `bytes` begin as JPEG XL does, a codestream alone or in boxes.
bool looks_like_jxl(std::string_view bytes);

/// Whether `bytes` begin as any of the six kinds of PNM does.
bool looks_like_pnm(std::string_view bytes);

/// Whether `bytes` begin as a WebP file does.
bool looks_like_webp(std::string_view bytes);

}  // namespace imsearch
