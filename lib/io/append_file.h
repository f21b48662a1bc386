// Files that grow in place, and shrink back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace imsearch {

/// Drops what is behind `size_bytes` of the file, which must have as many, and
/// syncs it. Throws Error.
void cut_file(const std::string& path, std::uint64_t size_bytes);

/// Puts `text` and then the content of the file `from` behind the first
/// `size_bytes` of the file, drops what was there, and syncs it. Throws Error;
/// part of it may be there then.
void append_file(const std::string& path, std::uint64_t size_bytes,
                 std::string_view text, const std::string& from);

}  // namespace imsearch
