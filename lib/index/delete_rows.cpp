#include "index/delete_rows.h"

#include "base/interrupt.h"
#include "index/index_impl.h"
#include "index/serialize.h"

#include <algorithm>

namespace imsearch {
namespace {

/// The bits of the section `deleted`, these rows' too.
std::string marked(const Index& index, const std::vector<std::uint32_t>& rows) {
  std::string bits(index.impl().deleted);
  bits.resize((index.rows() + 7) / 8);
  mark_deleted(rows, bits);
  return bits;
}

void write_bytes(std::string_view bytes, const Sink& sink) {
  constexpr std::size_t kBytesAtOnce = std::size_t{16} << 20;
  for (std::size_t i = 0; i < bytes.size(); i += kBytesAtOnce) {
    check_interrupt();
    const std::string_view piece = bytes.substr(i, kBytesAtOnce);
    sink(piece.data(), piece.size());
  }
}

}  // namespace

void delete_from_index(const Index& index,
                       const std::vector<std::uint32_t>& rows) {
  OutputFile out(index.path());
  const IndexFile& old = index.impl().file;
  const std::string deleted = marked(index, rows);
  std::vector<SectionSource> sections;
  for (const std::string& name : old.section_names()) {
    const std::string_view bytes =
        name == "deleted" ? std::string_view(deleted) : old.section(name);
    sections.push_back(
        {name, [bytes](const Sink& sink) { write_bytes(bytes, sink); }});
  }
  write_index_file(out, old.header(), sections);
  out.commit();
}

}  // namespace imsearch
