// TIFF by libtiff, block by block (a strip or a tile), which keeps memory down
// to one of them beside the pixels. libtiff's own TIFFRGBAImage would be
// shorter but gives other pixels than Pillow (it folds alpha in, and does not
// read CMYK of 16 bits); it is used where Pillow uses it, for YCbCr that is not
// JPEG's.
#include "image/decoders.h"

#include "base/error.h"
#include "image/exif.h"
#include "image/tiff_file.h"
#include "image/tiff_samples.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

namespace imsearch {
namespace {

const Tiff& tiff() {
  return Tiff::library();
}

constexpr std::uint16_t kReduced = 1;  // a bit of NewSubfileType

/// Cameras' files of raw values are TIFFs, too, whose first picture is a small
/// preview.
void refuse_raw(const TiffFile& file, std::string_view bytes) {
  const bool canon = bytes.substr(8, 2) == "CR";
  const bool preview = (file.number_32(TIFFTAG_SUBFILETYPE) & kReduced) != 0 &&
                       file.has(TIFFTAG_SUBIFD);
  if (canon || preview || file.has(TIFFTAG_DNGVERSION))
    fail("RAW of a camera is not supported");
}

void refuse_compression(const TiffFile& file) {
  const std::uint16_t compression = file.number_16(TIFFTAG_COMPRESSION);
  if (compression == COMPRESSION_OJPEG)
    fail(
        "TIFF with a JPEG of the old kind in it (compression 6) is not "
        "supported");
  if (tiff().has_codec(compression) == 0)
    fail("TIFF of compression {} is not supported", compression);
}

TiffColours colours_of(std::uint16_t photometric) {
  switch (photometric) {
    case PHOTOMETRIC_MINISWHITE:
      return TiffColours::kInvertedGrey;
    case PHOTOMETRIC_MINISBLACK:
      return TiffColours::kGrey;
    case PHOTOMETRIC_PALETTE:
      return TiffColours::kPalette;
    case PHOTOMETRIC_RGB:
    case PHOTOMETRIC_YCBCR:  // made into RGB by libtiff
      return TiffColours::kRgb;
    case PHOTOMETRIC_SEPARATED:
      return TiffColours::kCmyk;
    case PHOTOMETRIC_CFA:
      fail("RAW of a camera is not supported");
    case PHOTOMETRIC_CIELAB:
    case PHOTOMETRIC_ICCLAB:
    case PHOTOMETRIC_ITULAB:
      fail("TIFF in L*a*b* is not supported");
    case PHOTOMETRIC_LOGL:
    case PHOTOMETRIC_LOGLUV:
      fail("TIFF in logarithms of light is not supported");
    default:
      fail("TIFF of photometric interpretation {} is not supported",
           photometric);
  }
}

void check_format(const TiffFile& file, const TiffSamples& samples) {
  const std::uint16_t format = file.number_16(TIFFTAG_SAMPLEFORMAT);
  if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID)
    fail("TIFF of {} bits a sample, {}, is not supported", samples.bits,
         format == SAMPLEFORMAT_INT ? "signed" : "floating-point");
  const bool few = samples.bits == 1 || samples.bits == 2 || samples.bits == 4;
  const bool many = samples.bits == 8 || samples.bits == 16;
  const bool in_colours = samples.colours == TiffColours::kRgb ||
                          samples.colours == TiffColours::kCmyk;
  const bool palette = samples.colours == TiffColours::kPalette;
  if ((!few && !many) || (few && in_colours) || (palette && samples.bits > 8))
    fail("TIFF of {} bits a sample{} is not supported", samples.bits,
         palette ? " and a palette" : "");
  if (samples.count < samples.used())
    fail("invalid TIFF: {} samples a pixel, {} needed", samples.count,
         samples.used());
}

void read_palette(const TiffFile& file, TiffSamples& samples) {
  std::uint16_t* red = nullptr;
  std::uint16_t* green = nullptr;
  std::uint16_t* blue = nullptr;
  if (tiff().get(file.handle(), TIFFTAG_COLORMAP, &red, &green, &blue) != 1)
    fail("invalid TIFF: a palette is missing");
  const auto upper = [](std::uint16_t value) {
    return static_cast<std::uint8_t>(value >> 8);
  };
  for (std::size_t i = 0; i < std::size_t{1} << samples.bits; ++i)
    samples.palette.push_back({upper(red[i]), upper(green[i]), upper(blue[i])});
}

bool is_premultiplied(const TiffFile& file) {
  std::uint16_t count = 0;
  const std::uint16_t* kinds = nullptr;
  tiff().get_defaulted(file.handle(), TIFFTAG_EXTRASAMPLES, &count, &kinds);
  return count > 0 && kinds != nullptr && kinds[0] == EXTRASAMPLE_ASSOCALPHA;
}

/// Strips or tiles, and where they lie.
class TiffReader {
 public:
  explicit TiffReader(std::string_view bytes) : file_(bytes) {
    refuse_raw(file_, bytes);
    refuse_compression(file_);
    width_ = file_.number_32(TIFFTAG_IMAGEWIDTH);
    height_ = file_.number_32(TIFFTAG_IMAGELENGTH);
    orientation_ = file_.number_16(TIFFTAG_ORIENTATION);
    const std::uint16_t photometric = file_.number_16(TIFFTAG_PHOTOMETRIC);
    samples_.colours = colours_of(photometric);
    if (photometric == PHOTOMETRIC_YCBCR) ask_for_rgb();
    samples_.bits = file_.number_16(TIFFTAG_BITSPERSAMPLE);
    samples_.count = file_.number_16(TIFFTAG_SAMPLESPERPIXEL);
    samples_.premultiplied =
        samples_.colours == TiffColours::kRgb && is_premultiplied(file_);
    if (!rgba_) check_format(file_, samples_);
    if (samples_.colours == TiffColours::kPalette)
      read_palette(file_, samples_);
    separate_ = !rgba_ && samples_.count > 1 &&
                file_.number_16(TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;
    if (separate_) samples_.count = 1;
    set_block_sides();
  }

  std::size_t width() const { return width_; }
  std::size_t height() const { return height_; }

  /// Bytes beside the pixels: a block as it is stored, and its samples as
  /// bytes; the picture again where it is turned.
  std::uint64_t held_bytes() const {
    const std::uint64_t pixels = std::uint64_t{block_width_} * block_height_;
    std::uint64_t bytes = pixels * (rgba_ ? 8 : samples_.used());
    if (!rgba_) bytes += block_bytes();
    if (is_turned()) bytes += std::uint64_t{3} * width_ * height_;
    return bytes;
  }

  Image read_pixels() {
    Image image{width_, height_, {}};
    image.rgb.reserve(std::size_t{width_} * height_ * 3);
    // Not set to anything: a header's large claim costs nothing until there is
    // data behind it.
    const std::size_t raw_bytes =
        rgba_ ? std::size_t{4} * block_width_ * block_height_ : block_bytes();
    const std::unique_ptr<std::uint8_t[]> raw(new std::uint8_t[raw_bytes]);
    for (std::size_t y = 0; y < height_; y += block_height_) {
      const std::size_t rows =
          std::min<std::size_t>(block_height_, height_ - y);
      for (std::size_t x = 0; x < width_; x += block_width_) {
        if (rgba_)
          read_rgba_block(image, x, y, rows, raw.get());
        else
          read_block(image, x, y, rows, raw.get());
      }
    }
    return is_turned() ? turn_upright(std::move(image), orientation_)
                       : std::move(image);
  }

 private:
  bool is_turned() const { return orientation_ >= 2 && orientation_ <= 8; }

  /// Of YCbCr: from JPEG by libjpeg, from anything else by TIFFRGBAImage, whose
  /// rows go up from the bottom of each block.
  void ask_for_rgb() {
    if (file_.number_16(TIFFTAG_COMPRESSION) == COMPRESSION_JPEG) {
      tiff().set(file_.handle(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
      return;
    }
    rgba_ = true;
    tiff().set(file_.handle(), TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  }

  void set_block_sides() {
    tiled_ = tiff().is_tiled(file_.handle()) != 0;
    if (tiled_) {
      block_width_ = file_.number_32(TIFFTAG_TILEWIDTH);
      block_height_ = file_.number_32(TIFFTAG_TILELENGTH);
    } else {
      block_width_ = width_;
      block_height_ = std::min(file_.number_32(TIFFTAG_ROWSPERSTRIP), height_);
    }
    // No pixels at all are somebody else's to refuse.
    if (width_ > 0 && height_ > 0 && (block_width_ == 0 || block_height_ == 0))
      fail("invalid TIFF: blocks of {} x {} pixels", block_width_,
           block_height_);
  }

  /// 0 where there can be no such block.
  std::uint64_t block_bytes() const {
    return tiled_ ? tiff().tile_bytes(file_.handle())
                  : tiff().strip_bytes(file_.handle());
  }

  void read_raw(std::size_t x, std::size_t y, std::uint16_t plane,
                std::uint8_t* raw) {
    constexpr tmsize_t kAll = -1;
    const auto row = static_cast<std::uint32_t>(y);
    const tmsize_t n =
        tiled_
            ? tiff().read_tile(file_.handle(), raw,
                               static_cast<std::uint32_t>(x), row, 0, plane)
            : tiff().read_strip(file_.handle(),
                                tiff().strip_number(file_.handle(), row, plane),
                                raw, kAll);
    if (n < 0) file_.fail_with_reason();
  }

  /// Room for the pixels of the rows from y on, as far as there is none.
  void make_room(Image& image, std::size_t y, std::size_t rows) const {
    const std::size_t bytes = (y + rows) * width_ * 3;
    if (image.rgb.size() < bytes) image.rgb.resize(bytes);
  }

  std::uint8_t* pixel_at(Image& image, std::size_t x, std::size_t y) const {
    return image.rgb.data() + (y * width_ + x) * 3;
  }

  void read_block(Image& image, std::size_t x, std::size_t y, std::size_t rows,
                  std::uint8_t* raw) {
    const std::size_t used = samples_.used();
    const std::size_t columns = std::min<std::size_t>(block_width_, width_ - x);
    const std::size_t row_bytes = samples_.row_bytes(block_width_);
    if (row_bytes * rows > block_bytes())
      fail("invalid TIFF: {} bytes a block, {} needed", block_bytes(),
           row_bytes * rows);
    const std::size_t planes = separate_ ? used : 1;
    for (std::size_t plane = 0; plane < planes; ++plane) {
      read_raw(x, y, static_cast<std::uint16_t>(plane), raw);
      pixels_.resize(columns * rows * used);
      for (std::size_t i = 0; i < rows; ++i)
        read_samples(raw + i * row_bytes, samples_, columns, used,
                     pixels_.data() + i * columns * used + plane);
    }
    make_room(image, y, rows);
    for (std::size_t i = 0; i < rows; ++i)
      samples_to_rgb(pixels_.data() + i * columns * used, samples_, columns,
                     pixel_at(image, x, y + i));
  }

  void read_rgba_block(Image& image, std::size_t x, std::size_t y,
                       std::size_t rows, std::uint8_t* raw) {
    auto* rgba = reinterpret_cast<std::uint32_t*>(raw);
    const auto column = static_cast<std::uint32_t>(x);
    const auto row = static_cast<std::uint32_t>(y);
    const int done =
        tiled_ ? tiff().read_rgba_tile(file_.handle(), column, row, rgba, 1)
               : tiff().read_rgba_strip(file_.handle(), row, rgba, 1);
    if (done == 0) file_.fail_with_reason();
    make_room(image, y, rows);
    const std::size_t columns = std::min<std::size_t>(block_width_, width_ - x);
    const std::size_t read_rows = tiled_ ? block_height_ : rows;
    for (std::size_t i = 0; i < rows; ++i) {
      const std::uint32_t* in = rgba + (read_rows - 1 - i) * block_width_;
      std::uint8_t* out = pixel_at(image, x, y + i);
      for (std::size_t c = 0; c < columns; ++c) {
        *out++ = static_cast<std::uint8_t>(TIFFGetR(in[c]));
        *out++ = static_cast<std::uint8_t>(TIFFGetG(in[c]));
        *out++ = static_cast<std::uint8_t>(TIFFGetB(in[c]));
      }
    }
  }

  TiffFile file_;
  std::uint32_t width_ = 0;
  std::uint32_t height_ = 0;
  std::uint32_t block_width_ = 0;
  std::uint32_t block_height_ = 0;
  int orientation_ = 1;
  TiffSamples samples_;
  bool tiled_ = false;
  bool separate_ = false;  // a block has one sample of each pixel
  bool rgba_ = false;      // by TIFFRGBAImage
  std::vector<std::uint8_t> pixels_;
};

}  // namespace

Image decode_tiff(std::string_view bytes, std::uint64_t max_bytes) {
  TiffReader reader(bytes);
  check_pixel_bytes(reader.width(), reader.height(), max_bytes,
                    reader.held_bytes());
  return reader.read_pixels();
}

}  // namespace imsearch
