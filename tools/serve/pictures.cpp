// A name is opened first, and only then looked at where that led: between a
// check of a path and its use, somebody could put a link there.
#include "serve/pictures.h"

#include "archive/archive_name.h"
#include "io/file.h"
#include "io/memory_turn.h"
#include "protocol/message.h"
#include "view/picture.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace imsearch {
namespace {

[[noreturn]] void fail_gone(const char* why) {
  throw RequestError(404, "picture_not_found", why);
}

/// The path that an open file has.
std::string path_of(const Descriptor& file) {
  char path[PATH_MAX];
  const std::string link = fmt::format("/proc/self/fd/{}", file.get());
  const ssize_t size = ::readlink(link.c_str(), path, sizeof path);
  return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : "";
}

std::string real_path(const std::string& path) {
  char* real = ::realpath(path.c_str(), nullptr);
  std::string text = real == nullptr ? "" : real;
  ::free(real);
  return text;
}

/// Such archives are read from their front to the image, not only past headers.
bool is_unpacked_to_seek(const std::string& archive) {
  const auto ends_with = [&](std::string_view ending) {
    return archive.size() >= ending.size() &&
           archive.compare(archive.size() - ending.size(), ending.size(),
                           ending) == 0;
  };
  return !ends_with(".zip") && !ends_with(".tar");
}

/// An image's file, or the archive that holds it.
struct OpenedImage {
  Descriptor file;
  std::string member;  // its name in the archive; empty: it is the file

  /// What reads the file that is open, wherever its name leads by now.
  std::string path() const {
    std::string text = fmt::format("/proc/self/fd/{}", file.get());
    return member.empty() ? text : text + "/" + member;
  }
};

/// Throws RequestError as open_below(), and for what takes too long to show.
OpenedImage open_image(const std::string& root, const std::string& name) {
  const auto member = member_path(
      !name.empty() && name[0] == '/' ? name : real_path(root) + "/" + name);
  OpenedImage image{open_below(root, member ? member->archive : name),
                    member ? member->member : ""};
  struct stat facts = {};
  ::fstat(image.file.get(), &facts);
  if (static_cast<std::size_t>(facts.st_size) > Pictures::kMostFileBytes &&
      (!member || is_unpacked_to_seek(member->archive)))
    fail_gone("the file is too large to be shown");
  return image;
}

}  // namespace

Descriptor open_below(const std::string& root, const std::string& name) {
  std::string folder = real_path(root);
  if (folder.empty() || name.empty() || name.find('\0') != std::string::npos)
    fail_gone("there is no such file");
  if (folder.back() != '/') folder += '/';
  const std::string path = name[0] == '/' ? name : folder + name;
  Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.valid()) fail_gone("there is no such file");
  struct stat facts = {};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode))
    fail_gone("it is no file");
  if (path_of(file).compare(0, folder.size(), folder) != 0)
    fail_gone("it lies outside of --root");
  return file;
}

std::shared_ptr<const std::string> Pictures::thumbnail(
    const std::string& root, const std::string& name) {
  if (root.empty()) fail_gone("pictures are not shown here (--no-images)");
  const OpenedImage image = open_image(root, name);
  struct stat facts = {};
  ::fstat(image.file.get(), &facts);
  const std::string key = fmt::format(
      "{}:{}:{}:{}.{}/{}", facts.st_dev, facts.st_ino, facts.st_size,
      facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec, image.member);
  if (auto kept = cached(key)) return kept;
  try {
    auto jpeg = std::make_shared<const std::string>(
        make_thumbnail(image.path(), kSide).jpeg);
    keep(key, jpeg);
    return jpeg;
  } catch (const OutOfMemory&) {
    throw;
  } catch (const Error&) {
    fail_gone("the file is no image that can be read");
  }
}

void Pictures::check(const std::string& root, const std::string& name) {
  open_image(root, name);
}

bool Pictures::has_bytes(const std::string& root, const std::string& name,
                         std::string_view bytes) {
  if (root.empty()) return false;
  try {
    const Descriptor file = open_below(root, name);
    struct stat facts = {};
    if (::fstat(file.get(), &facts) != 0 ||
        static_cast<std::size_t>(facts.st_size) != bytes.size())
      return false;
    return read_prefix(fmt::format("/proc/self/fd/{}", file.get()),
                       bytes.size() + 1, bytes.size()) == bytes;
  } catch (const Error&) {
    return false;
  }
}

std::shared_ptr<const std::string> Pictures::cached(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto place = places_.find(key);
  if (place == places_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, place->second);
  return place->second->jpeg;
}

void Pictures::keep(const std::string& key,
                    std::shared_ptr<const std::string> jpeg) {
  const std::lock_guard lock(mutex_);
  if (places_.count(key) > 0) return;
  bytes_ += jpeg->size();
  kept_.push_front({key, std::move(jpeg)});
  places_[key] = kept_.begin();
  while (bytes_ > kMostCachedBytes && kept_.size() > 1) {
    bytes_ -= kept_.back().jpeg->size();
    places_.erase(kept_.back().key);
    kept_.pop_back();
  }
}

std::size_t Pictures::cached_bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace imsearch
