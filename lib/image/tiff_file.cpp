#include "image/tiff_file.h"

#include "base/error.h"

#include <algorithm>
#include <cctype>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <new>

namespace imsearch {
namespace {

// For one table or buffer of libtiff's own. Strips and tiles are read into
// memory of ours.
constexpr tmsize_t kMaxTableBytes = tmsize_t{64} * 1000 * 1000;

}  // namespace

const Tiff& Tiff::library() {
  static const Tiff library;
  return library;
}

int TiffFile::on_error(TIFF* /*handle*/, void* source, const char* /*where*/,
                       const char* format, va_list values) {
  auto* mine = static_cast<Source*>(source);
  if (mine->reason[0] == '\0')
    std::vsnprintf(mine->reason.data(), mine->reason.size(), format, values);
  return 1;  // told: nothing goes to standard error
}

int TiffFile::on_warning(TIFF* /*handle*/, void* /*source*/,
                         const char* /*where*/, const char* /*format*/,
                         va_list /*values*/) {
  return 1;
}

tmsize_t TiffFile::read(thandle_t source, void* out, tmsize_t count) {
  auto* mine = static_cast<Source*>(source);
  const std::size_t left =
      mine->bytes.size() - std::min(mine->position, mine->bytes.size());
  const std::size_t n =
      std::min(left, static_cast<std::size_t>(std::max<tmsize_t>(count, 0)));
  if (n > 0) std::memcpy(out, mine->bytes.data() + mine->position, n);
  mine->position += n;
  return static_cast<tmsize_t>(n);
}

tmsize_t TiffFile::write(thandle_t /*source*/, void* /*out*/,
                         tmsize_t /*count*/) {
  return -1;
}

toff_t TiffFile::seek(thandle_t source, toff_t offset, int from) {
  auto* mine = static_cast<Source*>(source);
  if (from == SEEK_CUR) offset += mine->position;
  if (from == SEEK_END) offset += mine->bytes.size();
  mine->position = offset;
  return offset;
}

int TiffFile::close(thandle_t /*source*/) {
  return 0;
}

toff_t TiffFile::size(thandle_t source) {
  return static_cast<Source*>(source)->bytes.size();
}

// libtiff never writes to what it has mapped for reading.
int TiffFile::map(thandle_t source, void** begin, toff_t* size) {
  const std::string_view bytes = static_cast<Source*>(source)->bytes;
  *begin = const_cast<char*>(bytes.data());
  *size = bytes.size();
  return 1;
}

void TiffFile::unmap(thandle_t /*source*/, void* /*begin*/, toff_t /*size*/) {}

TiffFile::TiffFile(std::string_view bytes)
    : source_(new Source{bytes}), handle_(nullptr, Tiff::library().close) {
  const Tiff& tiff = Tiff::library();
  const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(
      tiff.options_alloc(), tiff.options_free);
  if (options == nullptr) throw std::bad_alloc();
  tiff.set_max_memory(options.get(), kMaxTableBytes);
  tiff.set_error_handler(options.get(), on_error, source_.get());
  tiff.set_warning_handler(options.get(), on_warning, source_.get());
  handle_.reset(tiff.open("TIFF", "r", source_.get(), read, write, seek, close,
                          size, map, unmap, options.get()));
  if (handle_ == nullptr) fail_with_reason();
}

std::uint16_t TiffFile::number_16(std::uint32_t tag) const {
  std::uint16_t value = 0;
  Tiff::library().get_defaulted(handle_.get(), tag, &value);
  return value;
}

std::uint32_t TiffFile::number_32(std::uint32_t tag) const {
  std::uint32_t value = 0;
  Tiff::library().get_defaulted(handle_.get(), tag, &value);
  return value;
}

bool TiffFile::has(std::uint32_t tag) const {
  // Room for whatever kind of value it has: a pointer, or a count and one.
  std::array<std::uint64_t, 4> values{};
  return Tiff::library().get(handle_.get(), tag, &values[0], &values[1],
                             &values[2], &values[3]) == 1;
}

void TiffFile::fail_with_reason() const {
  std::string reason = source_->reason.data();
  while (!reason.empty() && (reason.back() == '.' || reason.back() == '\n'))
    reason.pop_back();
  if (reason.empty()) reason = "damaged picture";
  if (reason.size() > 1 &&
      std::islower(static_cast<unsigned char>(reason[1])) != 0)
    reason[0] =
        static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
  fail("invalid TIFF: {}", reason);
}

}  // namespace imsearch
