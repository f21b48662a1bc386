// Which pictures a terminal can show is not written in one place: kitty and
// iTerm2 and those that speak as they do are known by variables that they set,
// and sixel by the answer to "primary device attributes" (DA1), in which a 4
// says so.
#include "query/previews.h"

#include "common/standard_streams.h"

#include "base/error.h"
#include "io/descriptor.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace imsearch {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Without echo and by single bytes, until it goes.
class RawMode {
 public:
  explicit RawMode(int terminal) : terminal_(terminal) {
    if (::tcgetattr(terminal, &old_) != 0) return;
    termios raw = old_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    changed_ = ::tcsetattr(terminal, TCSANOW, &raw) == 0;
  }
  ~RawMode() {
    if (changed_) ::tcsetattr(terminal_, TCSANOW, &old_);
  }
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;

 private:
  int terminal_;
  termios old_{};
  bool changed_ = false;
};

/// The terminal's answer to DA1; empty where none comes in half a second.
std::string device_attributes() {
  constexpr int kPatience_ms = 500;
  const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal.valid()) return "";
  const RawMode raw(terminal.get());
  constexpr std::string_view kQuestion = "\x1b[c";
  if (::write(terminal.get(), kQuestion.data(), kQuestion.size()) < 0)
    return "";
  std::string answer;
  pollfd waiting = {terminal.get(), POLLIN, 0};
  while (answer.find('c') == std::string::npos &&
         ::poll(&waiting, 1, kPatience_ms) > 0) {
    char byte = 0;
    if (::read(terminal.get(), &byte, 1) != 1) break;
    answer += byte;
  }
  return answer;
}

/// "\x1b[?62;4;22c": between the semicolons there is a 4.
bool shows_sixel() {
  const std::string answer = device_attributes();
  const std::size_t begin = answer.find('?');
  if (begin == std::string::npos) return false;
  std::string list = ";" + answer.substr(begin + 1);
  std::replace(list.begin(), list.end(), 'c', ';');
  return list.find(";4;") != std::string::npos;
}

}  // namespace

PictureProtocol protocol_of_terminal(const std::string& wanted) {
  if (wanted == "kitty") return PictureProtocol::kKitty;
  if (wanted == "iterm2") return PictureProtocol::kIterm2;
  if (wanted == "sixel") return PictureProtocol::kSixel;
  const std::string term = variable("TERM");
  const std::string program = variable("TERM_PROGRAM");
  if (!variable("KITTY_WINDOW_ID").empty() || term == "xterm-kitty" ||
      term == "xterm-ghostty" || program == "ghostty")
    return PictureProtocol::kKitty;
  if (program == "iTerm.app" || program == "WezTerm" ||
      variable("LC_TERMINAL") == "iTerm2")
    return PictureProtocol::kIterm2;
  if (shows_sixel()) return PictureProtocol::kSixel;
  fail(
      "--preview: this terminal does not say that it shows pictures: "
      "--preview=kitty, =iterm2 or =sixel sends them all the same, --sheet and "
      "--html show them elsewhere");
}

void print_previews(const Terminal& terminal, PictureProtocol protocol,
                    const std::vector<std::string>& paths, bool query_first) {
  constexpr std::size_t kPixelsOfColumn = 8;  // where it is not known
  const std::size_t pixels =
      terminal.columns *
      (terminal.column_pixels > 0 ? terminal.column_pixels : kPixelsOfColumn);
  std::vector<StripTile> tiles;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const std::size_t rank = query_first ? i : i + 1;
    tiles.push_back({paths[i], rank == 0 ? "query" : std::to_string(rank)});
  }
  for (const Image& strip : draw_strips(tiles, pixels))
    imsearch::print(terminal_picture(strip, protocol) + "\n");
}

}  // namespace imsearch
