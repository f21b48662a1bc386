#include "view/duplicates_page.h"

#include "base/error.h"
#include "io/file.h"
#include "view/html.h"
#include "view/page.h"
#include "view/page_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace imsearch {
namespace {

/// Groups whose pictures are decoded together.
constexpr std::size_t kGroupsTogether = 32;

std::string marked(bool differs, const std::string& text) {
  return fmt::format("<span class=\"fact{}\">{}</span>",
                     differs ? " differs" : "", text);
}

/// Whether one shows more at a side than the other: their proportions differ
/// by more than rounding to pixels makes.
bool is_cropped(const ShownPicture& a, const ShownPicture& b) {
  if (a.width == 0 || b.width == 0) return false;
  const auto ratio = [](const ShownPicture& p) {
    return static_cast<double>(p.width) / static_cast<double>(p.height);
  };
  constexpr double kRounding = 0.02;
  const double change = ratio(a) / ratio(b);
  // Turned by a quarter is not cropped.
  const double turned = ratio(a) * ratio(b);
  return std::fabs(change - 1) > kRounding && std::fabs(turned - 1) > kRounding;
}

/// To the byte where a rounded number would be the same for both.
std::string bytes_text(const ShownPicture& shown, const ShownPicture& kept) {
  const auto rounded = [](const ShownPicture& picture) {
    return human_bytes(static_cast<double>(picture.bytes));
  };
  if (shown.bytes != kept.bytes && rounded(shown) == rounded(kept))
    return grouped(shown.bytes) + " bytes";
  return rounded(shown);
}

/// What is known of the file, with what differs from the one to keep.
std::string facts(const ShownPicture& shown, const ShownPicture& kept) {
  std::string text;
  const auto add = [&](bool differs, const std::string& fact) {
    if (!text.empty()) text += " \xC2\xB7 ";
    text += marked(differs, fact);
  };
  if (shown.width > 0)
    add(shown.width != kept.width || shown.height != kept.height,
        fmt::format("{} \xC3\x97 {}", shown.width, shown.height));
  if (shown.there) add(shown.bytes != kept.bytes, bytes_text(shown, kept));
  if (!shown.date.empty()) add(shown.date != kept.date, shown.date);
  if (is_cropped(shown, kept)) add(true, "other proportions");
  return text;
}

void write_image(const PageDuplicate& image, const ShownPicture& shown,
                 const ShownPicture& kept, bool keep, PageWriter& page) {
  page.write(fmt::format(
      "<figure class=\"{}\" data-path=\"{}\" data-bytes=\"{}\">{}<figcaption>"
      "<label><input type=\"checkbox\" class=\"keep\"{}> keep</label>"
      "<span class=\"name\">{}</span><small>{}{}</small></figcaption>"
      "</figure>\n",
      keep ? "kept" : "given", url_path(absolute_path(image.path)), shown.bytes,
      picture_html(shown, image.name), keep ? " checked" : "",
      html_name(image.name), facts(shown, kept),
      image.relation.empty()
          ? std::string()
          : fmt::format("<br>{} \xC2\xB7 {:.3f}", html_text(image.relation),
                        image.similarity)));
}

void write_groups(const std::vector<PageGroup>& groups, std::size_t begin,
                  std::size_t end, PageWriter& page) {
  std::vector<std::string> paths;
  for (std::size_t g = begin; g < end; ++g)
    for (const PageDuplicate& image : groups[g]) paths.push_back(image.path);
  const std::vector<ShownPicture> shown = page.show(paths);
  std::size_t at = 0;
  for (std::size_t g = begin; g < end; ++g) {
    const std::size_t first = at;
    page.write(
        fmt::format("<section class=\"group\" tabindex=\"-1\"><h2>Group {}</h2>"
                    "<div class=\"row\">\n",
                    g + 1));
    for (const PageDuplicate& image : groups[g]) {
      write_image(image, shown[at], shown[first], at == first, page);
      ++at;
    }
    page.write("</div></section>\n");
  }
}

void write_header(const std::vector<PageGroup>& groups, PageWriter& page) {
  std::size_t images = 0;
  for (const PageGroup& group : groups) images += group.size();
  page.write(fmt::format(
      "<header><h1>{} of duplicates, {}</h1><p class=\"keys\">Choose what to "
      "keep; the line below gives the list of the rest. Nothing is deleted "
      "here. Keys: <kbd>j</kbd> <kbd>k</kbd> next and previous group, "
      "<kbd>1</kbd> to <kbd>9</kbd> keep that picture or not, "
      "<kbd>\xE2\x86\x90</kbd> <kbd>\xE2\x86\x92</kbd> pictures, "
      "<kbd>Enter</kbd> opens one</p></header>\n<main>\n",
      counted(groups.size(), "group"), counted(images, "picture")));
}

}  // namespace

std::size_t write_duplicates_page(const std::vector<PageGroup>& groups,
                                  const std::string& path,
                                  const OnProgress& on_progress) {
  for (const PageGroup& group : groups)
    for (const PageDuplicate& image : group)
      if (same_file(image.path, path))
        fail("{}: one of the pictures to show: the page would replace it",
             path);
  PageWriter page(path, counted(groups.size(), "group") + " of duplicates",
                  duplicates_script());
  write_header(groups, page);
  for (std::size_t begin = 0; begin < groups.size(); begin += kGroupsTogether) {
    const std::size_t end = std::min(groups.size(), begin + kGroupsTogether);
    write_groups(groups, begin, end, page);
    if (on_progress) on_progress(end);
  }
  page.write(
      "</main>\n<footer><output></output><button id=\"copy\">Copy list</button>"
      "<button id=\"list\">Save list (NUL)</button><button id=\"script\">Save "
      "script that moves them</button></footer>\n");
  page.commit();
  return page.missing();
}

}  // namespace imsearch
