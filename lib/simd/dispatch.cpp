// Chooses the table: what the CPU and the system support is asked once. The
// bits of results are the same in each, so IMSEARCH_SIMD is for tests and
// measurements.
#include "simd/tables.h"

#include "base/error.h"

#if defined(__aarch64__)
#include <sys/auxv.h>
#elif defined(__x86_64__)
#include <cpuid.h>
#endif

#include <array>
#include <cstdlib>
#include <string>

namespace imsearch::simd {
namespace {

using List = std::array<const Kernels*, 5>;

#if defined(__x86_64__)
/// clang 14 does not know it by name. It needs nothing of the system that AVX2
/// does not need.
bool has_avx_vnni() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a >> 4U & 1U) != 0;
}
#endif

List find_supported() {
  List list = {};
  std::size_t count = 0;
#if defined(__x86_64__)
  // Whether the system saves the wider registers is asked as well, by the
  // compiler's own check.
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("fma"))
    list[count++] = &kAvx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    if (has_avx_vnni()) list[count++] = &kAvxVnni;
    list[count++] = &kAvx2;
  }
#elif defined(__aarch64__)
  if ((::getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0)
    list[count++] = &kNeonDotprod;
  list[count++] = &kNeon;
#endif
  list[count] = &kScalar;
  return list;
}

}  // namespace

const Kernels* const* supported() {
  static const List list = find_supported();
  return list.data();
}

const Kernels& choose(const char* name) {
  if (name == nullptr) return *supported()[0];
  std::string names;
  for (auto table = supported(); *table != nullptr; ++table) {
    if (std::string((*table)->name) == name) return **table;
    names += names.empty() ? "" : ", ";
    names += (*table)->name;
  }
  fail("IMSEARCH_SIMD={}: this CPU has {}", name, names);
}

const Kernels& active() {
  static const Kernels& table = choose(std::getenv("IMSEARCH_SIMD"));
  return table;
}

}  // namespace imsearch::simd
