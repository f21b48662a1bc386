#include "image/jpeg_files.h"

#include <cstdio>
// jpeglib.h uses size_t and FILE without including them.
#include <jpeglib.h>

#include <fmt/format.h>

#include <cstdlib>
#include <random>
#include <vector>

namespace imsearch::test {
namespace {

using Inks = JpegKind::Inks;

std::size_t count_of(Inks inks) {
  if (inks == Inks::kGrey) return 1;
  return inks == Inks::kCmyk || inks == Inks::kYcck ? 4 : 3;
}

void describe(jpeg_compress_struct& codec, const JpegKind& kind) {
  const bool four = count_of(kind.inks) == 4;
  codec.image_width = static_cast<JDIMENSION>(kind.width);
  codec.image_height = static_cast<JDIMENSION>(kind.height);
  codec.input_components = static_cast<int>(count_of(kind.inks));
  codec.in_color_space = four                       ? JCS_CMYK
                         : kind.inks == Inks::kGrey ? JCS_GRAYSCALE
                                                    : JCS_RGB;
  jpeg_set_defaults(&codec);
  if (kind.inks == Inks::kRgb) jpeg_set_colorspace(&codec, JCS_RGB);
  if (kind.inks == Inks::kYcck) jpeg_set_colorspace(&codec, JCS_YCCK);
  jpeg_set_quality(&codec, kind.quality, TRUE);
  for (int i = 0; i < codec.num_components; ++i) {
    codec.comp_info[i].h_samp_factor = i == 0 ? kind.across : 1;
    codec.comp_info[i].v_samp_factor = i == 0 ? kind.down : 1;
  }
  codec.restart_interval = kind.restart;
  if (kind.progressive) jpeg_simple_progression(&codec);
  codec.arith_code = kind.arithmetic ? TRUE : FALSE;
}

}  // namespace

std::string JpegKind::text() const {
  return fmt::format("{}x{} inks {} {}x{} q{} restart {}{}{}", width, height,
                     static_cast<int>(inks), across, down, quality, restart,
                     progressive ? " progressive" : "",
                     arithmetic ? " arithmetic" : "");
}

JpegKind random_kind(std::uint64_t seed, std::size_t most) {
  std::mt19937_64 random(seed);
  const auto one_in = [&](std::uint64_t n) { return random() % n == 0; };
  JpegKind kind;
  kind.width = one_in(8) ? 1 + random() % 10 : 1 + random() % most;
  kind.height = one_in(8) ? 1 + random() % 10 : 1 + random() % most;
  if (one_in(3)) kind.inks = static_cast<Inks>(random() % 5);
  constexpr int kSamplings[][2] = {{1, 1}, {2, 1}, {2, 2}, {2, 2},
                                   {1, 2}, {4, 1}, {4, 2}, {1, 4}};
  const auto& sampling = kSamplings[random() % std::size(kSamplings)];
  kind.across = sampling[0];
  kind.down = sampling[1];
  // Ten blocks are the most that a unit may have.
  if (count_of(kind.inks) == 4 && kind.across * kind.down > 4) kind.down = 1;
  kind.quality = static_cast<int>(random() % 100 + 1);
  if (one_in(3)) kind.restart = static_cast<unsigned>(random() % 20);
  kind.progressive = one_in(5);
  kind.arithmetic = one_in(12);
  return kind;
}

std::string jpeg_file(const JpegKind& kind, std::uint64_t seed) {
  jpeg_compress_struct codec = {};
  jpeg_error_mgr errors = {};
  codec.err = jpeg_std_error(&errors);
  jpeg_create_compress(&codec);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&codec, &bytes, &size);
  describe(codec, kind);
  jpeg_start_compress(&codec, TRUE);
  std::mt19937_64 random(seed);
  const unsigned noise = 1 + static_cast<unsigned>(random() % 256);
  const std::size_t cell = 1 + random() % 40;
  std::vector<JSAMPLE> row(kind.width * count_of(kind.inks));
  for (std::size_t y = 0; y < kind.height; ++y) {
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i] =
          static_cast<JSAMPLE>((i / (4 * cell) + y / cell) % 2 * 120 +
                               (i * 3 + y * 5) / cell % 90 + random() % noise);
    JSAMPROW rows = row.data();
    jpeg_write_scanlines(&codec, &rows, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  std::string file(reinterpret_cast<const char*>(bytes), size);
  std::free(bytes);
  return file;
}

}  // namespace imsearch::test
