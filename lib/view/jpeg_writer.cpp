// Writes a JPEG by libjpeg, strip by strip.
#include "view/jpeg_writer.h"

#include "base/error.h"

#include <array>
#include <csetjmp>
#include <cstdio>
#include <new>
#include <utility>

// After <cstdio>: it uses FILE and size_t without including them.
#include <jpeglib.h>
// After <jpeglib.h>, whose types it uses.
#include <jerror.h>

namespace imsearch {

// libjpeg reports errors by calling error_exit, which must not return: it jumps
// back into the function below that called libjpeg, over C frames only.
struct JpegWriter::State {
  jpeg_compress_struct jpeg = {};
  jpeg_error_mgr errors = {};
  jpeg_destination_mgr destination = {};
  std::jmp_buf jump = {};
  char message[JMSG_LENGTH_MAX] = {};
  std::array<JOCTET, 4096> buffer = {};  // what libjpeg fills
  std::string bytes;                     // what it has filled so far
};

namespace {

constexpr int kQuality = 90;

extern "C" void jump_out(j_common_ptr jpeg) {
  auto* state = static_cast<JpegWriter::State*>(jpeg->client_data);
  jpeg->err->format_message(jpeg, state->message);
  std::longjmp(state->jump, 1);
}

extern "C" void stay_silent(j_common_ptr) {}

JpegWriter::State& state_of(j_compress_ptr jpeg) {
  return *static_cast<JpegWriter::State*>(jpeg->client_data);
}

/// Adds what the buffer holds but for its last `free_bytes`. An exception must
/// not pass through libjpeg, nor a jump leave a handler of exceptions.
void take_buffer(j_compress_ptr jpeg, std::size_t free_bytes) {
  JpegWriter::State& state = state_of(jpeg);
  bool taken = true;
  try {
    state.bytes.append(reinterpret_cast<const char*>(state.buffer.data()),
                       state.buffer.size() - free_bytes);
  } catch (const std::bad_alloc&) {
    taken = false;
  }
  if (!taken) ERREXIT1(jpeg, JERR_OUT_OF_MEMORY, 0);
}

// libjpeg's own destination in memory does not say where its block is until the
// picture is finished, so it could not be freed before.
extern "C" void start_buffer(j_compress_ptr jpeg) {
  JpegWriter::State& state = state_of(jpeg);
  state.destination.next_output_byte = state.buffer.data();
  state.destination.free_in_buffer = state.buffer.size();
}

extern "C" boolean empty_buffer(j_compress_ptr jpeg) {
  take_buffer(jpeg, 0);
  start_buffer(jpeg);
  return TRUE;
}

extern "C" void end_buffer(j_compress_ptr jpeg) {
  take_buffer(jpeg, jpeg->dest->free_in_buffer);
}

/// These return false where libjpeg failed. They hold no objects that a jump
/// would leave undestroyed.
bool start(JpegWriter::State& state, JDIMENSION width, JDIMENSION height) {
  jpeg_compress_struct& jpeg = state.jpeg;
  if (setjmp(state.jump) != 0) return false;
  jpeg_create_compress(&jpeg);
  jpeg.client_data = &state;
  state.destination.init_destination = start_buffer;
  state.destination.empty_output_buffer = empty_buffer;
  state.destination.term_destination = end_buffer;
  jpeg.dest = &state.destination;
  jpeg.image_width = width;
  jpeg.image_height = height;
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, kQuality, TRUE);
  // Colour at full resolution: text would have coloured fringes otherwise.
  jpeg.comp_info[0].h_samp_factor = 1;
  jpeg.comp_info[0].v_samp_factor = 1;
  jpeg_start_compress(&jpeg, TRUE);
  return true;
}

bool write_lines(JpegWriter::State& state, const std::uint8_t* rgb,
                 std::size_t lines, std::size_t line_bytes) {
  if (setjmp(state.jump) != 0) return false;
  for (std::size_t line = 0; line < lines; ++line) {
    // libjpeg does not write through it: its type has no const.
    auto* row = const_cast<JSAMPLE*>(rgb + line * line_bytes);
    jpeg_write_scanlines(&state.jpeg, &row, 1);
  }
  return true;
}

bool end(JpegWriter::State& state) {
  if (setjmp(state.jump) != 0) return false;
  jpeg_finish_compress(&state.jpeg);
  return true;
}

}  // namespace

JpegWriter::JpegWriter(std::size_t width, std::size_t height)
    : state_(std::make_unique<State>()) {
  if (width < 1 || height < 1 || width > kMaxJpegSide || height > kMaxJpegSide)
    fail("{} x {} pixels: a JPEG has 1 to {} a side", width, height,
         kMaxJpegSide);
  state_->jpeg.err = jpeg_std_error(&state_->errors);
  state_->errors.error_exit = jump_out;
  state_->errors.output_message = stay_silent;
  state_->jpeg.client_data = state_.get();
  if (!start(*state_, static_cast<JDIMENSION>(width),
             static_cast<JDIMENSION>(height)))
    fail("{}", state_->message);
}

JpegWriter::~JpegWriter() {
  jpeg_destroy_compress(&state_->jpeg);
}

void JpegWriter::add(const Image& strip) {
  if (strip.width != state_->jpeg.image_width)
    fail("a strip of {} pixels in a picture of {}", strip.width,
         state_->jpeg.image_width);
  if (!write_lines(*state_, strip.rgb.data(), strip.height, strip.width * 3))
    fail("{}", state_->message);
}

std::string JpegWriter::finish() {
  if (!end(*state_)) fail("{}", state_->message);
  return std::move(state_->bytes);
}

}  // namespace imsearch
