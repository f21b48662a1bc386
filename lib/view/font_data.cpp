#include "view/font_data.h"

// The assembler copies the file that CMake names; the compiler sees no bytes.
asm(".pushsection .rodata\n"
    ".balign 16\n"
    "imsearch_font_data:\n"
    ".incbin \"" IMSEARCH_FONT_FILE
    "\"\n"
    ".popsection\n");

extern "C" const unsigned char imsearch_font_data[];

namespace imsearch {

const unsigned char* font_data() {
  return imsearch_font_data;
}

}  // namespace imsearch
