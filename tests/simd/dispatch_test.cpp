#include "base/error.h"
#include "simd/tables.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

using imsearch::Error;

TEST_SUITE("dispatch") {
  TEST_CASE("a forced table is the one in use") {
    const char* forced = std::getenv("IMSEARCH_SIMD");
    const std::string best = imsearch::simd::supported()[0]->name;
    CHECK(imsearch::simd::active().name == (forced ? forced : best));
    for (auto table = imsearch::simd::supported(); *table != nullptr; ++table)
      CHECK(&imsearch::simd::choose((*table)->name) == *table);
    CHECK(imsearch::simd::choose(nullptr).name == best);
  }

  TEST_CASE("an unknown table is an error that says what there is") {
    std::string text;
    try {
      imsearch::simd::choose("avx9000");
    } catch (const Error& error) {
      text = error.what();
    }
    CHECK(text.find("IMSEARCH_SIMD=avx9000: this CPU has ") == 0);
    CHECK(text.find("scalar") != std::string::npos);
    CHECK_THROWS_AS(imsearch::simd::choose(""), Error);
  }
}
