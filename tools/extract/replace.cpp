#include "extract/replace.h"

#include "common/options.h"

#include "base/error.h"
#include "io/file.h"

namespace imsearch {
namespace {

bool same_part(const std::optional<ListPart>& a,
               const std::optional<ListPart>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->index == b->index && a->count == b->count;
}

/// A sidecar that cannot be read tells of no list.
std::optional<Sidecar> readable_sidecar(const std::string& vectors) {
  try {
    return read_sidecar(vectors);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

void keep_indexed(const std::string& vectors,
                  const std::optional<ImageListId>& list,
                  const std::optional<ListPart>& shard) {
  const std::string index = vectors + cli::kIndexSuffix;
  if (!is_regular_file(vectors) || !file_exists(index)) return;
  const std::optional<Sidecar> old = readable_sidecar(vectors);
  if (old && list && old->list == list && same_part(old->shard, shard)) return;
  const std::string rows =
      old && old->rows ? fmt::format("{} rows", *old->rows) : "rows";
  fail(
      "{}: {} was built from its {}, and these are other images: --append adds "
      "those that are not there yet, -o and -n name other files, --force "
      "replaces them",
      vectors, index, rows);
}

}  // namespace imsearch
