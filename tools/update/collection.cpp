#include "update/collection.h"

#include "common/names_list.h"

#include "base/error.h"
#include "base/progress.h"
#include "io/described_vectors.h"
#include "io/file.h"
#include "io/output_file.h"

namespace imsearch {

Collection open_collection(const CollectionPaths& paths) {
  DescribedVectors vectors({paths.vectors});
  const std::optional<Sidecar>& sidecar = vectors.sidecars().front();
  if (!sidecar || !sidecar->model.known())
    fail(
        "{}: {} does not say which model made it: update keeps only what "
        "extract made",
        paths.vectors, sidecar_path(paths.vectors));
  Collection collection;
  collection.sidecar = *sidecar;
  const std::size_t rows = vectors.files().front().rows();
  collection.names = read_names(paths.names, paths.separator);
  if (collection.names.size() != rows)
    fail("{}: {} for the {} of {}{}", paths.names,
         counted(collection.names.size(), "name"), counted(rows, "row"),
         paths.vectors,
         other_separator_hint(paths.names, paths.separator, rows));
  const std::string target = follow_links(paths.vectors);
  collection.ledger = read_ledger(target, rows, &collection.names);
  collection.ledger.rows.resize(rows);
  collection.modified_ns = facts_of_status(target).modified_ns;
  vectors.check_settled();
  return collection;
}

void write_collection(const CollectionPaths& paths, const Collection& after,
                      bool names_changed) {
  if (names_changed) {
    OutputFile file(paths.names);
    const char end = static_cast<char>(paths.separator);
    for (std::size_t i = 0; i < after.names.size(); ++i) {
      file.write(after.names[i]);
      file.write(&end, 1);
    }
    file.commit();
  }
  write_ledger(follow_links(paths.vectors), after.ledger, after.names);
}

}  // namespace imsearch
