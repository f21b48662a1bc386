// The safetensors container: named tensors in one file.
//
//   uint64 n; n bytes of JSON; the tensors' bytes; all little-endian
//
// The JSON maps each name to its dtype, shape and [begin, end) offsets into the
// bytes, and "__metadata__" to a map of strings.
// Specification: huggingface/safetensors, README.md, "Format".
#pragma once

#include "io/mapped_file.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace imsearch {

/// A read-only safetensors file, mapped. Strict: the tensors must cover the
/// bytes exactly, without holes, and fit their shapes; no name stands twice.
/// Whatever a file holds, reading it takes memory in proportion to its header
/// and at most kMaxValues JSON values.
class SafetensorsFile {
 public:
  struct Entry {
    std::string dtype;  // "F32", "F16", "BF16", "F64", "I64" …
    std::vector<std::size_t> shape;
    std::uint64_t begin = 0;  // bytes, from the end of the header
    std::uint64_t end = 0;
  };

  static constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // the format's
  static constexpr std::size_t kMaxValues = 200'000;

  /// Throws Error naming the file and what is wrong in it.
  explicit SafetensorsFile(const std::string& path);

  const std::map<std::string, Entry>& entries() const { return entries_; }
  const std::map<std::string, std::string>& metadata() const {
    return metadata_;
  }
  const std::string& path() const { return file_.path(); }

  /// The tensor as float32, row-major. Throws Error if it is not there or its
  /// dtype is not F32, F16, BF16 or F64.
  std::vector<float> floats(const std::string& name) const;

 private:
  void parse_header(const char* begin, const char* end);
  void check_coverage(std::uint64_t data_bytes) const;

  MappedFile file_;
  std::size_t data_at_ = 0;
  std::map<std::string, Entry> entries_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace imsearch
