#include "index/foreign_changes.h"

#include "base/error.h"
#include "index/index_changes.h"
#include "index/index_impl.h"

#include <cstdint>
#include <cstring>
#include <string_view>

namespace imsearch {
namespace {

/// Whether the bit of a row is set.
bool is_marked(std::string_view bits, std::uint32_t row) {
  return row / 8 < bits.size() &&
         (static_cast<unsigned char>(bits[row / 8]) >> row % 8 & 1U) != 0;
}

}  // namespace

bool are_taken_in(const IndexFile& foreign, const Index::Impl& index) {
  try {
    const std::size_t rows = foreign.header().rows;
    if (rows > index.info.rows) return false;
    std::uint32_t row = 0;
    const std::string_view deleted = foreign.section("deleted");
    for (std::size_t at = 0; at + sizeof row <= deleted.size();
         at += sizeof row) {
      std::memcpy(&row, deleted.data() + at, sizeof row);
      if (!is_marked(index.deleted, row)) return false;
    }
    ChangesBase base;
    std::memcpy(&base, foreign.section("base", sizeof base).data(),
                sizeof base);
    if (base.first_name > rows) return false;
    const std::string_view names = foreign.section("names");
    const std::string_view ends =
        foreign.section("name_ends", (rows - base.first_name) * 8);
    std::uint64_t begin = 0;
    for (std::size_t i = base.first_name; i < rows; ++i) {
      std::uint64_t end = 0;
      std::memcpy(&end, ends.data() + (i - base.first_name) * 8, sizeof end);
      if (end < begin || end > names.size() ||
          names.substr(begin, end - begin) !=
              index.name(static_cast<std::uint32_t>(i)))
        return false;
      begin = end;
    }
    return true;
  } catch (const Error&) {
    return false;  // damaged, and of another index
  }
}

}  // namespace imsearch
