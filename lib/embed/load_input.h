// One image file to one network input, as extract and query need it for each of
// the files that they are given.
#pragma once

#include "image/preprocess.h"
#include "io/image_file.h"
#include "io/ledger.h"

#include <cstddef>
#include <string>

namespace imsearch {

/// Reads and preprocesses one image file: preprocessing.input_floats() values.
/// Throws Error with the reason alone, since callers name the image themselves;
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

}  // namespace imsearch
