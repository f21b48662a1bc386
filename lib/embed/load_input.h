// One image to one network input, as extract and query need it for each of
// those that they are given: a file, or a member of an archive.
#pragma once

#include "archive/member_cursor.h"
#include "image/preprocess.h"
#include "io/image_file.h"
#include "io/ledger.h"
#include "io/memory_turn.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace imsearch {

/// Reads and preprocesses one image: preprocessing.input_floats() values. A
/// path that leads through a file is that of a member of an archive. Throws
/// Error with the reason alone, since callers name the image themselves;
/// OutOfMemory (io/memory_turn.h), which is not the image's fault, if memory
/// lacks at a second try, too. `facts` gets what the file was, as far as it was
/// read, also where the image is bad. Thread-safe: all threads of
/// the process together stay within the memory that there is, and images that
/// need more than 96 MB, or an eighth of it, are worked on one at a time. One
/// that needs more than there could ever be is a bad image.
void load_input(const std::string& path, const Preprocessing& preprocessing,
                float* input, FileFacts& facts);
void load_input(const std::string& path, const Preprocessing& preprocessing,
                float* input);

/// An image on its way to load_input().
struct PendingImage {
  std::string path;
  // Of a member of an archive that was read already, and the memory that it
  // takes; `reason`: or why it could not be.
  std::optional<MemberContent> content = {};
  std::unique_ptr<MemoryTurn> turn = {};
  std::string reason = {};
};

/// The same, in the thread that read it.
void load_input(PendingImage image, const Preprocessing& preprocessing,
                float* input, FileFacts& facts);

}  // namespace imsearch
