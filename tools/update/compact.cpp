// New files are written whole as parts beside the old ones. Then the mark is
// set that keeps readers off (io/commit_mark.h), the parts are renamed, the
// vectors last, and the mark goes. A kill in between leaves the mark and those
// parts that were not renamed yet: renaming them is all that is left to do.
#include "update/compact.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "io/commit_mark.h"
#include "io/file.h"
#include "io/fvecs.h"
#include "io/output_file.h"

#include <cerrno>
#include <cstdio>
#include <list>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

/// In the order in which they are renamed.
std::vector<std::string> targets(const CollectionPaths& paths) {
  const std::string vectors = follow_links(paths.vectors);
  return {follow_links(paths.names), ledger_path(vectors),
          sidecar_path(vectors), vectors};
}

void rename_part(const std::string& target) {
  const std::string part = target + ".part";
  if (std::rename(part.c_str(), target.c_str()) != 0 && errno != ENOENT)
    fail("{}: {}", target, errno_text(errno));
}

void write_rows(const std::string& path, const Collection& collection,
                OutputFile& out) {
  const VectorFile file(path, collection.sidecar.dim);
  std::vector<float> scratch(file.dim());
  for (std::size_t row = 0; row < file.rows(); ++row) {
    check_interrupt();
    if (!collection.is_gone(row))
      out.write(file.row(row, scratch.data()), file.dim() * sizeof(float));
  }
}

}  // namespace

std::size_t compact(const CollectionPaths& paths,
                    const Collection& collection) {
  const std::size_t gone = gone_rows(collection.ledger).size();
  if (gone == 0) return 0;
  Names names;
  Ledger ledger;
  ledger.bad = collection.ledger.bad;
  ledger.archives = collection.ledger.archives;
  for (std::size_t row = 0; row < collection.names.size(); ++row) {
    if (collection.is_gone(row)) continue;
    names.append(collection.names[row]);
    ledger.rows.push_back(collection.ledger.rows[row]);
  }
  Sidecar sidecar = collection.sidecar;
  sidecar.rows = names.size();
  sidecar.list.reset();
  sidecar.appended.reset();

  const std::vector<std::string> files = targets(paths);
  std::list<OutputFile> parts;  // OutputFile stays where it is
  for (const std::string& file : files)
    parts.emplace_back(file, Temporary::kPart);
  auto part = parts.begin();
  const char end = static_cast<char>(paths.separator);
  for (std::size_t i = 0; i < names.size(); ++i) {
    part->write(names[i]);
    part->write(&end, 1);
  }
  (++part)->write(to_text(ledger, names));
  (++part)->write(to_json(sidecar));
  write_rows(files.back(), collection, *++part);
  for (OutputFile& file : parts) file.finish();
  set_commit_mark(files.back());
  // From here on they are what stays, whatever happens.
  for (OutputFile& file : parts) file.keep();
  for (const std::string& file : files) rename_part(file);
  clear_commit_mark(files.back());
  return gone;
}

bool finish_compacting(const CollectionPaths& paths) {
  const std::vector<std::string> files = targets(paths);
  const std::string& vectors = files.back();
  // A run of extract that was killed in the same way has a log, and finishes by
  // itself.
  const std::string log = vectors + ".done.part";
  if (!file_exists(commit_mark_path(vectors)) ||
      (file_exists(log) && !read_prefix(log, 1).empty()))
    return false;
  for (const std::string& file : files) rename_part(file);
  clear_commit_mark(vectors);
  return true;
}

}  // namespace imsearch
