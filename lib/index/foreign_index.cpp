#include "index/foreign_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstring>
#include <optional>

namespace imsearch {
namespace {

constexpr const char* kRemedy = "build one from the vectors with build-index";

/// The head that hnswlib's saveIndex writes, field by field (there is no
/// padding in these 96 bytes).
struct HnswlibHead {
  std::uint64_t offset_level0;
  std::uint64_t max_elements;
  std::uint64_t element_count;
  std::uint64_t element_bytes;
  std::uint64_t label_offset;
  std::uint64_t data_offset;
  std::int32_t max_level;
  std::uint32_t entry;
  std::uint64_t max_M;
  std::uint64_t max_M0;
  std::uint64_t M;
  double mult;
  std::uint64_t ef_construction;
};
static_assert(sizeof(HnswlibHead) == 96);

/// It has no magic, but its numbers must fit each other.
std::optional<HnswlibHead> hnswlib_head(std::string_view file) {
  HnswlibHead head = {};
  if (file.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, file.data(), sizeof head);
  const bool fits = head.offset_level0 == 0 &&
                    head.element_count <= head.max_elements &&
                    head.max_M0 == 2 * head.max_M &&
                    head.data_offset == 4 * head.max_M0 + 4 &&
                    head.label_offset > head.data_offset &&
                    head.element_bytes == head.label_offset + 8;
  return fits ? std::optional<HnswlibHead>(head) : std::nullopt;
}

/// Faiss starts with four characters for the kind of index: IHNf, IxFI, IwPQ.
bool is_faiss(std::string_view file) {
  if (file.size() < 4 || file[0] != 'I') return false;
  constexpr std::string_view kSecond = "xwvHNSB2";
  return kSecond.find(file[1]) != std::string_view::npos &&
         std::all_of(file.begin() + 2, file.begin() + 4, [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0;
         });
}

}  // namespace

std::string describe_foreign(std::string_view file) {
  if (file.empty()) return fmt::format("empty, not an index; {}", kRemedy);
  if (const auto head = hnswlib_head(file))
    return fmt::format("an hnswlib index of {} rows, not one of imsearch; {}",
                       head->element_count, kRemedy);
  if (is_faiss(file))
    return fmt::format("a Faiss index ({}), not one of imsearch; {}",
                       file.substr(0, 4), kRemedy);
  return fmt::format("not an imsearch index; {}", kRemedy);
}

}  // namespace imsearch
