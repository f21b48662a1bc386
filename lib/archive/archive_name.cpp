#include "archive/archive_name.h"

#include "io/file.h"

#include <algorithm>
#include <array>

namespace imsearch {
namespace {

constexpr std::array<std::string_view, 6> kEndings = {"zip", "cbz", "tar",
                                                      "cbt", "7z",  "cpio"};
// Of an archive that is compressed as a whole, in one word.
constexpr std::array<std::string_view, 8> kShort = {
    "tgz", "taz", "tbz", "tbz2", "tb2", "txz", "tzst", "tzs"};
constexpr std::array<std::string_view, 4> kCompressed = {"gz", "bz2", "xz",
                                                         "zst"};

template <typename List>
bool has(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool starts_with(std::string_view text, std::string_view head) {
  return text.substr(0, head.size()) == head;
}

/// "a.tar.gz" and "a.tgz".
bool is_compressed_archive(const std::string& path) {
  const std::string ending = ending_of(path);
  if (has(kShort, ending)) return true;
  if (!has(kCompressed, ending)) return false;
  const std::string inner =
      ending_of(path.substr(0, path.size() - ending.size() - 1));
  return inner == "tar" || inner == "cpio";
}

bool looks_compressed(std::string_view bytes) {
  using namespace std::string_view_literals;
  return starts_with(bytes, "\x1f\x8b"sv) || starts_with(bytes, "BZh"sv) ||
         starts_with(bytes,
                     "\xfd"
                     "7zXZ\0"sv) ||
         starts_with(bytes, "\x28\xb5\x2f\xfd"sv);
}

}  // namespace

bool has_archive_ending(std::string_view path) {
  const std::string name(path.substr(path.rfind('/') + 1));
  return has(kEndings, ending_of(name)) || is_compressed_archive(name);
}

bool looks_like_archive(const std::string& path, std::string_view beginning) {
  using namespace std::string_view_literals;
  constexpr std::size_t kTarMagic = 257;
  if (looks_compressed(beginning)) return is_compressed_archive(path);
  for (const std::string_view magic :
       {"PK\3\4"sv, "PK\5\6"sv, "PK00PK\3\4"sv, "7z\xbc\xaf\x27\x1c"sv,
        "070701"sv, "070702"sv, "070707"sv, "\xc7\x71"sv})
    if (starts_with(beginning, magic)) return true;
  if (beginning.size() > kTarMagic &&
      starts_with(beginning.substr(kTarMagic), "ustar"))
    return true;
  // The oldest kind of tar has no mark.
  return ending_of(path) == "tar" && beginning.size() == 512;
}

std::optional<MemberPath> member_path(const std::string& path) {
  for (std::size_t at = path.find('/', 1); at != std::string::npos;
       at = path.find('/', at + 1)) {
    const std::string archive = path.substr(0, at);
    const std::size_t member = path.find_first_not_of('/', at);
    if (member == std::string::npos) return std::nullopt;
    if (is_directory(archive)) continue;
    if (!is_regular_file(archive)) return std::nullopt;
    return MemberPath{archive, path.substr(member)};
  }
  return std::nullopt;
}

std::optional<MemberPath> member_path_by_ending(const std::string& path) {
  const std::string_view text = path;
  for (std::size_t at = path.find('/', 1); at != std::string::npos;
       at = path.find('/', at + 1))
    if (has_archive_ending(text.substr(0, at))) return member_path(path);
  return std::nullopt;
}

std::string name_of_member(const std::string& archive,
                           const std::string& member) {
  return archive + "/" + member;
}

}  // namespace imsearch
