// What code of this process prints.
#pragma once

#include <functional>
#include <string>

namespace imsearch::test {

/// The bytes that `body` writes to standard output, or to standard error, by
/// stdio or by itself. They go to a file meanwhile, so checks within `body`
/// would be silent. An exception passes through, and nothing stays redirected.
std::string printed_by(const std::function<void()>& body);
std::string complained_by(const std::function<void()>& body);

}  // namespace imsearch::test
