#include "view/answer_page.h"

#include "base/error.h"
#include "io/file.h"
#include "view/html.h"
#include "view/page.h"
#include "view/page_text.h"

#include <fmt/format.h>

namespace imsearch {
namespace {

std::vector<std::string> paths_of(const PageAnswer& answer) {
  std::vector<std::string> paths = {answer.query.path};
  for (const PageImage& image : answer.found) paths.push_back(image.path);
  return paths;
}

void write_answer(const PageAnswer& answer, PageWriter& page) {
  const std::vector<ShownPicture> shown = page.show(paths_of(answer));
  page.write("<section class=\"answer\" tabindex=\"-1\">\n<h2>" +
             html_name(answer.query.name) + "</h2>\n<div class=\"row\">\n");
  if (!answer.query.path.empty())
    page.write("<figure class=\"asked\">" +
               picture_html(shown[0], answer.query.name) +
               "<figcaption><b>query</b><small>" + facts_html(shown[0]) +
               "</small></figcaption></figure>\n");
  if (answer.found.empty()) page.write("<p>Nothing was found.</p>\n");
  for (std::size_t i = 0; i < answer.found.size(); ++i) {
    const PageImage& image = answer.found[i];
    page.write(fmt::format(
        "<figure>{}<figcaption><b>{}</b> <span>{:.3f}</span><span "
        "class=\"name\">{}</span><small>{}</small></figcaption></figure>\n",
        picture_html(shown[i + 1], image.name), i + 1, image.similarity,
        html_name(image.name), facts_html(shown[i + 1])));
  }
  page.write("</div>\n</section>\n");
}

}  // namespace

std::size_t write_answer_page(const std::vector<PageAnswer>& answers,
                              const std::string& path) {
  for (const PageAnswer& answer : answers)
    for (const std::string& picture : paths_of(answer))
      if (same_file(picture, path))
        fail("{}: one of the pictures to show: the page would replace it",
             path);
  const std::string title = answers.size() == 1
                                ? "Similar to " + answers[0].query.name
                                : fmt::format("{} answers", answers.size());
  PageWriter page(path, title, answers_script());
  page.write("<header><h1>" + html_name(title) +
             "</h1><p class=\"keys\">Keys: <kbd>j</kbd> <kbd>k</kbd> next and "
             "previous query, <kbd>\xE2\x86\x90</kbd> <kbd>\xE2\x86\x92</kbd> "
             "pictures, <kbd>Enter</kbd> opens one</p></header>\n<main>\n");
  for (const PageAnswer& answer : answers) write_answer(answer, page);
  page.write("</main>\n");
  page.commit();
  return page.missing();
}

}  // namespace imsearch
