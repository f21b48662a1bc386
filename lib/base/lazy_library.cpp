#include "base/lazy_library.h"

#include "base/error.h"

#include <dlfcn.h>

#include <string>

namespace imsearch {

// All symbols are resolved now: a decoder that runs in a copy of this process
// (base/isolated.h) should not meet the linker there.
LazyLibrary::LazyLibrary(const char* file, const char* package)
    : file_(file), library_(::dlopen(file, RTLD_NOW | RTLD_LOCAL)) {
  if (library_ != nullptr) return;
  const char* reason = ::dlerror();
  const std::string text = reason == nullptr ? "" : reason;
  // Not the file but one that it needs, or a damaged one: the linker says it.
  if (text.find("No such file") == std::string::npos)
    fail("{} cannot be loaded: {}", file, text);
  fail("{} is missing: install {}", file, package);
}

LazyLibrary::Function LazyLibrary::function(const char* name) const {
  void* address = ::dlsym(library_, name);
  if (address == nullptr)
    fail("{} is older than this program: it has no {}", file_, name);
  return Function(address);
}

}  // namespace imsearch
