// Index::verify(): checks all that a search relies on and opening does not look
// at. Checksums find bytes that a disk or a copy has changed. A file whose sums
// are right may still have been written by a faulty or hostile program; so
// every number is compared with its bound, too: links lead to rows of the
// graph, records to records of their level, names end where the next begin.
#include "base/error.h"
#include "index/index_impl.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

namespace imsearch {
namespace {

/// The checks of what the sections say, beyond their checksums.
class Verifier {
 public:
  explicit Verifier(const Index::Impl& index)
      : file_(index.file),
        view_(index.view),
        index_(index),
        outside_graph_(index.view.rows) {}

  void check_all() {
    check_sources();
    check_reduction();
    mark_duplicates();
    for (std::size_t i = 0; i < view_.duplicate_count; ++i) check_duplicate(i);
    for (std::uint32_t row = 0; row < view_.rows; ++row) check_row(row);
    check_names(file_, file_.header().rows, index_.name_ends,
                index_.names.size());
    if (index_.changes) check_changes(*index_.changes);
    for (std::uint32_t i = 0; i < view_.upper_records; ++i) check_record(i);
    check_entry();
  }

  /// What changes have replaced or added.
  void check_changed() {
    const IndexFile& changes = *index_.changes;
    const auto base_rows = static_cast<std::uint32_t>(file_.header().rows);
    check_sources();
    mark_duplicates();
    for (std::size_t i = 0; i < view_.duplicate_count; ++i)
      if (view_.duplicates[i].row >= base_rows) check_duplicate(i);
    for (std::uint32_t row = base_rows; row < view_.rows; ++row) check_row(row);
    check_changes(changes);
    check_entry();
    if (!has_new_rows()) return;
    const std::size_t words = upper_stride(view_.M);
    const auto base_records = static_cast<std::uint32_t>(
        file_.section("upper").size() / (words * sizeof(std::uint32_t)));
    for (std::uint32_t i = base_records; i < view_.upper_records; ++i)
      check_record(i);
    for (const std::uint32_t row :
         numbers_in(changes.section("link_changes"), link_stride(view_.M)))
      check_row(row);
    for (const std::uint32_t i :
         numbers_in(changes.section("upper_changes"), words))
      check_record(i);
  }

 private:
  /// What lists are of: the first word of each entry, which opening has
  /// compared with its bound.
  static std::vector<std::uint32_t> numbers_in(std::string_view entries,
                                               std::size_t list_words) {
    const std::size_t each = (1 + list_words) * sizeof(std::uint32_t);
    std::vector<std::uint32_t> numbers(entries.size() / each);
    for (std::size_t i = 0; i < numbers.size(); ++i)
      std::memcpy(&numbers[i], entries.data() + i * each, sizeof numbers[i]);
    return numbers;
  }

  const std::uint32_t* record(std::uint32_t i) const {
    return view_.upper + i * upper_stride(view_.M);
  }

  static void check_names(const IndexFile& file, std::size_t count,
                          const std::uint64_t* ends, std::size_t bytes) {
    for (std::size_t i = 1; i < count; ++i)
      if (ends[i] < ends[i - 1])
        file.fail_damaged(fmt::format("section name_ends: row {}", i));
    const std::uint64_t end = count == 0 ? 0 : ends[count - 1];
    if (bytes != end)
      file.fail_damaged(
          fmt::format("section names has {} bytes for {}", bytes, end));
  }

  void check_changes(const IndexFile& changes) const {
    check_names(changes, view_.rows - index_.first_changed_name,
                index_.changed_name_ends, index_.changed_names.size());
    check_rising(changes, "deleted", sizeof(std::uint32_t));
    if (!has_new_rows()) return;
    const std::size_t word = sizeof(std::uint32_t);
    check_rising(changes, "link_changes", word + link_stride(view_.M) * word);
    check_rising(changes, "upper_changes", word + upper_stride(view_.M) * word);
    for (const char* name : {"reduced", "codes", "scales", "errors"})
      check_repeated(changes, name);
    check_lists_repeated(changes, "links", view_.links, link_stride(view_.M));
    check_lists_repeated(changes, "upper", view_.upper, upper_stride(view_.M));
    check_old_duplicates(changes);
  }

  bool has_new_rows() const {
    return index_.changes && view_.rows > file_.header().rows;
  }

  /// Changes begin with what the index file has behind its last whole pages.
  void check_repeated(const IndexFile& changes, const char* name) const {
    const std::string_view base = file_.section(name);
    const std::string_view rest =
        base.substr(base.size() / kChangesAlignment * kChangesAlignment);
    if (changes.section(name).substr(0, rest.size()) != rest)
      changes.fail_damaged(
          fmt::format("section {}: rows of {}", name, file_.path()));
  }

  /// So they do with lists, but for those that they replace.
  void check_lists_repeated(const IndexFile& changes, const std::string& name,
                            const std::uint32_t* lists,
                            std::size_t list_words) const {
    const std::string_view base = file_.section(name);
    const std::size_t list_bytes = list_words * sizeof(std::uint32_t);
    const std::size_t head =
        base.size() / kChangesAlignment * kChangesAlignment;
    const std::vector<std::uint32_t> replaced = numbers_in(
        changes.section(name == "links" ? "link_changes" : "upper_changes"),
        list_words);
    for (std::size_t i = head / list_bytes; i < base.size() / list_bytes; ++i)
      if (!std::binary_search(replaced.begin(), replaced.end(), i) &&
          std::memcmp(lists + i * list_words, base.data() + i * list_bytes,
                      list_bytes) != 0)
        changes.fail_damaged(
            fmt::format("section {}: list {} of {}", name, i, file_.path()));
  }

  /// Rows of the index file that are duplicates stay so, and no other becomes
  /// one: links lead to it.
  void check_old_duplicates(const IndexFile& changes) const {
    const std::string_view base = file_.section("twins");
    const std::size_t count = base.size() / sizeof(DuplicateRow);
    std::size_t same = 0;
    for (std::size_t i = 0; i < view_.duplicate_count; ++i) {
      if (view_.duplicates[i].row >= file_.header().rows) continue;
      if (same == count ||
          std::memcmp(base.data() + same * sizeof(DuplicateRow),
                      view_.duplicates + i, sizeof(DuplicateRow)) != 0)
        changes.fail_damaged(fmt::format("section twins: entry {}", i));
      ++same;
    }
    if (same < count)
      changes.fail_damaged(fmt::format("section twins: {} of the {} of {}",
                                       same, count, file_.path()));
  }

  /// Each entry begins with a number, greater than that before.
  static void check_rising(const IndexFile& changes, const char* name,
                           std::size_t entry_bytes) {
    const std::string_view list = changes.section(name);
    std::int64_t last = -1;
    for (std::size_t at = 0; at < list.size(); at += entry_bytes) {
      std::uint32_t number = 0;
      std::memcpy(&number, list.data() + at, sizeof number);
      if (number <= last)
        changes.fail_damaged(
            fmt::format("section {}: entry {}", name, at / entry_bytes));
      last = number;
    }
  }

  /// Whether there is such a row and it is in the graph, so that links may lead
  /// to it: duplicates are not.
  bool in_graph(std::uint32_t row) const {
    return row < view_.rows && !outside_graph_[row];
  }

  void check_sources() const {
    std::uint64_t rows = 0;
    for (const IndexSource& source : index_.info.sources) {
      if (source.rows > view_.rows - rows)
        file_.fail_damaged("section meta: rows of the sources");
      rows += source.rows;
    }
    if (rows != view_.rows)
      file_.fail_damaged("section meta: rows of the sources");
  }

  void check_reduction() const {
    for (std::size_t j = 0; j < view_.width; ++j) {
      if (!std::isfinite(index_.reduction.factors[j]))
        file_.fail_damaged(fmt::format("section factors: component {}", j));
      if (!std::isfinite(index_.reduction.offsets[j]))
        file_.fail_damaged(fmt::format("section offsets: component {}", j));
    }
  }

  /// Which file has that row.
  const IndexFile& file_of(std::uint32_t row) const {
    return index_.changes && row >= file_.header().rows ? *index_.changes
                                                        : file_;
  }

  void check_row(std::uint32_t row) const {
    const float scale = index_.codes.scales[row];
    if (!std::isfinite(scale) || scale < 0)
      file_of(row).fail_damaged(fmt::format("section scales: row {}", row));
    const CodeErrors& errors = index_.errors[row];
    if (!std::isfinite(errors.whole) || !std::isfinite(errors.reduced) ||
        errors.whole < 0 || errors.reduced < 0)
      file_of(row).fail_damaged(fmt::format("section errors: row {}", row));
    const std::uint32_t* list = view_.links + row * link_stride(view_.M);
    if (list[0] > 2 * view_.M)
      file_of(row).fail_damaged(
          fmt::format("section links: row {} has {} links, {} at most", row,
                      list[0], 2 * view_.M));
    for (std::uint32_t i = 1; i <= list[0]; ++i)
      if (!in_graph(list[i]))
        file_of(row).fail_damaged(
            fmt::format("section links: row {} links to {}, which is not a row "
                        "of the graph",
                        row, list[i]));
  }

  void mark_duplicates() {
    for (std::size_t i = 0; i < view_.duplicate_count; ++i) {
      const std::uint32_t row = view_.duplicates[i].row;
      if (!in_graph(row)) fail_duplicate(i);
      outside_graph_[row] = true;
    }
  }

  void check_duplicate(std::size_t i) const {
    const DuplicateRow& duplicate = view_.duplicates[i];
    const bool right = in_graph(duplicate.in_graph) &&
                       (i == 0 || view_.duplicates[i - 1] < duplicate) &&
                       std::memcmp(view_.code(duplicate.in_graph),
                                   view_.code(duplicate.row), view_.width) == 0;
    if (!right) fail_duplicate(i);
  }

  [[noreturn]] void fail_duplicate(std::size_t i) const {
    const bool changed = has_new_rows() && index_.changes->has_section("twins");
    (changed ? *index_.changes : file_)
        .fail_damaged(fmt::format("section twins: entry {}", i));
  }

  void check_record(std::uint32_t i) const {
    const std::uint32_t* words = record(i);
    const std::uint32_t row = words[0];
    const std::uint32_t level = words[1];
    const std::uint32_t below = words[2];
    bool right = in_graph(row) && level >= 1 && level <= view_.max_level &&
                 words[3] <= view_.M;
    if (level == 1)
      right = right && below == row;
    else
      right = right && below < view_.upper_records && record(below)[0] == row &&
              record(below)[1] == level - 1;
    for (std::uint32_t l = 0; right && l < words[3]; ++l)
      right = words[4 + l] < view_.upper_records &&
              record(words[4 + l])[1] == level;
    if (!right) file_.fail_damaged(fmt::format("section upper: record {}", i));
  }

  void check_entry() const {
    const bool right =
        view_.rows == 0 ||
        (view_.max_level == 0 ? in_graph(view_.entry)
                              : view_.entry < view_.upper_records &&
                                    record(view_.entry)[1] == view_.max_level);
    if (!right) file_.fail_damaged(fmt::format("entry point {}", view_.entry));
  }

  const IndexFile& file_;
  const GraphView& view_;
  const Index::Impl& index_;
  std::vector<bool> outside_graph_;  // [rows]: duplicate rows
};

}  // namespace

void Index::verify_changes() const {
  if (!impl_->changes) return;
  impl_->changes->check_all_sums();
  Verifier(*impl_).check_changed();
}

void Index::verify_names() const {
  for (const char* section :
       {"deleted", "names", "name_ends", "upper", "twins"})
    impl_->file.check_sum(section);
  if (impl_->changes) impl_->changes->check_all_sums();
}

void Index::verify() const {
  impl_->file.check_all_sums();
  if (impl_->changes) impl_->changes->check_all_sums();
  Verifier(*impl_).check_all();
}

}  // namespace imsearch
