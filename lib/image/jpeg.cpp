// JPEG by libjpeg-turbo, called as TensorFlow or as Pillow calls it: the two
// differ in the inverse DCT and in how inks become RGB. A source manager of its
// own makes a truncated file an error, and not a picture with a grey end.
// libjpeg reports errors by a function that must not return: it jumps back to
// guarded(), which throws.
//
// Where few pixels of a large picture are wanted, they are made of the planes
// of brightness and colour (image/jpeg_planes.h). These are decoded by
// ourselves where the file is a whole one of the usual kind
// (image/jpeg_scan.h), and by libjpeg otherwise.
#include "image/decoders.h"

#include "base/error.h"
#include "image/jpeg_header.h"
#include "image/jpeg_planes.h"
#include "image/pick_by.h"
#include "image/pixel_grid.h"

#include <cctype>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
// jpeglib.h uses size_t and FILE without including them.
#include <jpeglib.h>

#include <jerror.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

// A progressive file of a few kilobytes may ask for thousands of passes over a
// large picture. libjpeg-turbo leaves the defence to its callers and suggests a
// limit on scans ("Two Issues with the JPEG Standard and/or Libjpeg"). We limit
// scans times pixels, that is, time: some 25 seconds at worst. A real file has
// about 10 scans, which the largest picture that we accept may have.
constexpr std::size_t kMaxScannedPixels = 5'000'000'000;

// Rows that libjpeg holds for upsampling and in CMYK, per pixel of width.
constexpr std::size_t kRowBytes = 256;

// Of how many pixels one is wanted at most where making it alone takes less
// time than libjpeg's making of whole rows.
constexpr std::size_t kSparse = 12;

// The same where the scan is decoded without libjpeg.
constexpr std::size_t kFew = 4;

constexpr std::size_t kInks = 4;
constexpr std::size_t kColors = 3;

int truncated_product(int a, int b) {
  return a * b / 255;
}

// Pillow's MULDIV255 of `black` and the ink's complement, taken from `black`.
int rounded_product(int light, int black) {
  const int product = (255 - light) * black + 128;
  return black - ((product >> 8) + product) / 256;
}

/// Printing inks to RGB, without colour profiles, as the references do it.
/// Writes the RGB of each pixel in `inks` (cyan, magenta, yellow, black; a byte
/// each) to `rgb`. `inverted`: 255 means no ink, as Adobe writes it.
/// TensorFlow's product of ink and black is truncated
/// (core/lib/jpeg/jpeg_mem.cc), Pillow's is rounded (src/libImaging/Convert.c,
/// cmyk2rgb).
void fold_cmyk(const std::vector<std::uint8_t>& inks, bool inverted,
               Reference reference, std::uint8_t* rgb) {
  const int flip = inverted ? 0 : 255;
  const auto fold =
      reference == Reference::kPillow ? rounded_product : truncated_product;
  for (std::size_t i = 0; i < inks.size(); i += kInks) {
    const int black = inks[i + 3] ^ flip;
    for (std::size_t c = 0; c < kColors; ++c)
      *rgb++ = static_cast<std::uint8_t>(fold(inks[i + c] ^ flip, black));
  }
}

// libjpeg reports errors by a function that must not return. It may not throw
// through libjpeg's C frames, so it jumps; only guarded() may set the target.
struct ErrorManager {
  jpeg_error_mgr base;  // first: libjpeg hands out its address
  std::jmp_buf target;
  std::array<char, std::size_t{2} * JMSG_LENGTH_MAX> reason;
  bool out_of_memory;
};

template <typename... Args>
[[noreturn]] void give_up(j_common_ptr codec, const char* format,
                          Args... args) {
  auto* errors = reinterpret_cast<ErrorManager*>(codec->err);
  std::snprintf(errors->reason.data(), errors->reason.size(), format, args...);
  std::longjmp(errors->target, 1);
}

extern "C" {

static void on_error(j_common_ptr codec) {
  reinterpret_cast<ErrorManager*>(codec->err)->out_of_memory =
      codec->err->msg_code == JERR_OUT_OF_MEMORY;
  std::array<char, JMSG_LENGTH_MAX> message;
  codec->err->format_message(codec, message.data());
  if (std::islower(static_cast<unsigned char>(message[1])) != 0)
    message[0] =
        static_cast<char>(std::tolower(static_cast<unsigned char>(message[0])));
  give_up(codec, "invalid JPEG: %s", message.data());
}

// TensorFlow goes on after warnings, whatever they say.
static void on_warning(j_common_ptr, int) {}
static void on_message(j_common_ptr) {}

static void start_source(j_decompress_ptr) {}
static void end_source(j_decompress_ptr) {}

// libjpeg's own memory source would make up an end-of-image marker here, and
// a truncated file would decode to grey.
static boolean out_of_bytes(j_decompress_ptr codec) {
  give_up(reinterpret_cast<j_common_ptr>(codec), "%s", "truncated JPEG");
}

static void skip_bytes(j_decompress_ptr codec, long count) {
  if (count <= 0) return;
  const auto skipped =
      std::min(static_cast<std::size_t>(count), codec->src->bytes_in_buffer);
  codec->src->next_input_byte += skipped;
  codec->src->bytes_in_buffer -= skipped;
}

static void on_progress(j_common_ptr common) {
  const auto codec = reinterpret_cast<j_decompress_ptr>(common);
  const auto scans = static_cast<std::size_t>(codec->input_scan_number);
  const auto pixels = std::size_t{codec->image_width} * codec->image_height;
  if (scans <= 1 || scans * pixels <= kMaxScannedPixels) return;
  give_up(common, "JPEG of %zu or more scans: %zu are allowed at %ux%u pixels",
          scans, kMaxScannedPixels / pixels, codec->image_width,
          codec->image_height);
}

}  // extern "C"

// One decompression. libjpeg is only called through guarded().
class JpegReader {
 public:
  JpegReader(std::string_view bytes, Reference reference)
      : reference_(reference) {
    codec_.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = on_error;
    errors_.base.emit_message = on_warning;
    errors_.base.output_message = on_message;
    source_.init_source = start_source;
    source_.fill_input_buffer = out_of_bytes;
    source_.skip_input_data = skip_bytes;
    source_.resync_to_restart = jpeg_resync_to_restart;
    source_.term_source = end_source;
    source_.next_input_byte = reinterpret_cast<const JOCTET*>(bytes.data());
    source_.bytes_in_buffer = bytes.size();
    progress_.progress_monitor = on_progress;
    guarded([this] { jpeg_create_decompress(&codec_); });
    codec_.src = &source_;
    codec_.progress = &progress_;
  }
  ~JpegReader() { jpeg_destroy_decompress(&codec_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  void read_header() {
    guarded([this] { jpeg_read_header(&codec_, TRUE); });
  }

  std::size_t width() const { return codec_.image_width; }
  std::size_t height() const { return codec_.image_height; }

  /// Bytes that libjpeg holds beside the pixels: the coefficients of the whole
  /// picture where its scans don't come one after the other, some rows
  /// otherwise.
  std::uint64_t held_bytes() {
    std::uint64_t bytes = width() * kRowBytes;
    if (jpeg_has_multiple_scans(&codec_) == FALSE) return bytes;
    for (int i = 0; i < codec_.num_components; ++i) {
      const jpeg_component_info& part = codec_.comp_info[i];
      // Rounded up to whole units of all channels, of 4 blocks a side at most.
      bytes += (std::uint64_t{part.width_in_blocks} + MAX_SAMP_FACTOR) *
               (std::uint64_t{part.height_in_blocks} + MAX_SAMP_FACTOR) *
               (DCTSIZE2 * sizeof(JCOEF) + sizeof(std::uint64_t));
    }
    return bytes;
  }

  std::uint64_t held_to_pick() { return held_bytes(); }

  Image read_pixels() {
    Image image{width(), height(), {}};
    // Rows are added as they come, so that a header's large claim costs
    // nothing until there is data behind it.
    image.rgb.reserve(width() * height() * 3);
    const std::size_t row = width() * 3;
    read_all_rows(
        [&](std::size_t begin, std::size_t count) {
          image.rgb.resize((begin + count) * row);
          return image.rgb.data() + begin * row;
        },
        [](std::size_t, const std::uint8_t*) {});
    return image;
  }

  void pick_pixels(GridPicker& picker) {
    std::size_t wanted = 0;
    for (const PixelGrid& grid : picker.grids()) wanted += grid.bytes();
    const auto layout = plane_layout(codec_);
    const std::size_t all = width() * height() * kColors;
    if (layout && wanted * kFew <= all && pick_alone(*layout, picker)) return;
    if (layout && wanted * kSparse <= all)
      return pick_from_planes(*layout, picker);
    std::vector<std::uint8_t> rows;
    read_all_rows(
        [&](std::size_t, std::size_t count) {
          rows.resize(count * width() * 3);
          return rows.data();
        },
        [&](std::size_t y, const std::uint8_t* rgb) {
          picker.add_row(y, rgb);
        });
  }

 private:
  // The only frames that a jump skips are libjpeg's and the call's own, which
  // must hold nothing that needs a destructor.
  template <typename Call>
  void guarded(Call call) {
    if (setjmp(errors_.target) != 0) {
      if (errors_.out_of_memory) throw std::bad_alloc();
      fail("{}", errors_.reason.data());
    }
    call();
  }

  bool folds_cmyk() const { return codec_.out_color_space == JCS_CMYK; }

  void start() {
    // YCCK is CMYK as YCbCr, which libjpeg undoes; inks are left to
    // fold_cmyk().
    const bool cmyk = codec_.jpeg_color_space == JCS_CMYK ||
                      codec_.jpeg_color_space == JCS_YCCK;
    codec_.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    codec_.dct_method =
        reference_ == Reference::kTensorflow ? JDCT_IFAST : JDCT_ISLOW;
    codec_.do_fancy_upsampling = TRUE;
    guarded([this] { jpeg_start_decompress(&codec_); });
  }

  /// Calls place(y, count) for where `count` rows from row `y` on go, and
  /// done(y, rgb) for each row that is there.
  template <typename Place, typename Done>
  void read_all_rows(Place place, Done done) {
    start();
    const std::size_t row = width() * 3;
    const auto together =
        folds_cmyk()
            ? std::size_t{1}
            : std::min(rows_.size(),
                       static_cast<std::size_t>(codec_.rec_outbuf_height));
    while (codec_.output_scanline < codec_.output_height) {
      const std::size_t begin = codec_.output_scanline;
      std::uint8_t* rgb = place(begin, std::min(together, height() - begin));
      if (folds_cmyk())
        read_cmyk_row(rgb);
      else
        read_rgb_rows(rgb, std::min(together, height() - begin));
      for (std::size_t y = begin; y < codec_.output_scanline; ++y)
        done(y, rgb + (y - begin) * row);
    }
    guarded([this] { jpeg_finish_decompress(&codec_); });
  }

  void read_rgb_rows(std::uint8_t* rgb, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) rows_[i] = rgb + i * width() * 3;
    read_rows(count);
  }

  void read_cmyk_row(std::uint8_t* rgb) {
    inks_.resize(width() * 4);
    rows_[0] = inks_.data();
    read_rows(1);
    // Pillow takes all CMYK for Adobe's.
    const bool inverted =
        reference_ == Reference::kPillow || codec_.saw_Adobe_marker != FALSE;
    fold_cmyk(inks_, inverted, reference_, rgb);
  }

  /// Bytes that a row of each plane takes, where blocks are written whole.
  std::array<std::size_t, kColors> row_bytes(const PlaneLayout& layout) const {
    std::array<std::size_t, kColors> bytes = {};
    for (std::size_t i = 0; i < layout.planes; ++i)
      bytes[i] = DCTSIZE * (std::size_t{codec_.comp_info[i].width_in_blocks} +
                            MAX_SAMP_FACTOR);
    return bytes;
  }

  /// Decodes the planes without libjpeg, which is left where it stands. False
  /// where that cannot be: nothing was picked.
  bool pick_alone(const PlaneLayout& layout, GridPicker& picker) const {
    if (!has_fast_idct() || reference_ != Reference::kTensorflow) return false;
    GridPicker tried(picker.grids());
    PlanePixels pixels(layout, row_bytes(layout), tried);
    const std::string_view data(
        reinterpret_cast<const char*>(source_.next_input_byte),
        source_.bytes_in_buffer);
    const std::size_t scans = kMaxScannedPixels / (width() * height());
    const auto scan = only_scan(codec_);
    const auto header = progressive_header(codec_);
    if (!(scan && decode_scan(*scan, layout, data, pixels)) &&
        !(header && decode_progressive(*header, layout, data, scans, pixels)))
      return false;
    picker = std::move(tried);
    return true;
  }

  void pick_from_planes(const PlaneLayout& layout, GridPicker& picker) {
    codec_.raw_data_out = TRUE;
    start();
    PlanePixels pixels(layout, row_bytes(layout), picker);
    std::array<std::array<JSAMPROW, 2 * PlaneLayout::kRows>, kColors> rows = {};
    std::array<JSAMPARRAY, kColors> planes = {};
    const std::size_t band = layout.band_rows();
    while (codec_.output_scanline < codec_.output_height) {
      for (std::size_t i = 0; i < layout.planes; ++i) {
        planes[i] = rows[i].data();
        const std::size_t count = i == 0 ? band : PlaneLayout::kRows;
        for (std::size_t y = 0; y < count; ++y)
          rows[i][y] = pixels.next_row(i, y);
      }
      guarded([this, &planes, band] {
        jpeg_read_raw_data(&codec_, planes.data(),
                           static_cast<JDIMENSION>(band));
      });
      pixels.add_band();
    }
    pixels.finish();
    guarded([this] { jpeg_finish_decompress(&codec_); });
  }

  // libjpeg may give fewer rows than asked for; the caller's loop asks again.
  void read_rows(std::size_t count) {
    guarded([this, count] {
      jpeg_read_scanlines(&codec_, rows_.data(),
                          static_cast<JDIMENSION>(count));
    });
  }

  Reference reference_;
  ErrorManager errors_{};
  jpeg_source_mgr source_{};
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct codec_{};
  std::array<JSAMPROW, 8> rows_{};
  std::vector<std::uint8_t> inks_;
};

}  // namespace

Image decode_jpeg(std::string_view bytes, Reference reference,
                  std::uint64_t max_bytes) {
  JpegReader reader(bytes, reference);
  reader.read_header();
  check_pixel_bytes(reader.width(), reader.height(), max_bytes,
                    reader.held_bytes());
  return reader.read_pixels();
}

PickedPicture pick_jpeg(std::string_view bytes, Reference reference,
                        std::uint64_t max_bytes, const ChooseGrids& choose) {
  JpegReader reader(bytes, reference);
  reader.read_header();
  return pick_by(reader, max_bytes, choose);
}

}  // namespace imsearch
