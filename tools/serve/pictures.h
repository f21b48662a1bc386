// Thumbnails of the images that an index names, made when they are asked for.
#pragma once

#include "io/descriptor.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace imsearch {

/// Opens the regular file that `name` means: counted from the folder `root` and
/// somewhere below it, wherever links lead. An absolute name must lie below it
/// as well. Throws RequestError: 404 for all that is not there, or not below.
Descriptor open_below(const std::string& root, const std::string& name);

/// Any thread.
class Pictures {
 public:
  static constexpr std::size_t kSide = 256;  // pixels
  static constexpr std::size_t kMostCachedBytes = std::size_t{32} << 20;
  /// Of an image file, and of an archive that must be unpacked to be read.
  static constexpr std::size_t kMostFileBytes = std::size_t{128} << 20;

  /// Of the image file that `name` means, counted from `root`, or of one in an
  /// archive: the bytes of a JPEG. `root` empty: no pictures are shown. Throws
  /// RequestError, with status 404 where the file cannot be shown; OutOfMemory,
  /// std::bad_alloc where it might be later.
  std::shared_ptr<const std::string> thumbnail(const std::string& root,
                                               const std::string& name);

  /// Throws RequestError, with the reason, where it cannot be opened.
  static void check(const std::string& root, const std::string& name);

  /// Whether the file that `name` means is shown here and has these bytes.
  static bool has_bytes(const std::string& root, const std::string& name,
                        std::string_view bytes);

  std::size_t cached_bytes() const;

 private:
  struct Cached {
    std::string key;
    std::shared_ptr<const std::string> jpeg;
  };

  std::shared_ptr<const std::string> cached(const std::string& key);
  void keep(const std::string& key, std::shared_ptr<const std::string> jpeg);

  mutable std::mutex mutex_;
  std::list<Cached> kept_;  // the latest asked for in front
  std::unordered_map<std::string, std::list<Cached>::iterator> places_;
  std::size_t bytes_ = 0;
};

}  // namespace imsearch
