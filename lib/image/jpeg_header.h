// What libjpeg read from a JPEG's header, in the words of those who make
// single pixels and decode scans: only what is usual, and nothing else.
#pragma once

#include "image/jpeg_planes.h"
#include "image/jpeg_progressive.h"
#include "image/jpeg_scan.h"

#include <cstddef>
#include <cstdio>
// jpeglib.h uses size_t and FILE without including them.
#include <jpeglib.h>

#include <optional>

namespace imsearch {

/// How the planes lie, where PlanePixels can make pixels of them; nothing for
/// inks, for colours that are not YCbCr, and for rare kinds of sampling. After
/// jpeg_read_header().
std::optional<PlaneLayout> plane_layout(const jpeg_decompress_struct& codec);

/// Whether the first scan of a picture that has a layout is its only one, with
/// baseline's Huffman codes; its data begin where libjpeg would read on.
std::optional<Scan> only_scan(const jpeg_decompress_struct& codec);

/// What the headers of a progressive picture that has a layout say, with
/// Huffman codes. Its data begin where libjpeg would read on.
std::optional<ProgressiveHeader> progressive_header(
    const jpeg_decompress_struct& codec);

}  // namespace imsearch
