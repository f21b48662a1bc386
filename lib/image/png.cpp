// PNG by libpng, read row by row, so that neither a claimed size nor a deflate
// bomb takes memory that the file does not justify.
#include "image/decoders.h"

#include "base/error.h"
#include "image/metadata.h"
#include "image/pick_by.h"

#include <png.h>

#include <array>
#include <cctype>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

namespace imsearch {
namespace {

// With the last row libpng inflates, and drops, all that follows it in the
// file, which may be a thousand times the file. Deflate takes little more than
// what it holds, libpng reads 8 KiB ahead, and a stream ends with a few bytes:
// more than a row and this is a bomb.
constexpr std::size_t kMaxBehindLastRow = 1 << 16;

// What libpng's callbacks see. It reports errors by a function that must not
// return and may not throw through its C frames, so it jumps.
struct Session {
  std::string_view rest;             // bytes not read yet
  std::size_t allowance = SIZE_MAX;  // how many may be
  std::jmp_buf target;
  std::array<char, 200> reason;
  bool out_of_memory = false;
};

extern "C" {

static void on_png_error(png_structp png, png_const_charp message) {
  auto* session = static_cast<Session*>(png_get_error_ptr(png));
  std::snprintf(session->reason.data(), session->reason.size(), "%s", message);
  std::longjmp(session->target, 1);
}

static void on_png_warning(png_structp, png_const_charp) {}

// libpng says in many words that it has no memory: this notices it.
static png_voidp allocate(png_structp png, png_alloc_size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr)
    static_cast<Session*>(png_get_mem_ptr(png))->out_of_memory = true;
  return memory;
}

static void release(png_structp, png_voidp memory) {
  std::free(memory);
}

// png_chunks.h has seen the whole file, but not libpng's own idea of its end.
static void read_png_bytes(png_structp png, png_bytep out, std::size_t count) {
  auto* session = static_cast<Session*>(png_get_io_ptr(png));
  if (session->rest.size() < count) png_error(png, "ends early");
  if (session->allowance < count) png_error(png, "data behind its last row");
  session->allowance -= count;
  std::memcpy(out, session->rest.data(), count);
  session->rest.remove_prefix(count);
}

}  // extern "C"

// One decompression. libpng is only called through guarded().
class PngReader {
 public:
  explicit PngReader(std::string_view bytes) {
    session_.rest = bytes;
    png_ =
        png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &session_, on_png_error,
                                 on_png_warning, &session_, allocate, release);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc();
    }
    guarded([this] {
      png_set_read_fn(png_, &session_, read_png_bytes);
      // Our limit is on pixels, checked by the caller.
      png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
      // Profiles and texts are compressed too, and of no use here.
      png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
    });
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  void read_header() {
    guarded([this] { png_read_info(png_, info_); });
  }

  std::size_t width() const { return png_get_image_width(png_, info_); }
  std::size_t height() const { return png_get_image_height(png_, info_); }

  /// Bytes that libpng holds beside the pixels: some rows of up to 8 bytes a
  /// pixel.
  std::uint64_t held_bytes() const {
    constexpr std::uint64_t kRows = 4;
    return kRows * 8 * width();
  }

  /// The same while single pixels are picked: an interlaced picture is there as
  /// a whole before any row of it is.
  std::uint64_t held_to_pick() const {
    const std::uint64_t row = kChannels * width();
    return held_bytes() + (is_interlaced() ? height() : 1) * row;
  }

  Image read_pixels() {
    Image image{width(), height(), {}};
    const std::size_t row = width() * kChannels;
    // Unless they come in several passes, rows are added as they come, so that
    // a header's large claim costs nothing until there is data behind it.
    if (is_interlaced()) image.rgb.resize(height() * row);
    image.rgb.reserve(height() * row);
    read_rows(
        [&](std::size_t y) {
          if (!is_interlaced()) image.rgb.resize((y + 1) * row);
          return image.rgb.data() + y * row;
        },
        [](std::size_t) {});
    return image;
  }

  void pick_pixels(GridPicker& picker) {
    const std::size_t row = width() * kChannels;
    std::vector<std::uint8_t> rgb((is_interlaced() ? height() : 1) * row);
    const auto place = [&](std::size_t y) {
      return rgb.data() + (is_interlaced() ? y * row : 0);
    };
    read_rows(place, [&](std::size_t y) { picker.add_row(y, place(y)); });
  }

 private:
  // The only frames that a jump skips are libpng's and the call's own, which
  // must hold nothing that needs a destructor.
  template <typename Call>
  void guarded(Call call) {
    if (setjmp(session_.target) != 0) fail_with_reason();
    call();
  }

  [[noreturn]] void fail_with_reason() {
    if (session_.out_of_memory) throw std::bad_alloc();
    char* reason = session_.reason.data();
    const auto is_lower = [](char c) {
      return std::islower(static_cast<unsigned char>(c)) != 0;
    };
    if (is_lower(reason[1]) || reason[1] == ' ')
      reason[0] =
          static_cast<char>(std::tolower(static_cast<unsigned char>(*reason)));
    fail("invalid PNG: {}", reason);
  }

  bool is_interlaced() const {
    return png_get_interlace_type(png_, info_) != PNG_INTERLACE_NONE;
  }

  /// Calls place(y) for where row `y` is to be, in each pass, and done(y) in
  /// the last.
  template <typename Place, typename Done>
  void read_rows(Place place, Done done) {
    int passes = 0;
    guarded([this, &passes] { passes = ask_for_rgb(); });
    for (int pass = 1; pass <= passes; ++pass)
      for (std::size_t y = 0; y < height(); ++y) {
        if (pass == passes && y + 1 == height())
          session_.allowance = row_bytes_ + row_bytes_ / 8 + kMaxBehindLastRow;
        read_row(place(y));
        if (pass == passes) done(y);
      }
    session_.allowance = SIZE_MAX;
    guarded([this] { png_read_end(png_, nullptr); });
  }

  // TensorFlow's transformations (core/lib/png/png_io.cc) for 3 channels of 8
  // bits. Gives how often libpng goes over the rows.
  int ask_for_rgb() {
    row_bytes_ = png_get_rowbytes(png_, info_);  // as they are in the file
    const auto kind = png_get_color_type(png_, info_);
    const bool grey = (kind & PNG_COLOR_MASK_COLOR) == 0;
    png_set_strip_16(png_);
    png_set_packing(png_);
    if (kind == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png_);
    if (grey && png_get_bit_depth(png_, info_) < 8)
      png_set_expand_gray_1_2_4_to_8(png_);
    if (grey) png_set_gray_to_rgb(png_);
    png_set_strip_alpha(png_);
    const int passes = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    if (png_get_rowbytes(png_, info_) != width() * 3)
      png_error(png_, "rows are not RGB");
    return passes;
  }

  void read_row(std::uint8_t* out) {
    guarded([this, out] { png_read_row(png_, out, nullptr); });
  }

  Session session_{};
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::size_t row_bytes_ = 0;
};

}  // namespace

Image decode_png(std::string_view bytes, std::uint64_t max_bytes) {
  // Its last chunk is there, and so are all before it.
  find_png_chunk(bytes, "IEND");
  PngReader reader(bytes);
  reader.read_header();
  check_pixel_bytes(reader.width(), reader.height(), max_bytes,
                    reader.held_bytes());
  return reader.read_pixels();
}

PickedPicture pick_png(std::string_view bytes, std::uint64_t max_bytes,
                       const ChooseGrids& choose) {
  find_png_chunk(bytes, "IEND");
  PngReader reader(bytes);
  reader.read_header();
  return pick_by(reader, max_bytes, choose);
}

}  // namespace imsearch
