// Reading and writing the file of changes. Each time it is written whole, with
// all changes since the index file was: they are few, or the index is written
// anew (deletions.cpp).
#include "index/index_changes.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "index/index_impl.h"
#include "index/serialize.h"
#include "io/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace imsearch {
namespace {

std::string_view bytes_of(const void* data, std::size_t size_bytes) {
  return {static_cast<const char*>(data), size_bytes};
}

bool is_changes(const std::string& path) {
  return is_regular_file(path) &&
         read_prefix(path, sizeof kChangesMagic) ==
             bytes_of(kChangesMagic, sizeof kChangesMagic);
}

/// None where there are none, or those of another index file, which become
/// `foreign`.
std::optional<IndexFile> changes_of(const IndexFile& base,
                                    std::optional<IndexFile>& foreign) {
  const std::string path = changes_path(base.path());
  if (!file_exists(path)) return std::nullopt;
  try {
    IndexFile changes(path, IndexFileKind::kChanges);
    ChangesBase of;
    const std::string_view section = changes.section("base", sizeof of);
    std::memcpy(&of, section.data(), sizeof of);
    if (of.checksum == base.header().checksum && of.rows == base.header().rows)
      return changes;
    foreign.emplace(std::move(changes));
    return std::nullopt;
  } catch (const Error&) {
    // Who removes them has put a new index in place before.
    if (!file_exists(path)) return std::nullopt;
    throw;
  }
}

/// Makes the sections of a file of changes.
class ChangesWriter {
 public:
  ChangesWriter(const Index& index, const IndexChange& change)
      : index_(index),
        old_(index.impl()),
        change_(change),
        base_rows_(old_.file.header().rows),
        rows_(index.rows() + (change.rows != nullptr ? change.rows->rows : 0)),
        link_words_(link_stride(old_.view.M)),
        upper_words_(upper_stride(old_.view.M)),
        base_records_(old_.file.section("upper").size() /
                      (upper_words_ * sizeof(std::uint32_t))) {}

  void write(OutputFile& out);

 private:
  using Words = std::vector<std::uint32_t>;
  using Lists = std::map<std::uint32_t, Words>;

  void add(const char* name, std::string bytes) {
    add_produced(name, [kept = std::move(bytes)](const Sink& sink) {
      sink(kept.data(), kept.size());
    });
  }
  void add_produced(const char* name,
                    std::function<void(const Sink&)> produce) {
    sections_.push_back({name, std::move(produce)});
  }
  void add_rows(const char* name, const void* old, const void* fresh,
                std::size_t row_bytes);
  void add_graph();
  void add_lists(const char* name, std::size_t base_count, std::size_t count,
                 const void* old, std::size_t words,
                 std::function<Words(std::uint32_t)> list);
  void add_list_changes(const char* name, std::size_t base_count,
                        const Lists* fresh, std::size_t words,
                        std::function<Words(std::uint32_t)> list);
  void add_duplicates();
  void add_deleted();
  void add_names(std::size_t first);
  Words links(std::uint32_t row) const;
  Words upper(std::uint32_t record) const;
  IndexHeader header() const;

  const Index& index_;
  const Index::Impl& old_;
  const IndexChange& change_;
  std::size_t base_rows_;
  std::size_t rows_;
  std::size_t link_words_;
  std::size_t upper_words_;
  std::size_t base_records_;
  std::vector<SectionSource> sections_;
};

IndexHeader ChangesWriter::header() const {
  IndexHeader header = old_.header();
  std::memcpy(header.magic, kChangesMagic, sizeof header.magic);
  header.rows = rows_;
  if (change_.growth != nullptr) {
    header.max_level = change_.growth->max_level;
    header.entry = change_.growth->entry;
  }
  return header;
}

/// What comes behind the whole pages that the index file has, then new rows.
void ChangesWriter::add_rows(const char* name, const void* old,
                             const void* fresh, std::size_t row_bytes) {
  const std::size_t head =
      base_rows_ * row_bytes / kChangesAlignment * kChangesAlignment;
  const std::string_view rest =
      bytes_of(old, index_.rows() * row_bytes).substr(head);
  const std::string_view more =
      bytes_of(fresh, (rows_ - index_.rows()) * row_bytes);
  add_produced(name, [rest, more](const Sink& sink) {
    sink(rest.data(), rest.size());
    sink(more.data(), more.size());
  });
}

void ChangesWriter::add_lists(const char* name, std::size_t base_count,
                              std::size_t count, const void* old,
                              std::size_t words,
                              std::function<Words(std::uint32_t)> list) {
  const std::size_t base_bytes = base_count * words * sizeof(std::uint32_t);
  const std::string_view rest =
      bytes_of(old, base_bytes)
          .substr(base_bytes / kChangesAlignment * kChangesAlignment);
  add_produced(name, [=, list = std::move(list)](const Sink& sink) {
    sink(rest.data(), rest.size());
    for (std::size_t i = base_count; i < count; ++i) {
      const Words made = list(static_cast<std::uint32_t>(i));
      sink(made.data(), made.size() * sizeof made[0]);
    }
  });
}

/// The lists that earlier changes have, and fresh ones, of what the index file
/// has.
void ChangesWriter::add_list_changes(const char* name, std::size_t base_count,
                                     const Lists* fresh, std::size_t words,
                                     std::function<Words(std::uint32_t)> list) {
  Words numbers;
  if (old_.changes && old_.changes->has_section(name)) {
    const std::string_view before = old_.changes->section(name);
    const std::size_t each = (1 + words) * sizeof(std::uint32_t);
    for (std::size_t at = 0; at + each <= before.size(); at += each) {
      numbers.emplace_back();
      std::memcpy(&numbers.back(), before.data() + at, sizeof numbers[0]);
    }
  }
  if (fresh != nullptr)
    for (const auto& [number, made] : *fresh)
      if (number < base_count) numbers.push_back(number);
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  add_produced(name, [numbers = std::move(numbers),
                      list = std::move(list)](const Sink& sink) {
    for (const std::uint32_t number : numbers) {
      check_interrupt();
      const Words made = list(number);
      sink(&number, sizeof number);
      sink(made.data(), made.size() * sizeof made[0]);
    }
  });
}

/// As they lie in `links`: how many, the rows, zeros.
ChangesWriter::Words ChangesWriter::links(std::uint32_t row) const {
  Words words(link_words_);
  const auto* growth = change_.growth;
  if (growth != nullptr) {
    const auto changed = growth->links.find(row);
    if (changed != growth->links.end()) {
      words[0] = static_cast<std::uint32_t>(changed->second.size());
      std::copy(changed->second.begin(), changed->second.end(),
                words.begin() + 1);
      return words;
    }
  }
  std::copy_n(old_.view.links + row * link_words_, link_words_, words.begin());
  return words;
}

ChangesWriter::Words ChangesWriter::upper(std::uint32_t record) const {
  Words words(upper_words_);
  const auto* growth = change_.growth;
  if (growth != nullptr) {
    const auto changed = growth->upper.find(record);
    if (changed != growth->upper.end()) {
      const Words& made = changed->second;
      std::copy_n(made.begin(), 3, words.begin());
      words[3] = static_cast<std::uint32_t>(made.size() - 3);
      std::copy(made.begin() + 3, made.end(), words.begin() + 4);
      return words;
    }
  }
  std::copy_n(old_.view.upper + record * upper_words_, upper_words_,
              words.begin());
  return words;
}

void ChangesWriter::add_graph() {
  const GraphGrowth* growth = change_.growth;
  const std::size_t records =
      growth != nullptr ? growth->upper_records : old_.view.upper_records;
  const auto links_of = [this](std::uint32_t row) { return links(row); };
  const auto upper_of = [this](std::uint32_t record) { return upper(record); };
  add_lists("links", base_rows_, rows_, old_.view.links, link_words_, links_of);
  add_lists("upper", base_records_, records, old_.view.upper, upper_words_,
            upper_of);
  add_list_changes("link_changes", base_rows_,
                   growth != nullptr ? &growth->links : nullptr, link_words_,
                   links_of);
  add_list_changes("upper_changes", base_records_,
                   growth != nullptr ? &growth->upper : nullptr, upper_words_,
                   upper_of);
  add_duplicates();
}

void ChangesWriter::add_duplicates() {
  const bool more =
      change_.growth != nullptr && !change_.growth->duplicates.empty();
  if (!more && !(old_.changes && old_.changes->has_section("twins"))) return;
  std::vector<DuplicateRow> all(
      old_.view.duplicates, old_.view.duplicates + old_.view.duplicate_count);
  if (more)
    all.insert(all.end(), change_.growth->duplicates.begin(),
               change_.growth->duplicates.end());
  std::sort(all.begin(), all.end());
  add("twins", std::string(bytes_of(all.data(), all.size() * sizeof all[0])));
}

void ChangesWriter::add_deleted() {
  std::vector<std::uint32_t> rows = change_.deleted;
  if (old_.changes) {
    const std::string_view before = old_.changes->section("deleted");
    for (std::size_t at = 0; at + sizeof rows[0] <= before.size();
         at += sizeof rows[0]) {
      rows.emplace_back();
      std::memcpy(&rows.back(), before.data() + at, sizeof rows[0]);
    }
  }
  const std::string_view base = old_.file.section("deleted");
  const auto in_base = [&](std::uint32_t row) {
    return row / 8 < base.size() &&
           ((static_cast<unsigned char>(base[row / 8]) >> row % 8) & 1) != 0;
  };
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  rows.erase(std::remove_if(rows.begin(), rows.end(), in_base), rows.end());
  if (!rows.empty() && rows.back() >= rows_)
    fail("{}: row {} of {}", index_.path(), rows.back(), rows_);
  add("deleted",
      std::string(bytes_of(rows.data(), rows.size() * sizeof rows[0])));
}

void ChangesWriter::add_names(std::size_t first) {
  const auto name = [this](std::size_t row) {
    return change_.names != nullptr
               ? (*change_.names)[row]
               : index_.name(static_cast<std::uint32_t>(row));
  };
  add_produced("names", [this, first, name](const Sink& sink) {
    for (std::size_t row = first; row < rows_; ++row)
      sink(name(row).data(), name(row).size());
  });
  add_produced("name_ends", [this, first, name](const Sink& sink) {
    std::uint64_t end = 0;
    for (std::size_t row = first; row < rows_; ++row) {
      end += name(row).size();
      sink(&end, sizeof end);
    }
  });
}

void ChangesWriter::write(OutputFile& out) {
  std::size_t first_name = std::min(old_.first_changed_name, base_rows_);
  if (change_.renames) first_name = 0;
  const ChangesBase base = {old_.file.header().checksum, base_rows_, first_name,
                            0};
  add("base", std::string(bytes_of(&base, sizeof base)));
  if (rows_ > base_rows_) {
    const CodedRows* fresh = change_.rows;
    const CodedRows none;
    if (fresh == nullptr) fresh = &none;
    add_rows("reduced", old_.view.reduced, fresh->reduced.data(),
             old_.view.width);
    add_rows("codes", old_.codes.codes, fresh->codes.data(), old_.codes.stride);
    add_rows("scales", old_.codes.scales, fresh->scales.data(), sizeof(float));
    add_rows("errors", old_.errors, fresh->errors.data(), sizeof(CodeErrors));
    add_graph();
  }
  add_deleted();
  add_names(first_name);
  const IndexFile& newest = old_.changes ? *old_.changes : old_.file;
  add("meta", change_.meta.empty() ? std::string(newest.section("meta"))
                                   : change_.meta);
  write_index_file(out, header(), sections_);
}

/// Who may read the index may read its changes.
void copy_mode(const std::string& from, const std::string& to) {
  struct stat status = {};
  if (::stat(from.c_str(), &status) != 0) return;
  [[maybe_unused]] const int owner =
      ::chown(to.c_str(), status.st_uid, status.st_gid);
  [[maybe_unused]] const int mode = ::chmod(to.c_str(), status.st_mode & 0777U);
}

}  // namespace

std::string changes_path(const std::string& index) {
  return follow_links(index) + ".changes";
}

// A base is replaced before its changes are removed. So what belongs together
// was opened if the base still has its name after its changes were looked for.
IndexFiles open_index_files(const std::string& path) {
  for (;;) {
    IndexFile base(path);
    std::optional<IndexFile> foreign;
    std::optional<IndexFile> changes = changes_of(base, foreign);
    if (base.mapped().has_its_name() || !file_exists(path))
      return {std::move(base), std::move(changes), std::move(foreign)};
  }
}

void commit_index(OutputFile& out) {
  if (!out.is_regular()) return out.commit();
  const std::string changes = changes_path(out.path());
  // Of an index that is gone. Else they are what the old one says until there
  // is a new one.
  if (!file_exists(out.path()) && is_changes(changes))
    ::unlink(changes.c_str());
  out.commit();
  if (!is_changes(changes)) return;
  if (::unlink(changes.c_str()) != 0 && errno != ENOENT)
    fail("{}: {}", changes, errno_text(errno));
  sync_folder_of(changes);
}

bool can_have_changes(const Index& index) {
  constexpr std::uint64_t kSmall = std::uint64_t{4} << 20;
  return index.impl().file.header().file_bytes >= kSmall;
}

void write_changes(const Index& index, const IndexChange& change) {
  OutputFile out(changes_path(index.path()));
  copy_mode(index.path(), out.temporary());
  ChangesWriter(index, change).write(out);
  out.commit();
}

}  // namespace imsearch
