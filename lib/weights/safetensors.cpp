// The safetensors format: a length, a JSON header, and tensors behind it.
// Nothing of the header is believed before it was compared with the file's
// size: shapes must give the bytes that the offsets span, and the spans
// together must cover all of the file, so that no tensor reads another's bytes
// and nothing hides in a gap.
#include "weights/safetensors.h"

#include "base/error.h"
#include "io/json.h"
#include "io/text.h"
#include "weights/numbers.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <set>

namespace imsearch {
namespace {

using Json = nlohmann::json;
using Event = Json::parse_event_t;

/// 0: a type that this reader does not know.
std::size_t element_bytes(const std::string& dtype) {
  static const std::map<std::string, std::size_t> sizes = {
      {"BOOL", 1}, {"U8", 1},   {"I8", 1},  {"I16", 2}, {"U16", 2},
      {"F16", 2},  {"BF16", 2}, {"I32", 4}, {"U32", 4}, {"F32", 4},
      {"I64", 8},  {"U64", 8},  {"F64", 8}};
  const auto found = sizes.find(dtype);
  return found == sizes.end() ? 0 : found->second;
}

/// A JSON document of at most kMaxValues values, no top-level key twice. Throws
/// Error, and Json's exceptions.
Json parse_bounded(const char* begin, const char* end) {
  const JsonBounds bounds = {SafetensorsFile::kMaxHeaderBytes,
                             SafetensorsFile::kMaxValues,
                             SafetensorsFile::kMaxValues};
  const std::string excess =
      json_excess({begin, static_cast<std::size_t>(end - begin)}, bounds);
  if (!excess.empty()) fail("{}", excess);
  // The JSON library would let the last of two equal keys stand, and other
  // readers the first: a file that reads differently is damaged.
  std::set<std::string> keys;
  return Json::parse(begin, end, [&](int depth, Event event, Json& parsed) {
    if (event == Event::key && depth == 1 &&
        !keys.insert(parsed.get<std::string>()).second)
      fail("{} stands twice", printable(parsed.get<std::string>()));
    return true;
  });
}

/// Sizes are whole numbers: -1, 1.5 and "1" are refused by what they are.
std::uint64_t unsigned_number(const Json& value) {
  if (!value.is_number()) fail("a size of type {}", value.type_name());
  if (!value.is_number_unsigned()) fail("{} is not a size", value.dump());
  return value.get<std::uint64_t>();
}

/// Throws Error where the shape and the offsets disagree.
void check_size(const SafetensorsFile::Entry& entry) {
  const std::size_t element = element_bytes(entry.dtype);
  if (element == 0) return;  // not ours to judge, as long as nobody wants it
  std::uint64_t bytes = element;
  for (const std::size_t extent : entry.shape)
    if (__builtin_mul_overflow(bytes, extent, &bytes)) fail("shape too large");
  if (bytes != entry.end - entry.begin)
    fail("{} bytes for a shape of {} bytes", entry.end - entry.begin, bytes);
}

SafetensorsFile::Entry parse_entry(const Json& json) {
  SafetensorsFile::Entry entry;
  entry.dtype = json.at("dtype").get<std::string>();
  for (const Json& extent : json.at("shape"))
    entry.shape.push_back(unsigned_number(extent));
  const Json& offsets = json.at("data_offsets");
  if (!offsets.is_array() || offsets.size() != 2) fail("no two data_offsets");
  entry.begin = unsigned_number(offsets[0]);
  entry.end = unsigned_number(offsets[1]);
  if (entry.end < entry.begin)
    fail("data_offsets {} to {}", entry.begin, entry.end);
  check_size(entry);
  return entry;
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::string& path) : file_(path) {
  // Each size is compared with what is left, never added to another first.
  constexpr std::size_t kLengthBytes = 8;
  if (file_.size() < kLengthBytes)
    fail("{}: {} bytes are too few for safetensors", path, file_.size());
  const auto* bytes = reinterpret_cast<const char*>(file_.data());
  const std::uint64_t header = little_endian({bytes, kLengthBytes});
  if (header > kMaxHeaderBytes)
    fail("{}: no safetensors: a header of {} bytes, at most {} are allowed",
         path, header, kMaxHeaderBytes);
  if (header > file_.size() - kLengthBytes)
    fail("{}: truncated: a header of {} bytes in a file of {}", path, header,
         file_.size());
  data_at_ = kLengthBytes + header;
  const char* text = bytes + kLengthBytes;
  parse_header(text, text + header);
  check_coverage(file_.size() - data_at_);
}

// `at` is what is being read, for errors: exceptions of the JSON library do not
// say.
void SafetensorsFile::parse_header(const char* begin, const char* end) {
  std::string at = "header";
  try {
    const Json json = parse_bounded(begin, end);
    if (!json.is_object()) fail("no JSON object");
    for (const auto& [name, value] : json.items()) {
      at = printable(name);
      if (name == "__metadata__")
        metadata_ = value.get<std::map<std::string, std::string>>();
      else
        entries_.emplace(name, parse_entry(value));
    }
  } catch (const Json::parse_error& e) {
    fail("{}: broken safetensors header: no JSON at byte {}", path(), e.byte);
  } catch (const Json::exception&) {
    fail(
        "{}: broken safetensors header: {}: dtype, shape or data_offsets "
        "missing, or of another kind",
        path(), at);
  } catch (const Error& e) {
    fail("{}: broken safetensors header: {}: {}", path(), at, e.what());
  }
}

void SafetensorsFile::check_coverage(std::uint64_t data_bytes) const {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (const auto& [name, entry] : entries_)
    ranges.emplace_back(entry.begin, entry.end);
  std::sort(ranges.begin(), ranges.end());
  // In the order of their bytes, each tensor begins where the one before it
  // ends.
  std::uint64_t covered = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin != covered)
      fail(
          "{}: broken safetensors: a tensor begins at byte {}, the one before "
          "it ends at {}",
          path(), begin, covered);
    covered = end;
  }
  if (covered != data_bytes)
    fail("{}: {}: the tensors take {} bytes, the file has {}", path(),
         covered > data_bytes ? "truncated" : "bytes after the last tensor",
         covered, data_bytes);
}

std::vector<float> SafetensorsFile::floats(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) fail("{}: no tensor {}", path(), name);
  const Entry& entry = found->second;
  const std::byte* bytes = file_.data() + data_at_ + entry.begin;
  const std::size_t size = entry.end - entry.begin;
  if (entry.dtype == "F32") return floats_from<float>(bytes, size);
  if (entry.dtype == "F64") return floats_from<double>(bytes, size);
  if (entry.dtype == "F16") return floats_from<Half>(bytes, size);
  if (entry.dtype == "BF16") return floats_from<Bfloat16>(bytes, size);
  fail("{}: {}: dtype {}, expected F32, F16, BF16 or F64", path(), name,
       entry.dtype);
}

}  // namespace imsearch
