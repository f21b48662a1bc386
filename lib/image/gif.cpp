// GIF by giflib's functions for one record at a time: its DGifSlurp() would
// hold the pixels of every frame, and take memory for them before there is data
// behind a claim.
//
// Only the first frame is wanted, but its canvas is as large as the largest
// frame of the file (see decode_gif()). So a second reader goes over all frames
// without decoding them, and only if one claims more room are the others
// decoded, row by row and forgotten, to see which of them are whole.
#include "image/decoders.h"

#include "base/error.h"

#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <vector>

namespace imsearch {
namespace {

// A file of a few kilobytes may claim frames that are thousands of times as
// large. As for the scans of a JPEG, what is decoded is limited, which limits
// the time.
constexpr std::size_t kMaxDecodedPixels = 4'000'000'000;

struct TooManyFrames : Error {
  using Error::Error;
};

std::size_t size_of(int value) {
  return static_cast<std::size_t>(value);
}

struct Sides {
  std::size_t width = 0;
  std::size_t height = 0;

  void grow(const Sides& other) {
    width = std::max(width, other.width);
    height = std::max(height, other.height);
  }
};

/// Every `step`-th row from `first` on.
struct Rows {
  std::size_t first;
  std::size_t step;
};

/// The first frame, before it is laid on a canvas.
struct Frame {
  GifImageDesc place{};  // sides and offset
  int transparent = NO_TRANSPARENT_COLOR;
  std::vector<GifColorType> palette;
  std::vector<std::uint8_t> indices;  // width x height
};

// One file. No exception may pass through giflib's C frames: its callback
// throws none.
class GifReader {
 public:
  explicit GifReader(std::string_view bytes) : rest_(bytes) {
    int error = D_GIF_SUCCEEDED;
    gif_ = DGifOpen(this, read_bytes, &error);
    if (gif_ == nullptr) fail_with(error);
  }
  ~GifReader() { DGifCloseFile(gif_, nullptr); }
  GifReader(const GifReader&) = delete;
  GifReader& operator=(const GifReader&) = delete;

  /// Goes to the next frame, whose place is then known. False behind the last.
  bool find_frame() {
    transparent_.reset();
    for (;;) {
      GifRecordType record = UNDEFINED_RECORD_TYPE;
      check(DGifGetRecordType(gif_, &record));
      if (record == TERMINATE_RECORD_TYPE) return false;
      if (record == EXTENSION_RECORD_TYPE) read_extension();
      if (record == IMAGE_DESC_RECORD_TYPE) {
        check(DGifGetImageDesc(gif_));
        return true;
      }
    }
  }

  Sides sides() const {
    return {size_of(gif_->Image.Width), size_of(gif_->Image.Height)};
  }

  Frame read_frame() {
    Frame frame;
    frame.place = gif_->Image;
    frame.transparent = transparent_.value_or(NO_TRANSPARENT_COLOR);
    const ColorMapObject* colours = gif_->Image.ColorMap != nullptr
                                        ? gif_->Image.ColorMap
                                        : gif_->SColorMap;
    if (colours == nullptr) fail("invalid GIF: no palette");
    frame.palette.assign(colours->Colors,
                         colours->Colors + colours->ColorCount);
    const bool interlaced = gif_->Image.Interlace;
    if (!interlaced) read_rows(frame.indices, {0, 1});
    if (interlaced)
      // The four passes of an interlaced picture (GIF89a, appendix E).
      for (const Rows& rows : {Rows{0, 8}, Rows{4, 8}, Rows{2, 4}, Rows{1, 2}})
        read_rows(frame.indices, rows);
    return frame;
  }

  /// Decodes the frame to see whether it is whole, and forgets it.
  void check_frame() {
    const std::size_t width = frame_width();
    if (width == 0 || frame_height() == 0) fail("invalid GIF: an empty frame");
    std::vector<std::uint8_t> row(width);
    for (std::size_t y = 0; y < frame_height(); ++y) {
      check(DGifGetLine(gif_, row.data(), static_cast<int>(width)));
      decoded_ += width;
      if (decoded_ > kMaxDecodedPixels)
        throw TooManyFrames(fmt::format(
            "GIF with frames of more than the {} pixels that are allowed in "
            "all",
            kMaxDecodedPixels));
    }
  }

  /// Passes over the frame's data.
  void skip_frame() {
    int code_bits = 0;
    GifByteType* block = nullptr;
    check(DGifGetCode(gif_, &code_bits, &block));
    while (block != nullptr) check(DGifGetCodeNext(gif_, &block));
  }

 private:
  /// giflib's source: as many bytes as there are, and a note that more were
  /// wanted.
  static int read_bytes(GifFileType* gif, GifByteType* out, int count) {
    auto* self = static_cast<GifReader*>(gif->UserData);
    const std::size_t size = std::min(size_of(count), self->rest_.size());
    if (size < size_of(count)) self->wanted_more_ = true;
    if (size > 0) std::memcpy(out, self->rest_.data(), size);
    self->rest_.remove_prefix(size);
    return static_cast<int>(size);
  }

  [[noreturn]] void fail_with(int error) const {
    if (error == D_GIF_ERR_NOT_ENOUGH_MEM) throw std::bad_alloc();
    if (wanted_more_) fail("truncated GIF");
    if (error == D_GIF_ERR_WRONG_RECORD)
      fail("invalid GIF: neither a frame nor its end where one should begin");
    fail("invalid GIF: damaged picture");
  }

  void check(int result) const {
    if (result == GIF_ERROR) fail_with(gif_->Error);
  }

  /// The first graphics control before a frame counts, as in giflib's own
  /// search.
  void read_extension() {
    int code = 0;
    GifByteType* block = nullptr;
    check(DGifGetExtension(gif_, &code, &block));
    if (code == GRAPHICS_EXT_FUNC_CODE && block != nullptr && !transparent_) {
      GraphicsControlBlock control{};
      control.TransparentColor = NO_TRANSPARENT_COLOR;
      DGifExtensionToGCB(block[0], block + 1, &control);
      transparent_ = control.TransparentColor;
    }
    while (block != nullptr) check(DGifGetExtensionNext(gif_, &block));
  }

  /// Room is made as rows come, so that a frame's large
  /// claim costs little until there is data behind it.
  void read_rows(std::vector<std::uint8_t>& indices, const Rows& rows) {
    const std::size_t width = frame_width();
    for (std::size_t y = rows.first; y < frame_height(); y += rows.step) {
      indices.resize(std::max(indices.size(), (y + 1) * width));
      check(DGifGetLine(gif_, indices.data() + y * width,
                        static_cast<int>(width)));
    }
  }

  std::size_t frame_width() const { return sides().width; }
  std::size_t frame_height() const { return sides().height; }

  std::string_view rest_;
  std::size_t decoded_ = 0;  // pixels of frames after the first
  bool wanted_more_ = false;
  GifFileType* gif_ = nullptr;
  std::optional<int> transparent_;  // set by a graphics control
};

/// The largest sides that a file's frames claim, whole or not.
Sides claimed_sides(std::string_view bytes) {
  GifReader reader(bytes);
  Sides largest;
  try {
    while (reader.find_frame()) {
      largest.grow(reader.sides());
      reader.skip_frame();
    }
  } catch (const Error&) {
    // The caller decodes them and sees for itself.
  }
  return largest;
}

/// The largest sides of the frames from the next one on, up to the first that
/// is not whole: TensorFlow takes what was there before the damage.
Sides whole_sides(GifReader& reader) {
  Sides largest;
  try {
    while (reader.find_frame()) {
      const Sides sides = reader.sides();
      reader.check_frame();
      largest.grow(sides);
    }
  } catch (const TooManyFrames&) {
    throw;
  } catch (const Error&) {
  }
  return largest;
}

/// Lays the frame on the canvas, which is black, and cuts off what is beyond
/// it.
void paint(const Frame& frame, Image& canvas) {
  const std::size_t left = size_of(frame.place.Left);
  const std::size_t top = size_of(frame.place.Top);
  const std::size_t width = size_of(frame.place.Width);
  const std::size_t right = std::min(left + width, canvas.width);
  const std::size_t bottom =
      std::min(top + size_of(frame.place.Height), canvas.height);
  for (std::size_t y = top; y < bottom; ++y)
    for (std::size_t x = left; x < right; ++x) {
      const std::size_t index = frame.indices[(y - top) * width + x - left];
      if (static_cast<int>(index) == frame.transparent) continue;
      if (index >= frame.palette.size())
        fail("invalid GIF: colour {} of a palette of {}", index,
             frame.palette.size());
      const GifColorType& colour = frame.palette[index];
      std::uint8_t* out =
          canvas.rgb.data() + (y * canvas.width + x) * kChannels;
      out[0] = colour.Red;
      out[1] = colour.Green;
      out[2] = colour.Blue;
    }
}

}  // namespace

Image decode_gif(std::string_view bytes, std::uint64_t max_bytes) {
  GifReader reader(bytes);
  if (!reader.find_frame()) fail("invalid GIF: no picture in it");
  Sides canvas = reader.sides();
  // The frame's indices are held beside the canvas.
  const std::uint64_t indices = std::uint64_t{canvas.width} * canvas.height;
  check_pixel_bytes(canvas.width, canvas.height, max_bytes, indices);
  const Frame frame = reader.read_frame();
  // Most animations have no frame that is larger than the first, and then the
  // others need not be decoded.
  const Sides claimed = claimed_sides(bytes);
  if (claimed.width > canvas.width || claimed.height > canvas.height)
    canvas.grow(whole_sides(reader));
  check_pixel_bytes(canvas.width, canvas.height, max_bytes, indices);
  Image image{canvas.width, canvas.height, {}};
  image.rgb.resize(image.width * image.height * kChannels);
  paint(frame, image);
  return image;
}

}  // namespace imsearch
