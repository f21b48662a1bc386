// Where libsixel's headers were missing when this was built.
#include "base/error.h"
#include "view/terminal_picture.h"

namespace imsearch {

std::string to_sixel(const Image&) {
  fail("this imsearch was built without libsixel-dev: it makes no sixels");
}

}  // namespace imsearch
