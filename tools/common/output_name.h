// Names of outputs that promise a format.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace imsearch::cli {

/// Throws UsageError where `path`, given by `option`, ends like the files of
/// another format than `format`, which is what is written: "--sheet x.png: a
/// JPEG is written, and no .png: let the name end in .jpg". `endings`: those of
/// the format, in lower case, the usual one first. An ending that no format is
/// known by is taken as it is, as is none at all; case does not count.
void check_output_name(std::string_view option, const std::string& path,
                       std::string_view format,
                       std::initializer_list<std::string_view> endings);

}  // namespace imsearch::cli
