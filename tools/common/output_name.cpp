#include "common/output_name.h"

#include "common/cli.h"

#include "io/file.h"

#include <algorithm>
#include <array>

namespace imsearch::cli {
namespace {

constexpr std::array<std::string_view, 29> kKnown = {
    "jpg",  "jpeg", "jpe",  "jfif",  "png",  "gif", "bmp",  "webp",
    "tif",  "tiff", "svg",  "pdf",   "ps",   "eps", "heic", "avif",
    "ppm",  "pnm",  "tga",  "html",  "npy",  "npz", "csv",  "fvecs",
    "fbin", "h5",   "json", "u8bin", "i8bin"};

template <typename Endings>
bool has(const Endings& endings, const std::string& ending) {
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

}  // namespace

void check_output_name(std::string_view option, const std::string& path,
                       std::string_view format,
                       std::initializer_list<std::string_view> endings) {
  const std::string ending = ending_of(path);
  if (has(kKnown, ending) && !has(endings, ending))
    fail_usage("{} {}: {} is written, and no .{}: let the name end in .{}",
               option, path, format, ending, *endings.begin());
}

}  // namespace imsearch::cli
