#include "io/fvecs.h"

#include "base/error.h"

#include <cstdint>
#include <cstring>

namespace imsearch {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "rows are used as they are in the file");

template <typename Value>
void widen(const std::byte* from, std::size_t count, float* to) {
  const auto* values = reinterpret_cast<const Value*>(from);
  for (std::size_t i = 0; i < count; ++i) to[i] = values[i];
}

}  // namespace

VectorFile::VectorFile(const std::string& path, std::size_t dim)
    : file_(path), layout_(vector_layout(file_, dim)) {}

void VectorFile::check_stated_dim(std::size_t i) const {
  std::uint32_t stated = 0;
  std::memcpy(&stated, file_.data() + i * layout_.stride_bytes, sizeof stated);
  if (stated != layout_.dim)
    fail("{}: row 0 has {} values, but row {} has {}", path(), layout_.dim, i,
         stated);
}

const float* VectorFile::row(std::size_t i, float* scratch) const {
  if (layout_.states_dims) check_stated_dim(i);
  const std::byte* values =
      file_.data() + layout_.first_byte + i * layout_.stride_bytes;
  switch (layout_.element) {
    case Element::kUint8:
      widen<std::uint8_t>(values, layout_.dim, scratch);
      return scratch;
    case Element::kInt8:
      widen<std::int8_t>(values, layout_.dim, scratch);
      return scratch;
    case Element::kFloat32:
      break;
  }
  if (reinterpret_cast<std::uintptr_t>(values) % alignof(float) == 0)
    return reinterpret_cast<const float*>(values);
  std::memcpy(scratch, values, layout_.dim * sizeof(float));
  return scratch;
}

}  // namespace imsearch
