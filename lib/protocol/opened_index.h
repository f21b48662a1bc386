// An index file that is served: open, asked by several threads at once, and
// replaced while it is asked.
#pragma once

#include "index/searcher.h"
#include "search/local_index.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// Which file a path names, and what state it is in.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ns = 0;

  friend bool operator==(const FileIdentity& a, const FileIdentity& b) {
    return a.device == b.device && a.inode == b.inode &&
           a.size_bytes == b.size_bytes && a.modified_ns == b.modified_ns;
  }
};

/// None where there is no such file.
std::optional<FileIdentity> identity_of(const std::string& path);

/// One opened file. Immutable but for its scratch memory; any thread.
class OpenedIndex {
 public:
  /// Throws Error as LocalIndex.
  explicit OpenedIndex(const std::string& path);

  const LocalIndex& local() const { return opened_; }
  const Index& index() const { return opened_.index(); }
  std::size_t found_rows() const {
    return index().rows() - index().deleted_rows();
  }

  /// XXH3 of all names, each ended by a newline; computed once.
  std::uint64_t names_fingerprint() const;

  /// Calls `use` with a searcher of its own. What it gives counts only if the
  /// file was not written to meanwhile. Throws Error if it was, in place of
  /// whatever `use` threw.
  void with_searcher(const std::function<void(Searcher&)>& use) const;

 private:
  LocalIndex opened_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Searcher>> idle_;  // as many as threads
  mutable std::once_flag names_once_;
  mutable std::uint64_t names_fingerprint_ = 0;
};

/// A name in URLs, and the file that answers for it now. Any thread.
class ServedIndex {
 public:
  /// Opens the file. Throws Error.
  ServedIndex(std::string name, std::string path);

  const std::string& name() const { return name_; }
  const std::string& path() const { return path_; }
  /// Stays open as long as someone holds it.
  std::shared_ptr<const OpenedIndex> current() const;

  /// Where another file has the path now, or `anyway`: reads it whole, checks
  /// it and takes it. Where there are other changes beside the file, reads
  /// those. Gives what happened, for people; empty where nothing did.
  /// A file that is damaged, or is none of ours, is refused: the old one goes
  /// on. For one thread.
  std::string refresh(bool anyway);

 private:
  /// The index file, and the changes beside it.
  struct Files {
    std::optional<FileIdentity> index;
    std::optional<FileIdentity> changes;
  };
  Files look() const;
  std::string replace(const Files& now);

  std::string name_;
  std::string path_;
  Files seen_;                         // also of files that were refused
  std::optional<FileIdentity> taken_;  // the index file that current_ is of
  mutable std::mutex mutex_;
  std::shared_ptr<const OpenedIndex> current_;
};

}  // namespace imsearch
