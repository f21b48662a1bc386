// In place of lib/simd/dispatch.cpp: the tables that the emulated test covers.
#include "simd/tables.h"

namespace imsearch::simd {

const Kernels* const* supported() {
  static const Kernels* const kTables[] = {&kAvx512, &kScalar, nullptr};
  return kTables;
}

}  // namespace imsearch::simd
