// libtiff, loaded when it is needed, and one TIFF in memory.
#pragma once

#include "base/lazy_library.h"

#include <tiffio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace imsearch {

struct Tiff : LazyLibrary {
  Tiff() : LazyLibrary("libtiff.so.6", "libtiff6") {}

  decltype(&TIFFOpenOptionsAlloc) options_alloc =
      function("TIFFOpenOptionsAlloc");
  decltype(&TIFFOpenOptionsFree) options_free = function("TIFFOpenOptionsFree");
  decltype(&TIFFOpenOptionsSetMaxSingleMemAlloc) set_max_memory =
      function("TIFFOpenOptionsSetMaxSingleMemAlloc");
  decltype(&TIFFOpenOptionsSetErrorHandlerExtR) set_error_handler =
      function("TIFFOpenOptionsSetErrorHandlerExtR");
  decltype(&TIFFOpenOptionsSetWarningHandlerExtR) set_warning_handler =
      function("TIFFOpenOptionsSetWarningHandlerExtR");
  decltype(&TIFFClientOpenExt) open = function("TIFFClientOpenExt");
  decltype(&TIFFClose) close = function("TIFFClose");
  decltype(&TIFFGetField) get = function("TIFFGetField");
  decltype(&TIFFGetFieldDefaulted) get_defaulted =
      function("TIFFGetFieldDefaulted");
  decltype(&TIFFSetField) set = function("TIFFSetField");
  decltype(&TIFFIsTiled) is_tiled = function("TIFFIsTiled");
  decltype(&TIFFIsCODECConfigured) has_codec =
      function("TIFFIsCODECConfigured");
  decltype(&TIFFStripSize64) strip_bytes = function("TIFFStripSize64");
  decltype(&TIFFTileSize64) tile_bytes = function("TIFFTileSize64");
  decltype(&TIFFComputeStrip) strip_number = function("TIFFComputeStrip");
  decltype(&TIFFReadEncodedStrip) read_strip = function("TIFFReadEncodedStrip");
  decltype(&TIFFReadTile) read_tile = function("TIFFReadTile");
  decltype(&TIFFReadRGBAStripExt) read_rgba_strip =
      function("TIFFReadRGBAStripExt");
  decltype(&TIFFReadRGBATileExt) read_rgba_tile =
      function("TIFFReadRGBATileExt");

  /// Throws Error: it is not there.
  static const Tiff& library();
};

/// The first picture of a file that lies in memory. One thread at a time.
class TiffFile {
 public:
  /// Throws Error with the reason alone.
  explicit TiffFile(std::string_view bytes);

  TIFF* handle() const { return handle_.get(); }

  /// A number of the directory, or what TIFF says that it is where it is
  /// missing.
  std::uint16_t number_16(std::uint32_t tag) const;
  std::uint32_t number_32(std::uint32_t tag) const;
  bool has(std::uint32_t tag) const;

  /// What libtiff did not like first, for people: "invalid TIFF: …".
  [[noreturn]] void fail_with_reason() const;

 private:
  struct Source {
    std::string_view bytes;
    std::size_t position = 0;
    std::array<char, 200> reason{};  // empty: no error yet
  };

  static int on_error(TIFF* handle, void* source, const char* where,
                      const char* format, va_list values);
  static int on_warning(TIFF* handle, void* source, const char* where,
                        const char* format, va_list values);
  static tmsize_t read(thandle_t source, void* out, tmsize_t count);
  static tmsize_t write(thandle_t source, void* out, tmsize_t count);
  static toff_t seek(thandle_t source, toff_t offset, int from);
  static int close(thandle_t source);
  static toff_t size(thandle_t source);
  static int map(thandle_t source, void** begin, toff_t* size);
  static void unmap(thandle_t source, void* begin, toff_t size);

  std::unique_ptr<Source> source_;
  std::unique_ptr<TIFF, void (*)(TIFF*)> handle_;
};

}  // namespace imsearch
