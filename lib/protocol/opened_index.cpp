#include "protocol/opened_index.h"

#include "base/error.h"
#include "base/progress.h"
#include "index/index_changes.h"
#include "io/checksum.h"

#include <sys/stat.h>

#include <exception>
#include <utility>

namespace imsearch {

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat file = {};
  if (::stat(path.c_str(), &file) != 0) return std::nullopt;
  return FileIdentity{
      file.st_dev, file.st_ino, static_cast<std::uint64_t>(file.st_size),
      std::int64_t{file.st_mtim.tv_sec} * 1'000'000'000 + file.st_mtim.tv_nsec};
}

OpenedIndex::OpenedIndex(const std::string& path) : opened_(path) {}

std::uint64_t OpenedIndex::names_fingerprint() const {
  std::call_once(names_once_, [&] {
    Checksum hash;
    for (std::uint32_t row = 0; row < index().rows(); ++row) {
      const std::string_view name = index().name(row);
      hash.add(name.data(), name.size());
      hash.add("\n", 1);
    }
    names_fingerprint_ = hash.value();
  });
  return names_fingerprint_;
}

void OpenedIndex::with_searcher(
    const std::function<void(Searcher&)>& use) const {
  std::unique_ptr<Searcher> searcher;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      searcher = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!searcher) searcher = std::make_unique<Searcher>(index());
  std::exception_ptr thrown;
  try {
    use(*searcher);
  } catch (...) {
    thrown = std::current_exception();
  }
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(searcher));
  }
  index().ensure_unchanged();
  if (thrown) std::rethrow_exception(thrown);
}

ServedIndex::ServedIndex(std::string name, std::string path)
    : name_(std::move(name)),
      path_(std::move(path)),
      seen_(look()),
      taken_(seen_.index),
      current_(std::make_shared<OpenedIndex>(path_)) {}

std::shared_ptr<const OpenedIndex> ServedIndex::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

std::string ServedIndex::refresh(bool anyway) {
  const Files now = look();
  if (!anyway && (!now.index ||
                  (now.index == seen_.index && now.changes == seen_.changes)))
    return {};
  // Taken before it is opened: what changes meanwhile is looked at again.
  seen_ = now;
  try {
    return replace(now);
  } catch (const std::exception& e) {
    return fmt::format("{}: {}: the index that was open before is kept", name_,
                       e.what());
  }
}

ServedIndex::Files ServedIndex::look() const {
  Files files;
  files.index = identity_of(path_);
  if (files.index) files.changes = identity_of(changes_path(path_));
  return files;
}

std::string ServedIndex::replace(const Files& now) {
  auto opened = std::make_shared<OpenedIndex>(path_);
  if (now.index && now.index == taken_ && now.index == identity_of(path_))
    opened->index().verify_changes();
  else
    opened->index().verify();
  taken_ = now.index;
  const std::string foreign = opened->index().foreign_changes();
  const std::size_t rows = opened->found_rows();
  std::shared_ptr<const OpenedIndex> old;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(current_, std::move(opened));
  }
  return fmt::format("{}: {} is new: {}, before {}{}{}", name_, path_,
                     counted(rows, "row"), old->found_rows(),
                     foreign.empty() ? "" : "; ", foreign);
}

}  // namespace imsearch
