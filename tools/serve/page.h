// The page for people: texts of files that CMake builds in.
#pragma once

namespace imsearch {

extern const char* const kPageHtml;
extern const char* const kPageCss;
extern const char* const kPageJs;

}  // namespace imsearch
