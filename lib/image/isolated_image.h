// Decoding in a process of its own, for libraries that believe what a file says
// of itself: libheif and libjxl take the memory for streams whose size is known
// only once they are decoded, and have crashed on damaged files often enough.
#pragma once

#include "image/image.h"

#include <functional>

namespace imsearch {

/// What `decode` gives, called in a copy of this process (base/isolated.h).
/// Throws what it throws: Error, NeedsMemory, std::bad_alloc; Error if it
/// crashes or finds no end: "HEIC: libheif crashed on it (signal 11)". `kind`
/// and `library` are for that. `decode` may use no lock that another thread of
/// this process may hold. Thread-safe.
Image isolated_image(const char* kind, const char* library,
                     const std::function<Image()>& decode);

/// For `decode`, once it knows from a header what it needs: from here on the
/// process gets `bytes` more and not many beside. Without effect outside of
/// isolated_image().
void promise_memory(std::uint64_t bytes);

}  // namespace imsearch
