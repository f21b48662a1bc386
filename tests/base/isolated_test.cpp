#include "base/isolated.h"

#include "base/error.h"

#include <doctest/doctest.h>

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

using namespace imsearch;

namespace {

constexpr std::size_t kMaxBytes = 1'000'000;

std::string error_of(const std::function<std::string()>& work) {
  try {
    call_isolated("x.h5", "the library", kMaxBytes, work);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_SUITE("base") {
  TEST_CASE("what isolated work returns comes back, and nothing else") {
    int changed = 0;
    const auto give = [&](std::size_t size) {
      return call_isolated("x", "y", kMaxBytes, [&, size] {
        ++changed;
        return std::string(size, '\0');
      });
    };
    CHECK(give(0).empty());
    CHECK(give(3) == std::string(3, '\0'));
    CHECK(give(kMaxBytes).size() == kMaxBytes);
    CHECK(changed == 0);
  }

  TEST_CASE("what isolated work throws is thrown here") {
    CHECK(error_of([]() -> std::string { fail("x.h5: broken"); }) ==
          "x.h5: broken");
  }

  TEST_CASE("isolated work that crashes is an Error that says how") {
    for (const int number : {SIGSEGV, SIGABRT, SIGKILL})
      CHECK(error_of([=]() -> std::string {
              ::raise(number);
              return "";
            }) ==
            fmt::format("x.h5: the library crashed on it (signal {})", number));
    CHECK(error_of([]() -> std::string { ::_exit(3); }) ==
          "x.h5: the library gave up on it (exit code 3)");
    CHECK(error_of([]() -> std::string { ::_exit(0); }) ==
          "x.h5: the library gave up on it (exit code 0)");
  }

  TEST_CASE("isolated work that returns too much is refused") {
    CHECK(error_of([] { return std::string(kMaxBytes + 1, 'x'); }) ==
          "x.h5: the library gave more than 1000000 bytes");
    CHECK(error_of([] { return std::string(50 * kMaxBytes, 'x'); }) ==
          "x.h5: the library gave more than 1000000 bytes");
  }
}
