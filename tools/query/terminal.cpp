#include "query/terminal.h"

#include "io/file.h"
#include "io/text.h"
#include "view/html.h"

#include <fmt/format.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>
#include <clocale>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <initializer_list>

namespace imsearch {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// As the C library decides: the first of these that is set.
bool locale_is_utf8() {
  std::string locale;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (locale.empty()) locale = variable(name);
  std::transform(locale.begin(), locale.end(), locale.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return locale.find("utf-8") != std::string::npos ||
         locale.find("utf8") != std::string::npos;
}

/// The C library's table, without the locale of this process.
std::size_t columns_of_character(char32_t c) {
  static const locale_t utf8 =
      ::newlocale(LC_CTYPE_MASK, "C.UTF-8", static_cast<locale_t>(nullptr));
  if (utf8 == static_cast<locale_t>(nullptr)) return 1;
  const locale_t old = ::uselocale(utf8);
  const int columns = ::wcwidth(static_cast<wchar_t>(c));
  ::uselocale(old);
  return columns < 0 ? 1 : static_cast<std::size_t>(columns);
}

struct Character {
  std::string_view bytes;
  std::size_t columns;
};

std::vector<Character> characters_of(std::string_view text) {
  std::vector<Character> characters;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    const std::size_t size = std::max<std::size_t>(point.size_bytes, 1);
    characters.push_back(
        {text.substr(0, size),
         point.size_bytes > 0 ? columns_of_character(point.value) : 1});
    text.remove_prefix(size);
  }
  return characters;
}

std::string styled(const Terminal& terminal, const char* style,
                   const std::string& text) {
  return terminal.styles ? fmt::format("\x1b[{}m{}\x1b[0m", style, text) : text;
}

std::string linked(const Terminal& terminal, const std::string& path,
                   const std::string& text) {
  if (!terminal.links || path.empty() || !file_exists(path)) return text;
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  // With the host, since a terminal may show what runs on another machine.
  return fmt::format("\x1b]8;;file://{}{}\x1b\\{}\x1b]8;;\x1b\\",
                     url_path(host.data()), url_path(absolute_path(path)),
                     text);
}

}  // namespace

Terminal terminal_of_output() {
  Terminal terminal;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.columns = size.ws_col;
    terminal.column_pixels = size.ws_xpixel / size.ws_col;
  }
  const std::string term = variable("TERM");
  const bool plain = term.empty() || term == "dumb";
  terminal.styles = !plain && variable("NO_COLOR").empty();
  // The console of Linux would show what it does not understand.
  terminal.links = !plain && term != "linux";
  terminal.utf8 = locale_is_utf8();
  return terminal;
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (const Character& character : characters_of(text))
    columns += character.columns;
  return columns;
}

std::string fitting(const Terminal& terminal, std::string_view name,
                    std::size_t columns) {
  std::string text = to_utf8(escape_field(name));
  if (!terminal.utf8)
    for (char& c : text)
      if ((static_cast<unsigned char>(c) & 0x80U) != 0) c = '?';
  if (columns_of(text) <= columns) return text;
  const std::string gap = terminal.utf8 ? "\xE2\x80\xA6" : "...";
  const std::size_t gap_columns = columns_of(gap);
  if (columns <= gap_columns) return gap.substr(0, terminal.utf8 ? 3 : columns);
  const std::vector<Character> characters = characters_of(text);
  // A third for the beginning: the end tells files of a folder apart.
  std::size_t room = columns - gap_columns;
  std::size_t first = room / 3;
  std::string head;
  std::size_t begin = 0;
  while (begin < characters.size() && characters[begin].columns <= first) {
    first -= characters[begin].columns;
    room -= characters[begin].columns;
    head += characters[begin++].bytes;
  }
  std::size_t end = characters.size();
  while (end > begin && characters[end - 1].columns <= room)
    room -= characters[--end].columns;
  std::string tail;
  for (; end < characters.size(); ++end) tail += characters[end].bytes;
  return head + gap + tail;
}

std::string answer_text(const Terminal& terminal, const std::string& label,
                        const std::string& picture, const Answer& answer,
                        const std::vector<std::string>& paths) {
  const std::size_t ranks = std::to_string(answer.hits.size()).size();
  // Two spaces, the rank, two spaces, the similarity, two spaces.
  constexpr std::size_t kSimilarity = 6;  // "-0.123"
  const std::size_t before = 2 + ranks + 2 + kSimilarity + 2;
  const std::size_t left =
      terminal.columns > before ? terminal.columns - before : 1;
  std::string text =
      styled(terminal, "1",
             linked(terminal, picture,
                    fitting(terminal, label,
                            std::max<std::size_t>(terminal.columns, 1)))) +
      "\n";
  if (answer.hits.empty()) text += "  nothing found\n";
  for (std::size_t i = 0; i < answer.hits.size(); ++i) {
    const std::string rank = fmt::format("  {:>{}}", i + 1, ranks);
    text += fmt::format(
        "{}  {:6.3f}  {}\n", styled(terminal, "2", rank),
        answer.hits[i].similarity(),
        linked(terminal, paths[i], fitting(terminal, answer.names[i], left)));
  }
  return text;
}

}  // namespace imsearch
