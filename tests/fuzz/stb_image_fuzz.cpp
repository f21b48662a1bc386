// stb_image from its header, so that it is instrumented too; these definitions
// come before those of the system's library.
#define STB_IMAGE_IMPLEMENTATION
#include <stb_image.h>
