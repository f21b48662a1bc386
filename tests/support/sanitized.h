// Whether the tests are built with a sanitizer.
#pragma once

namespace imsearch::test {

/// Sanitizers hold back what was freed, and end a process that lacks memory
/// where others see std::bad_alloc: limits of memory can't be tested then.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace imsearch::test
