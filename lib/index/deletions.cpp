// Deleting rows, and keeping them deleted when an index is built anew.
//
// A deletion sets a bit. The row keeps its number and stays in the graph, for
// ways to other rows lead through it; searches pass it over. The file is
// replaced by a copy that differs in one section, so that whoever has the old
// one open goes on with it.
//
// A new index over the same images must not bring deleted ones back. Rows may
// have moved meanwhile, so each is looked up by its name, and by its vector,
// since a new image may have the name of one that was deleted.
#include "index/deletions.h"

#include "base/interrupt.h"
#include "index/index_impl.h"
#include "index/serialize.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace imsearch {
namespace {

/// The section `deleted` of the index with the bits of these rows set, too.
std::string marked(const Index& index, const std::vector<std::uint32_t>& rows) {
  std::string bits(index.impl().deleted);
  bits.resize((index.rows() + 7) / 8);
  mark_deleted(rows, bits);
  return bits;
}

/// Copies a mapped section in pieces, so that SIGINT is noticed meanwhile.
void write_bytes(std::string_view bytes, const Sink& sink) {
  constexpr std::size_t kBytesAtOnce = std::size_t{16} << 20;
  for (std::size_t i = 0; i < bytes.size(); i += kBytesAtOnce) {
    check_interrupt();
    const std::string_view piece = bytes.substr(i, kBytesAtOnce);
    sink(piece.data(), piece.size());
  }
}

/// Rows by name, of the names that a deleted row has.
using RowsOfNames =
    std::unordered_map<std::string_view, std::vector<std::uint32_t>>;

RowsOfNames rows_of_deleted_names(const Index& old) {
  RowsOfNames rows;
  // First the names, then their rows, so that memory depends on the deleted
  // rows and not on all.
  for (std::uint32_t row = 0; row < old.rows(); ++row)
    if (old.is_deleted(row)) rows[old.name(row)];
  for (std::uint32_t row = 0; row < old.rows(); ++row) {
    const auto found = rows.find(old.name(row));
    if (found != rows.end()) found->second.push_back(row);
  }
  return rows;
}

enum class Fate { kAlive, kDeleted, kChanged };

/// Decides about new row number `row` by its `namesakes`, the old rows of its
/// name, at least one of which is deleted. `unit` is the new row's vector; it
/// is null where the indexes differ in dim, so that no vector can be the same.
Fate fate_of(const Index& old, const std::vector<std::uint32_t>& namesakes,
             std::uint32_t row, const float* unit) {
  const CertifiedCodes certified = old.impl().certified();
  bool deleted = false;
  bool alive = false;
  bool any_alive = false;
  for (const std::uint32_t namesake : namesakes) {
    const bool here = old.is_deleted(namesake);
    any_alive = any_alive || !here;
    if (unit == nullptr || !certified.holds(namesake, unit)) continue;
    // Rows keep their numbers where vectors were only added to: of several
    // copies of an image, under one name, each then keeps its own fate.
    if (namesake == row) return here ? Fate::kDeleted : Fate::kAlive;
    (here ? deleted : alive) = true;
  }
  // Rows have moved: which of several equal rows this one was is not known. If
  // one of them was alive, hiding this one might hide what nobody deleted.
  if (deleted && !alive) return Fate::kDeleted;
  return any_alive || alive ? Fate::kAlive : Fate::kChanged;
}

/// A copy of the index with these rows marked as deleted, too, and, unless they
/// are null, with other names.
void rewrite(const Index& index, const std::vector<std::uint32_t>& rows,
             const Names* names) {
  OutputFile out(index.path());
  const IndexFile& old = index.impl().file;
  const std::string deleted = marked(index, rows);
  std::vector<SectionSource> sections;
  for (const std::string& name : old.section_names()) {
    const std::string_view bytes =
        name == "deleted" ? std::string_view(deleted) : old.section(name);
    std::function<void(const Sink&)> source = [bytes](const Sink& sink) {
      write_bytes(bytes, sink);
    };
    if (names != nullptr && name == "names")
      source = [names](const Sink& sink) { write_names(*names, sink); };
    if (names != nullptr && name == "name_ends")
      source = [names](const Sink& sink) { write_name_ends(*names, sink); };
    sections.push_back({name, std::move(source)});
  }
  write_index_file(out, old.header(), sections);
  out.commit();
}

}  // namespace

void delete_from_index(const Index& index,
                       const std::vector<std::uint32_t>& rows) {
  rewrite(index, rows, nullptr);
}

void revise_index(const Index& index, const Names& names,
                  const std::vector<std::uint32_t>& rows) {
  rewrite(index, rows, &names);
}

KeptDeletions kept_deletions(const Index& old, const VectorSet& vectors,
                             const Names& names) {
  KeptDeletions kept;
  const RowsOfNames rows = rows_of_deleted_names(old);
  const bool comparable = old.dim() == vectors.dim();
  std::vector<float> unit(vectors.dim());
  for (std::uint32_t row = 0; row < vectors.rows(); ++row) {
    const auto found = rows.find(names[row]);
    if (found == rows.end()) continue;
    check_interrupt();
    if (comparable) vectors.read_unit(row, unit.data());
    const Fate fate =
        fate_of(old, found->second, row, comparable ? unit.data() : nullptr);
    if (fate == Fate::kDeleted) kept.rows.push_back(row);
    if (fate == Fate::kChanged) ++kept.changed;
  }
  return kept;
}

}  // namespace imsearch
