// Pictures are decoded by all CPUs, some dozens at a time, and written in
// order.
#include "view/page.h"

#include "archive/member_cursor.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "base/progress.h"
#include "io/file.h"
#include "io/folder.h"
#include "io/memory_turn.h"
#include "io/own_mark.h"
#include "io/text.h"
#include "view/html.h"
#include "view/page_text.h"
#include "view/picture.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <time.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

namespace imsearch {
namespace {

constexpr std::size_t kSide = 224;

/// A page may run its own script alone, and load nothing but pictures that lie
/// beside it: so a name that broke out of its place could do nothing.
constexpr const char* kPolicy =
    "default-src 'none'; img-src 'self' data: file:; style-src "
    "'nonce-imsearch'; script-src 'nonce-imsearch'; form-action 'none'; "
    "base-uri 'none'";

/// "answers_files" for "answers.html".
std::string folder_beside(const std::string& page) {
  const std::string ending = ending_of(page);
  const std::size_t cut = ending.empty() ? 0 : ending.size() + 1;
  return page.substr(0, page.size() - cut) + "_files";
}

/// Unknown where the archive has no such member, or cannot be read.
FileFacts facts_of_existing(const MemberPath& path) {
  try {
    return facts_of_member(path);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    return {};
  }
}

/// Of a file or, with the link to that, of a member of an archive.
void look_at_file(const std::string& path, const std::string& page,
                  ShownPicture& picture) {
  if (path.empty()) return;
  FileFacts facts = facts_of_status(path);
  std::string file = path;
  if (!facts.known)
    if (const auto member = member_path(path)) {
      facts = facts_of_existing(*member);
      file = member->archive;
    }
  if (!facts.known) return;
  picture.there = true;
  picture.bytes = facts.bytes;
  const time_t seconds = facts.modified_ns / 1'000'000'000;
  tm time{};
  std::array<char, 16> text{};
  if (::localtime_r(&seconds, &time) != nullptr &&
      ::strftime(text.data(), text.size(), "%Y-%m-%d", &time) > 0)
    picture.date = text.data();
  picture.link = link_from(page, file);
}

std::optional<Thumbnail> try_thumbnail(const std::string& path) {
  try {
    return make_thumbnail(path, kSide);
  } catch (const OutOfMemory&) {
    throw;
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

PageWriter::PageWriter(const std::string& path, const std::string& title,
                       std::string_view script, std::size_t embedded_bytes)
    : file_(path),
      path_(path),
      folder_(folder_beside(path)),
      room_(embedded_bytes) {
  file_.write(fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "
      "charset=\"utf-8\">\n{}\n<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"{}\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<meta "
      "name=\"referrer\" content=\"no-referrer\">\n<meta "
      "name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n"
      "<style nonce=\"imsearch\">{}</style>\n<script nonce=\"imsearch\" "
      ">addEventListener('DOMContentLoaded',()=>{{{}}});</script>\n</head>\n"
      "<body>\n",
      kPageMark, kPolicy, html_name(title), page_style(), script));
}

PageWriter::~PageWriter() {
  if (committed_) return;
  std::error_code ignored;
  for (const std::string& file : beside_)
    std::filesystem::remove(file, ignored);
  if (made_folder_) std::filesystem::remove(folder_, ignored);
}

/// The thumbnail in the page, or where it lies beside it.
std::string PageWriter::source_of(const std::string& jpeg) {
  const std::string digits = base64(jpeg);
  if (digits.size() <= room_) {
    room_ -= digits.size();
    return "data:image/jpeg;base64," + digits;
  }
  room_ = 0;  // from here on all of them, so that the page does not grow on
  if (beside_.empty() && ::mkdir(folder_.c_str(), 0777) == 0)
    made_folder_ = true;
  const std::string name = fmt::format("{:06}.jpg", beside_.size() + 1);
  beside_.push_back(join_path(folder_, name));
  // Not synced, each of thousands: the page alone says that it is complete.
  std::ofstream output(beside_.back(), std::ios::binary);
  output << jpeg;
  output.close();
  if (!output) fail("{}: {}", beside_.back(), errno_text(errno));
  return "./" + url_path(join_path(base_name(folder_), name));
}

std::vector<ShownPicture> PageWriter::show(
    const std::vector<std::string>& paths) {
  std::vector<ShownPicture> pictures(paths.size());
  std::vector<std::optional<Thumbnail>> thumbnails(paths.size());
  parallel_for(paths.size(), 1, 0,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 for (std::size_t i = begin; i < end; ++i) {
                   look_at_file(paths[i], path_, pictures[i]);
                   if (pictures[i].there)
                     thumbnails[i] = try_thumbnail(paths[i]);
                 }
               });
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!pictures[i].there && !paths[i].empty()) ++missing_;
    if (!thumbnails[i]) continue;
    const Thumbnail& thumbnail = *thumbnails[i];
    pictures[i].source = source_of(thumbnail.jpeg);
    pictures[i].shown_width = thumbnail.shown_width;
    pictures[i].shown_height = thumbnail.shown_height;
    pictures[i].width = thumbnail.width;
    pictures[i].height = thumbnail.height;
  }
  return pictures;
}

void PageWriter::commit() {
  file_.write("</body>\n</html>\n");
  file_.commit();
  committed_ = true;
}

std::string picture_html(const ShownPicture& picture, const std::string& name) {
  const std::string shown =
      picture.source.empty()
          ? std::string("<span class=\"none\">no picture</span>")
          : fmt::format(
                "<img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}\" "
                "loading=\"lazy\" decoding=\"async\">",
                picture.source, picture.shown_width, picture.shown_height,
                html_name(name));
  if (picture.link.empty())
    return "<span class=\"picture\" tabindex=\"0\">" + shown + "</span>";
  return "<a class=\"picture\" href=\"" + html_text(picture.link) + "\">" +
         shown + "</a>";
}

std::string facts_html(const ShownPicture& picture) {
  std::string text;
  const auto add = [&](const std::string& fact) {
    if (!text.empty()) text += " \xC2\xB7 ";
    text += "<span class=\"fact\">" + fact + "</span>";
  };
  if (picture.width > 0)
    add(fmt::format("{} \xC3\x97 {}", picture.width, picture.height));
  if (picture.there) add(human_bytes(static_cast<double>(picture.bytes)));
  if (!picture.date.empty()) add(picture.date);
  return text;
}

}  // namespace imsearch
