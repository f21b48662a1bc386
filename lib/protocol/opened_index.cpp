#include "protocol/opened_index.h"

#include "base/error.h"
#include "base/progress.h"
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
      seen_(identity_of(path_)),
      current_(std::make_shared<OpenedIndex>(path_)) {}

std::shared_ptr<const OpenedIndex> ServedIndex::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

std::string ServedIndex::refresh(bool anyway) {
  const std::optional<FileIdentity> now = identity_of(path_);
  if (!anyway && (!now || now == seen_)) return {};
  // Taken before it is opened: what changes meanwhile is looked at again.
  seen_ = now;
  try {
    return replace();
  } catch (const std::exception& e) {
    return fmt::format("{}: {}: the index that was open before is kept", name_,
                       e.what());
  }
}

std::string ServedIndex::replace() {
  auto opened = std::make_shared<OpenedIndex>(path_);
  opened->index().verify();
  const std::size_t rows = opened->found_rows();
  std::shared_ptr<const OpenedIndex> old;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(current_, std::move(opened));
  }
  return fmt::format("{}: {} is new: {}, before {}", name_, path_,
                     counted(rows, "row"), old->found_rows());
}

}  // namespace imsearch
