// Any bytes are either an archive whose images can be listed and read, within
// the bounds that archive_file.h and image_file.h promise, or make the reader
// throw Error. What a cursor finds by name is what the walk found.
#include "archive/archive_images.h"
#include "archive/archive_name.h"
#include "archive/member_cursor.h"
#include "base/error.h"
#include "io/image_file.h"
#include "support/memory_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace imsearch;

constexpr int kMostImages = 50;

InputRules rules() {
  InputRules rules;
  rules.exclude = {"excluded*", "*/x/*"};
  rules.looks_like_image = [](std::string_view beginning) {
    return !beginning.empty() && beginning[0] == 'P';
  };
  return rules;
}

void check(bool good) {
  if (!good) std::abort();
}

/// Whether the content of an image can be read; its bytes.
bool read(ArchiveImages& images, std::string& bytes) {
  MemoryTurn turn;
  try {
    bytes = images.read(turn);
    return true;
  } catch (const Error&) {
    return false;
  }
}

void find(const std::string& archive, const std::string& name,
          const std::string& bytes) {
  MemoryTurn turn;
  MemberContent content;
  try {
    MemberCursor(archive).read(name.substr(archive.size() + 1), turn, content);
  } catch (const Error&) {
    return;  // another member of that name, which is no image, comes before
  }
  check(content.bytes == bytes || content.facts.bytes != bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  looks_like_archive("fuzzed.tar.gz", bytes.substr(0, 512));
  const std::string path = test::memory_file(bytes);
  MemberSieve sieve(rules());
  std::string first;
  std::string first_bytes;
  try {
    ArchiveImages images(path, sieve);
    for (int i = 0; i < kMostImages; ++i) {
      const auto image = images.next();
      if (!image) break;
      check(image->name.size() > path.size() + 1);
      check(!image->facts.known || !image->reason.empty() ||
            image->facts.bytes <= kMaxImageFileBytes);
      std::string content;
      if (!read(images, content)) continue;
      check(image->reason.empty());
      check(content.size() <= kMaxImageFileBytes);
      check(!image->facts.known || content.size() <= image->facts.bytes);
      if (first.empty()) {
        first = image->name;
        first_bytes = content;
      }
    }
  } catch (const Error&) {
  }
  sieve.warnings();
  sieve.remarks();
  if (!first.empty()) find(path, first, first_bytes);
  return 0;
}
