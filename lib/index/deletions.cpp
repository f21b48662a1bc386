// Deleting rows, and keeping them deleted when an index is built anew.
//
// A deleted row keeps its number and stays in the graph, for ways to other rows
// lead through it; searches pass it over. Its number goes into a file beside
// the index (index_changes.h). A small index, and one whose changes have become
// many, is replaced by a copy with them in it. Whoever has the old one open
// goes on with it either way.
//
// A new index over the same images must not bring deleted ones back. Rows may
// have moved meanwhile, so each is looked up by its name, and by its vector,
// since a new image may have the name of one that was deleted.
#include "index/deletions.h"

#include "base/interrupt.h"
#include "index/build.h"
#include "index/index_changes.h"
#include "index/index_impl.h"
#include "index/index_meta.h"
#include "index/serialize.h"

#include <algorithm>
#include <cstring>
#include <iterator>
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

/// Rows by name, of the names that a deleted row has, without those that are
/// gone: whether an image has come back, no index tells.
using RowsOfNames =
    std::unordered_map<std::string_view, std::vector<std::uint32_t>>;

RowsOfNames rows_of_deleted_names(const Index& old,
                                  const std::vector<std::uint32_t>& gone) {
  RowsOfNames rows;
  const auto is_gone = [&gone](std::uint32_t row) {
    return std::binary_search(gone.begin(), gone.end(), row);
  };
  // First the names, then their rows, so that memory depends on the deleted
  // rows and not on all.
  for (std::uint32_t row = 0; row < old.rows(); ++row)
    if (old.is_deleted(row) && !is_gone(row)) rows[old.name(row)];
  for (std::uint32_t row = 0; row < old.rows(); ++row) {
    const auto found = rows.find(old.name(row));
    if (found != rows.end() && !is_gone(row)) found->second.push_back(row);
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

/// Changes may take this share of the index file, before it is written anew:
/// readers keep pages of changed links in memory, and each change writes all.
constexpr std::uint64_t kShareOfChanges = 8;

std::string_view values_of(const void* values, std::size_t size_bytes) {
  return {static_cast<const char*>(values), size_bytes};
}

/// The sections of the index as its changes make them.
std::vector<std::pair<const char*, std::string_view>> current_sections(
    const Index& index) {
  const Index::Impl& old = index.impl();
  const std::size_t rows = index.rows();
  const GraphView& view = old.view;
  const IndexFile& newest = old.changes ? *old.changes : old.file;
  return {{"components", old.file.section("components")},
          {"factors", old.file.section("factors")},
          {"offsets", old.file.section("offsets")},
          {"reduced", values_of(view.reduced, rows * view.width)},
          {"codes", values_of(old.codes.codes, rows * old.codes.stride)},
          {"scales", values_of(old.codes.scales, rows * sizeof(float))},
          {"errors", values_of(old.errors, rows * sizeof(CodeErrors))},
          {"links", values_of(view.links, rows * link_stride(view.M) * 4)},
          {"twins", values_of(view.duplicates,
                              view.duplicate_count * sizeof(DuplicateRow))},
          {"upper", values_of(view.upper,
                              view.upper_records * upper_stride(view.M) * 4)},
          {"meta", newest.section("meta")}};
}

void write_current_names(const Index& index, const Sink& sink) {
  for (std::uint32_t row = 0; row < index.rows(); ++row)
    sink(index.name(row).data(), index.name(row).size());
}

void write_current_name_ends(const Index& index, const Sink& sink) {
  std::uint64_t end = 0;
  for (std::uint32_t row = 0; row < index.rows(); ++row) {
    end += index.name(row).size();
    sink(&end, sizeof end);
  }
}

/// A copy of the index with another section `deleted`, and, unless they are
/// null or empty, with other names and another section `meta`.
void rewrite(const Index& index, const std::string& deleted, const Names* names,
             const std::string& meta) {
  OutputFile out(index.path());
  std::vector<SectionSource> sections;
  for (const auto& [name, bytes] : current_sections(index)) {
    if (std::string_view(name) == "meta") {
      sections.push_back({"deleted", [&deleted](const Sink& sink) {
                            write_bytes(deleted, sink);
                          }});
      sections.push_back({"names", [names, &index](const Sink& sink) {
                            names != nullptr ? write_names(*names, sink)
                                             : write_current_names(index, sink);
                          }});
      sections.push_back({"name_ends", [names, &index](const Sink& sink) {
                            names != nullptr
                                ? write_name_ends(*names, sink)
                                : write_current_name_ends(index, sink);
                          }});
    }
    const bool replaced = std::string_view(name) == "meta" && !meta.empty();
    sections.push_back(
        {name, [bytes = replaced ? meta : bytes](const Sink& sink) {
           write_bytes(bytes, sink);
         }});
  }
  IndexHeader header = index.impl().header();
  std::memcpy(header.magic, IndexHeader().magic, sizeof header.magic);
  write_index_file(out, header, sections);
  commit_index(out);
}

/// The section `meta` with these rows recorded as gone, too.
std::string meta_with(const Index& index,
                      const std::vector<std::uint32_t>& gone) {
  IndexInfo info = index.info();
  info.gone = gone_with(index, gone);
  return meta_to_json(info);
}

}  // namespace

void delete_from_index(const Index& index,
                       const std::vector<std::uint32_t>& rows) {
  if (std::all_of(rows.begin(), rows.end(),
                  [&](std::uint32_t row) { return index.is_deleted(row); }))
    return;
  if (!can_have_changes(index))
    return rewrite(index, marked(index, rows), nullptr, {});
  write_changes(index, {rows});
  take_in_changes(index.path());
}

void mark_gone(const Index& index, const std::vector<std::uint32_t>& gone) {
  const std::string meta = meta_with(index, gone);
  if (!can_have_changes(index))
    return rewrite(index, marked(index, gone), nullptr, meta);
  write_changes(index, {gone, nullptr, false, nullptr, nullptr, meta});
  take_in_changes(index.path());
}

void revise_index(const Index& index, const Names& names,
                  const std::vector<std::uint32_t>& gone) {
  const std::string meta = meta_with(index, gone);
  if (!can_have_changes(index))
    return rewrite(index, marked(index, gone), &names, meta);
  write_changes(index, {gone, &names, true, nullptr, nullptr, meta});
  take_in_changes(index.path());
}

void bring_back(const Index& index, const std::vector<std::uint32_t>& rows) {
  std::string bits(index.impl().deleted);
  for (const std::uint32_t row : rows)
    if (row / 8 < bits.size())
      bits[row / 8] = static_cast<char>(bits[row / 8] & ~(1 << row % 8));
  IndexInfo info = index.info();
  std::vector<std::uint32_t> still;
  std::set_difference(info.gone.begin(), info.gone.end(), rows.begin(),
                      rows.end(), std::back_inserter(still));
  info.gone = std::move(still);
  rewrite(index, bits, nullptr, meta_to_json(info));
}

bool take_in_changes(const std::string& path) {
  const Index index(path);
  if (!index.impl().changes) return false;
  const std::uint64_t base_bytes = index.impl().file.header().file_bytes;
  const std::uint64_t bytes = index.impl().changes->header().file_bytes;
  if (bytes <= base_bytes / kShareOfChanges) return false;
  index.verify();
  rewrite(index, std::string(index.impl().deleted), nullptr, {});
  return true;
}

KeptDeletions kept_deletions(const Index& old, const VectorSet& vectors,
                             const Names& names,
                             const std::vector<std::uint32_t>& gone) {
  KeptDeletions kept;
  const RowsOfNames rows = rows_of_deleted_names(old, gone);
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
