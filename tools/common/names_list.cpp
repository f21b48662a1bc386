// Lists of names are looked at as they are read, since one that was written in
// another way than it is read gives wrong names without a word.
//
// What no file can be called is an error that names the remedy. What a file can
// be called, but hardly is (a name that ends in CR, or begins with a byte-order
// mark), is taken as it stands and said once. Only the first name is looked at
// for images and encodings: they spoil all of a list or nothing.
#include "common/names_list.h"

#include "common/cli.h"

#include <array>

namespace imsearch {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  const char* format;
};

// What begins no path. BMP and PNM are not here: they begin with letters.
constexpr std::array<Signature, 6> kImages = {{{0, "\xFF\xD8\xFF"sv, "JPEG"},
                                               {0, "\x89PNG"sv, "PNG"},
                                               {0, "GIF89a"sv, "GIF"},
                                               {0, "GIF87a"sv, "GIF"},
                                               {8, "WEBPVP8"sv, "WebP"},
                                               {4, "ftyp"sv, "HEIC or AVIF"}}};

/// What std::string_view::starts_with() of C++20 does.
bool begins_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

/// The format of an image that was handed over where its name belongs; null for
/// what may be a name.
const char* image_format(std::string_view name) {
  for (const Signature& image : kImages)
    if (name.size() > image.offset &&
        begins_with(name.substr(image.offset), image.bytes))
      return image.format;
  return nullptr;
}

}  // namespace

ListCheck::ListCheck(const std::string& path, Separator separator)
    : where_(path == "-" ? "standard input" : path), separator_(separator) {}

void ListCheck::look_at_first(std::string_view name) const {
  if (const char* format = image_format(name))
    fail(
        "{}: a {} image, where the paths or names of images are read: name "
        "the file itself",
        where_, format);
  // UTF-16 as Windows PowerShell redirects it: every other byte of plain names
  // is NUL, so the names would be cut or refused one by one, with no word of
  // why.
  const bool wide =
      begins_with(name, "\xFF\xFE") || begins_with(name, "\xFE\xFF");
  if (wide && name.find('\0') != std::string_view::npos)
    fail(
        "{}: text in UTF-16, whose names no file has: iconv -f UTF-16 -t "
        "UTF-8 makes a list of it",
        where_);
  if (begins_with(name, kByteOrderMark))
    cli::say(fmt::format(
        "{}: begins with a byte-order mark, which is read as a part of the "
        "first name: sed '1s/^\\xEF\\xBB\\xBF//' takes it away",
        where_));
}

void ListCheck::look_at(std::string_view name) {
  if (names_++ == 0) look_at_first(name);
  if (name.find('\0') != std::string_view::npos)
    throw NulInName(fmt::format(
        "{}: name {} holds a NUL byte: names that end with NUL, as find "
        "-print0 prints them, are read with -0",
        where_, names_));
  // With -0, a whole list of lines arrives as one name.
  ends_in_newline_ = !name.empty() && name.back() == '\n';
  // Several lines are not a name. Said at once: a program may wait for answers.
  if (names_ == 1 && ends_in_newline_ && name.find('\n') + 1 < name.size())
    finish();
  if (said_cr_ || name.empty() || name.back() != '\r') return;
  said_cr_ = true;
  cli::say(fmt::format(
      "{}: name {} ends in CR, as lines from Windows do, which is read as a "
      "part of it: tr -d '\\r' takes it away",
      where_, names_));
}

void ListCheck::finish() const {
  if (separator_ == Separator::kNul && names_ == 1 && ends_in_newline_)
    fail("{}: one name that ends with a newline: lines are read without -0",
         where_);
}

Names read_list(const std::string& path, Separator separator) {
  Names names = read_names(path, separator);
  ListCheck check(path, separator);
  for (std::size_t i = 0; i < names.size(); ++i) check.look_at(names[i]);
  check.finish();
  return names;
}

std::string other_separator_hint(const std::string& path, Separator separator,
                                 std::size_t rows) {
  const bool null = separator == Separator::kNul;
  if (read_names(path, separator_of(!null)).size() != rows) return "";
  return null ? "; they end with newlines: leave out -0, or have them end with "
                "NUL, which tr '\\n' '\\0' makes of newlines"
              : "; they end with NUL: give -0";
}

void check_list(const NamesFile& file, Separator separator) {
  ListCheck check(file.path(), separator);
  NamesFile::Reader reader(file, 0);
  for (std::size_t i = 0; i < file.size(); ++i) check.look_at(reader.next());
  check.finish();
}

}  // namespace imsearch
