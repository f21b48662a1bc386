// A shared library that is loaded when a file first needs it.
//
// Most folders have no picture of the rarer kinds, and their libraries bring
// others along: linked, they would cost every start what few runs need. Headers
// give the types of the functions, the system's linker the functions.
#pragma once

#include <string>

namespace imsearch {

/// Stays loaded to the end of the process. A decoder derives from it a
/// structure whose members are the functions that it calls:
///
///   struct Heif : LazyLibrary {
///     Heif() : LazyLibrary("libheif.so.1", "libheif1") {}
///     decltype(&heif_context_alloc) context_alloc =
///         function("heif_context_alloc");
///   };
class LazyLibrary {
 protected:
  /// `package` is the one of Debian that has the file. Throws Error: the
  /// library is not there ("libheif.so.1 is missing: install libheif1").
  LazyLibrary(const char* file, const char* package);

  /// A function, which becomes a pointer of the type that it is assigned to.
  class Function {
   public:
    explicit Function(void* address) : address_(address) {}
    template <typename F>
    operator F*() const {  // NOLINT(google-explicit-constructor)
      return reinterpret_cast<F*>(address_);
    }

   private:
    void* address_;
  };

  /// Throws Error: the library has no function of that name.
  Function function(const char* name) const;

 private:
  std::string file_;
  void* library_;
};

}  // namespace imsearch
