// main() of every test binary.
#define DOCTEST_CONFIG_IMPLEMENT
#include "simd/kernels.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr int kSkipped = 77;  // ctest's SKIP_RETURN_CODE

bool table_is_supported(const std::string& name) {
  for (auto table = imsearch::simd::supported(); *table != nullptr; ++table)
    if (name == (*table)->name) return true;
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  const char* table = std::getenv("IMSEARCH_SIMD");
  if (table != nullptr && !table_is_supported(table)) {
    std::printf("skipped: this CPU has no %s\n", table);
    return kSkipped;
  }
  return doctest::Context(argc, argv).run();
}
