#include "duplicates/page.h"

#include "common/cli.h"
#include "common/file_names.h"
#include "common/progress_line.h"

#include "base/error.h"
#include "io/file.h"
#include "view/duplicates_page.h"

namespace imsearch {
namespace {

PageDuplicate shown(const Library& library, std::uint32_t row) {
  PageDuplicate image;
  image.path = library.path(row);
  image.name = std::string(library.name(row));
  return image;
}

std::string relation_text(Relation relation) {
  switch (relation) {
    case Relation::kBytes:
      return "the same bytes";
    case Relation::kHash:
      return "the same picture";
    case Relation::kMirror:
      return "mirrored";
    case Relation::kTurned:
      return "turned";
    case Relation::kSimilar:
      return "similar";
  }
  return "";
}

PageGroup shown(const Library& library, const DuplicateGroup& group) {
  PageGroup images = {shown(library, group.keep)};
  for (const Duplicate& extra : group.extras) {
    images.push_back(shown(library, extra.row));
    images.back().relation = relation_text(extra.verdict.relation);
    images.back().similarity = extra.similarity;
  }
  return images;
}

}  // namespace

void check_page(const Library& library, const std::string& page) {
  if (page.empty()) return;
  std::vector<std::string> inputs = library.index.source_paths();
  for (const std::string& vectors : inputs)
    keep_apart(page, files_of_vectors(vectors));
  inputs.push_back(library.index.path());
  cli::refuse_to_overwrite(page, inputs);
  cli::keep_unmarked("--html", page, "a page");
  if (!is_directory(parent_folder(page)))
    fail("--html {}: there is no folder {}", page, parent_folder(page));
}

void write_page(const Library& library,
                const std::vector<DuplicateGroup>& groups,
                const std::string& page, bool quiet) {
  std::vector<PageGroup> all;
  std::size_t pictures = 0;
  for (const DuplicateGroup& group : groups) {
    all.push_back(shown(library, group));
    pictures += all.back().size();
  }
  cli::ProgressLine progress("groups drawn", all.size(), quiet);
  const std::size_t missing =
      write_duplicates_page(all, page, progress.callback());
  if (missing > 0 && !quiet)
    cli::say(fmt::format("{} of {} pictures are not found", missing, pictures));
}

}  // namespace imsearch
